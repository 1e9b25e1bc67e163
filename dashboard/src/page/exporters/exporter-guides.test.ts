// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { DEVICE_GUIDES, isReachableName, likelyAddress } from './exporter-guides';

it.each(DEVICE_GUIDES)('$title is told address and port', ({ configuration }) => {
  const text = configuration({ address: '192.0.2.77', port: 20_556 });
  expect(text).toContain('192.0.2.77');
  expect(text).toContain('20556');
});

it('writes an IPv6 address in brackets where a port follows it', () => {
  const probe = DEVICE_GUIDES.find(({ id }) => id === 'probe');
  expect(probe?.configuration({ address: '2001:db8::1', port: 1 })).toContain('[2001:db8::1]:1');
});

it.each([
  ['192.0.2.1', true],
  ['weir.example.net', true],
  ['2001:db8::1', true],
  ['', false],
  ['a b', false],
  ['x; reboot', false],
  ['<b>', false],
  ['-n', false],
])('%j in a configuration: %s', (text, expected) => {
  expect(isReachableName(text)).toBe(expected);
});

it.each([
  ['weir.example.net', ['10.0.0.1'], 'weir.example.net'],
  ['localhost', ['10.0.0.1'], '10.0.0.1'],
  ['127.0.0.1', [], '127.0.0.1'],
  ['[::1]', ['2001:db8::2'], '2001:db8::2'],
  ['[2001:db8::9]', [], '2001:db8::9'],
])('opened at %s of a machine with %j, devices send to %s', (host, addresses, expected) => {
  expect(likelyAddress(host, addresses)).toBe(expected);
});
