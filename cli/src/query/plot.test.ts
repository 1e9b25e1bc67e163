// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { columnPlot, resample, sparkline } from './plot.js';

it('draws a line of blocks, and shows what is small', () => {
  expect(sparkline([0, 1, 50, 100], 10)).toBe(' ▁▄█');
  expect(sparkline([0, 0], 10)).toBe('  ');
  expect(sparkline([1, 3, 5, 7], 2)).toBe('▃█');
});

it('keeps the mean when there are more values than columns', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i);
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  expect(resample(values, 50)).toHaveLength(50);
  expect(mean(resample(values, 50))).toBeCloseTo(mean(values), 6);
});

it('stacks blocks above each other', () => {
  const plot = columnPlot([0, 4, 8, 16], { width: 20, height: 2, label: String });
  expect(plot).toBe('16 │   █\n 0 │ ▄██\n');
});
