// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { type Random, seeded } from '../testing/random.js';
import { parseAddress } from './address.js';
import { contains, formatPrefix, type Prefix, parsePrefix, withoutContained } from './prefix.js';

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3', '10.1.2.3'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  [' fd00::1/8 ', 'fd00::/8'],
  ['fd00::1/128', 'fd00::1'],
])('%s is %s', (text, canonical) => {
  const prefix = parsePrefix(text);
  expect(prefix && formatPrefix(prefix)).toBe(canonical);
});

test.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', 'dorm', ''])(
  '"%s" is no prefix',
  (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  },
);

test('leaving out what is contained changes no answer, and nothing overlaps', () => {
  const random = seeded(2);
  for (let round = 0; round < 200; round += 1) {
    const prefixes = Array.from({ length: random(8) + 1 }, () => randomPrefix(random));
    const kept = withoutContained(prefixes);
    for (let i = 0; i < 20; i += 1) {
      const address = parseAddress(randomHost(random));
      if (!address) throw new Error('not an address');
      const covering = kept.filter((prefix) => contains(prefix, address));
      expect(covering.length).toBe(prefixes.some((prefix) => contains(prefix, address)) ? 1 : 0);
    }
  }
});

function randomPrefix(random: Random): Prefix {
  const host = randomHost(random);
  const text = `${host}/${host.includes(':') ? 112 + random(17) : 16 + random(17)}`;
  return parsePrefix(text) ?? fail(text);
}

function randomHost(random: Random): string {
  return random(2) ? `10.0.${random(4)}.${random(256)}` : `fd00::${random(8)}:${random(100)}`;
}

function fail(text: string): never {
  throw new Error(text);
}
