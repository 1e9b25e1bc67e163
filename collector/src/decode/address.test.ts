// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { addressText, parseAddress } from './address.js';
import { integerBelow, seededRandom } from './test-datagrams.js';

/** The URL standard's serializer of IPv6 addresses follows RFC 5952 too. */
function referee(octets: Uint8Array): string {
  const hex = Buffer.from(octets)
    .toString('hex')
    .replace(/(.{4})(?!$)/g, '$1:');
  return new URL(`http://[${hex}]`).hostname.slice(1, -1);
}

it('writes IPv6 addresses as RFC 5952 has it, and reads them back', () => {
  const random = seededRandom(1);
  for (let i = 0; i < 2000; i++) {
    const octets = Uint8Array.from({ length: 16 }, () =>
      random() < 0.6 ? 0 : integerBelow(random, 256),
    );
    const text = addressText(octets);
    if (!text.includes('.')) expect(text).toBe(referee(octets));
    expect(parseAddress(text)).toEqual(octets);
  }
});

it.each([
  ['192.0.2.1', '00000000000000000000ffffc0000201'],
  ['0.0.0.0', '00000000000000000000ffff00000000'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::ff', '20010db80000000000000000000000ff'],
])('%s', (text, hex) => {
  const octets = Uint8Array.from(Buffer.from(hex, 'hex'));
  expect(parseAddress(text)).toEqual(octets);
  expect(addressText(octets)).toBe(text);
});

it('reads dotted tails of IPv6 addresses', () => {
  expect(parseAddress('::ffff:192.0.2.1')).toEqual(parseAddress('192.0.2.1'));
  expect(parseAddress('64:ff9b::192.0.2.33')).toEqual(parseAddress('64:ff9b::c000:221'));
});

it.each(['', 'x', '1.2.3', '1.2.3.256', '::1%eth0', '1:2:3'])('refuses "%s"', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});
