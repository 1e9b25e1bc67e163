// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { rateBitsPerSecond } from '../query/rate.js';
import { selectorOf } from './control.js';

it.each([
  ['192.0.2.1', { kind: 'host', address: '192.0.2.1' }],
  ['2001:db8::1', { kind: 'host', address: '2001:db8::1' }],
  ['10.0.0.0/8', { kind: 'network', prefix: '10.0.0.0/8' }],
  ['2001:db8::/32', { kind: 'network', prefix: '2001:db8::/32' }],
  ['192.0.2.1:80', { kind: 'endpoint', address: '192.0.2.1', port: 80 }],
  ['[2001:db8::1]:443', { kind: 'endpoint', address: '2001:db8::1', port: 443 }],
])('%s selects %j', (text, selector) => expect(selectorOf(text)).toEqual(selector));

it('rates have the units that people write', () => {
  expect(['512k', '2M', '1.5g', '8000'].map(rateBitsPerSecond)).toEqual([
    ...[512_000, 2_000_000, 1_500_000_000, 8000],
  ]);
  for (const text of ['', '2', '2MB', '-1M', 'fast']) {
    expect(() => rateBitsPerSecond(text)).toThrow('Write bits a second');
  }
});
