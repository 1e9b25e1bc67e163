// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { keepEqual } from './keep-equal';

/** The same numbers in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function anyValue(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 4 : 7));
  const items = () => Array.from({ length: random() * 4 }, () => anyValue(random, depth + 1));
  if (kind === 0) return random() < 0.2 ? Number.NaN : Math.floor(random() * 3);
  if (kind === 1) return ['a', 'b', ''][Math.floor(random() * 3)];
  if (kind === 2) return random() < 0.5 ? null : undefined;
  if (kind === 3) return random() < 0.5;
  if (kind === 4) return items();
  const names = ['key', 'x', 'y', 'id'].filter(() => random() < 0.6);
  return Object.fromEntries(names.map((name) => [name, anyValue(random, depth + 1)]));
}

describe('keepEqual', () => {
  it('always says what the new value says', () => {
    const random = createRandom(1);
    for (let round = 0; round < 3000; round++) {
      const [before, after] = [anyValue(random), anyValue(random)];
      expect(keepEqual(before, after)).toStrictEqual(after);
    }
  });

  it('is the old value where both say the same', () => {
    const random = createRandom(2);
    for (let round = 0; round < 1000; round++) {
      const before = anyValue(random);
      expect(keepEqual(before, structuredClone(before))).toBe(before);
    }
  });

  it('keeps the rows that have not changed, wherever they stand now', () => {
    const before = {
      rows: [
        { key: 'a', sums: { octets: 1 } },
        { key: 'b', sums: { octets: 2 } },
      ],
    };
    const after = {
      rows: [
        { key: 'c', sums: { octets: 9 } },
        { key: 'b', sums: { octets: 2 } },
        { key: 'a', sums: { octets: 7 } },
      ],
    };
    const kept = keepEqual(before, after);
    expect(kept).toEqual(after);
    expect(kept.rows[1]).toBe(before.rows[1]);
    expect(kept.rows[2]).not.toBe(before.rows[0]);
  });

  it('leaves what is no plain object as it is', () => {
    const [before, after] = [new Map([['a', 1]]), new Map([['a', 1]])];
    expect(keepEqual({ held: before }, { held: after }).held).toBe(after);
  });
});
