// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { shardOf } from './shards.js';

const tokens = Array.from({ length: 20_000 }, (_, i) => `1795290000000-abc-${i}`);

it('spreads tokens by weight, and always in the same way', () => {
  const shards = [
    { number: 1, weight: 1 },
    { number: 2, weight: 0 },
    { number: 3, weight: 3 },
  ];
  const places = tokens.map((token) => shardOf(token, shards));
  const share = (number: number) => places.filter((place) => place === number).length / 20_000;
  expect(share(1)).toBeCloseTo(0.25, 1);
  expect(share(2)).toBe(0);
  expect(share(3)).toBeCloseTo(0.75, 1);
  expect(tokens.map((token) => shardOf(token, shards))).toEqual(places);
});

it('does not take a cluster without weights for one shard', () => {
  expect(() => shardOf('a', [{ number: 1, weight: 0 }])).toThrow();
});
