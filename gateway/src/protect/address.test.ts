// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { seeded } from '../testing/random.js';
import { formatAddress, parseAddress } from './address.js';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['::1', '::1'],
  ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
  ['2001:db8:0:1:0:0:0:0', '2001:db8:0:1::'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
])('%s is spelt %s', (text, canonical) => {
  const address = parseAddress(text);
  expect(address && formatAddress(address)).toBe(canonical);
});

test.each(['', '10.0.0', '10.0.0.256', 'fd00::1%eth0', 'fd00::1::2', 'example.org', '10.0.0.1/8'])(
  '"%s" is no address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

test('any IPv6 address is spelt as URL spells it', () => {
  const random = seeded(1);
  for (let i = 0; i < 2000; i += 1) {
    const groups = Array.from({ length: 8 }, () => (random(2) ? 0 : random(65536)).toString(16));
    const address = parseAddress(groups.join(':'));
    const expected = new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
    expect(address && formatAddress(address)).toBe(expected);
  }
});
