// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { areaAt, lineAt, stackTops } from './stack';

const SERIES = [
  [5, 1],
  [3, 0],
  [1, 4],
];

it('the highest top is the sum, and no top is below the one before', () => {
  const tops = stackTops(SERIES);
  expect(tops.at(-1)).toEqual([9, 5]);
  for (let area = 1; area < tops.length; area++) {
    for (const index of [0, 1]) {
      expect(tops[area]?.[index]).toBeGreaterThanOrEqual(tops[area - 1]?.[index] as number);
    }
  }
});

it('a height belongs to the area that it lies in', () => {
  const tops = stackTops(SERIES);
  const areas = [0, 5, 5.1, 8, 8.5, 9.1].map((height) => areaAt(tops, 0, height));
  expect(areas).toEqual([0, 0, 1, 1, 2, undefined]);
  expect(areaAt(tops, 1, 1.5)).toBe(2);
});

it('of lines the nearest is meant', () => {
  expect([0, 2.2, 4.5].map((height) => lineAt(SERIES, 0, height))).toEqual([2, 1, 0]);
  expect(lineAt([], 0, 1)).toBeUndefined();
});
