// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { slopeOf, spreadOf } from './statistics.js';

describe('spreadOf', () => {
  it('gives the middle of an odd number of values, whatever their order', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, minimum: 1, maximum: 9 });
  });

  it('gives the mean of the two in the middle of an even number', () => {
    expect(spreadOf([10, 2, 4, 100]).median).toBe(7);
  });

  it('compares as numbers, not as text', () => {
    expect(spreadOf([10, 9, 100])).toEqual({ median: 10, minimum: 9, maximum: 100 });
  });

  it('refuses to sum up nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('slopeOf', () => {
  it('finds the line that points lie on', () => {
    expect(slopeOf([0, 1, 5, 9].map((x) => [x, 3 - 2 * x] as const))).toBeCloseTo(-2);
  });

  it('is zero where there is no second x', () => {
    expect(slopeOf([[1, 2]])).toBe(0);
  });
});
