// SPDX-License-Identifier: Apache-2.0
import { isIP, SocketAddress } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressOctets, addressText, networkBounds, parseNetwork } from './address.js';
import { RandomFilters } from './filter/test-filters.js';

const random = new RandomFilters(11);

function randomAddress(): Uint8Array {
  const octets = Uint8Array.from({ length: 16 }, () =>
    random.below(2) === 0 ? 0 : random.below(256),
  );
  if (random.below(3) === 0) octets.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]);
  return octets;
}

describe('addresses', () => {
  it('come back as they were, in the form that Node gives', () => {
    for (let i = 0; i < 2000; i++) {
      const octets = randomAddress();
      const text = addressText(octets);
      expect(addressOctets(text)).toEqual(octets);
      const family = isIP(text) === 4 ? 'ipv4' : 'ipv6';
      // glibc writes some IPv6 addresses with a dotted end; what they mean is the same.
      const theirs = new SocketAddress({ address: text, family }).address;
      expect(addressOctets(theirs)).toEqual(octets);
    }
  });

  it('are taken exactly where Node takes them', () => {
    const pieces = [
      '0',
      '1',
      '255',
      '256',
      '01',
      'ffff',
      '12345',
      'g',
      ':',
      ':',
      '::',
      '.',
      '.',
      '%1',
      ' ',
    ];
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: random.below(12) }, () => random.of(pieces)).join('');
      const known = isIP(text) !== 0 && !text.includes('%');
      expect(addressOctets(text) !== undefined, text).toBe(known);
    }
  });
});

describe('networks', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0', 8],
    ['10/8', '10.0.0.0', 8],
    ['172.16/12', '172.16.0.0', 12],
    ['192.0.2.1', '192.0.2.1', 32],
    ['2001:db8::1/32', '2001:db8::', 32],
    ['::ffff:10.1.2.3/104', '10.0.0.0', 8],
    ['::ffff:0:0/90', '::ffc0:0:0', 90],
    ['0/0', '0.0.0.0', 0],
    ['::/0', '::', 0],
  ])('%s is %s/%i', (text, address, prefixLength) => {
    expect(parseNetwork(text)).toEqual({ address, prefixLength });
  });

  it.each(['10', '10.0.0.0/33', '::/129', '10.0.0.0/', '/8', '', '10.0.0.0/8/8', '10.0.0/-1'])(
    '%j is none',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );

  it('hold the addresses that share the prefix', () => {
    for (let i = 0; i < 500; i++) {
      const text = addressText(randomAddress());
      const most = text.includes(':') ? 128 : 32;
      const network = parseNetwork(`${text}/${random.below(most + 1)}`);
      if (network === undefined) throw new Error(text);
      const { first, last } = networkBounds(network);
      const bits = (octets: Uint8Array) =>
        [...octets].map((o) => o.toString(2).padStart(8, '0')).join('');
      const kept = network.prefixLength + (network.address.includes(':') ? 0 : 96);
      expect(bits(first).slice(0, kept)).toBe(bits(last).slice(0, kept));
      expect(bits(first).slice(kept)).not.toContain('1');
      expect(bits(last).slice(kept)).not.toContain('0');
      expect(parseNetwork(`${network.address}/${network.prefixLength}`)).toEqual(network);
    }
  });
});
