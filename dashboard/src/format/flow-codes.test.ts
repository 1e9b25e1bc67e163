// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { classOfServiceText, endReasonText, exportProtocolText, tcpFlagsText } from './flow-codes';

it.each([
  [0x02, 'SYN'],
  [0x1b, 'SYN ACK PSH FIN'],
  [0x14, 'ACK RST'],
  [0, ''],
])('flags %i are %s', (flags, text) => {
  expect(tcpFlagsText(flags)).toBe(text);
});

it('names code points, whatever ECN says', () => {
  expect([0, 184, 185, 0x28, 0x20, 0xfc].map(classOfServiceText)).toEqual([
    'Best effort',
    'EF',
    'EF',
    'AF11',
    'CS1',
    'DSCP 63',
  ]);
});

it('says nothing where an exporter does not tell', () => {
  expect(endReasonText(0)).toBe('');
  expect(endReasonText(2)).toBe('Active timeout, goes on');
  expect(exportProtocolText('netflow9')).toBe('NetFlow v9');
});
