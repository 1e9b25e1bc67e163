// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { RecentGrowth } from './rates.js';

const A = [1];

describe('RecentGrowth', () => {
  it('is nothing before there are two samples', () => {
    const growth = new RecentGrowth({ spanMs: 10_000, samples: 4, values: 2 });
    expect(growth.perSecond(A)).toBe(0);
    growth.add(0, Float64Array.of(0, 5));
    expect(growth.perSecond(A)).toBe(0);
    expect(growth.growth(A)).toBe(0);
  });

  it.each([40, 6])('agrees with a model that keeps the last %i', (samples) => {
    const growth = new RecentGrowth({ spanMs: 10_000, samples, values: 3 });
    const all: { timeMs: number; a: number; b: number }[] = [];
    for (let i = 0, timeMs = 0, a = 0, b = 0; i < 200; i++) {
      timeMs += 500 + ((i * 7919) % 1000);
      a += (i * 104729) % 313;
      b += (i * 7907) % 11;
      all.push({ timeMs, a, b });
      growth.add(timeMs, Float64Array.of(0, a, b));
      const kept = all.slice(-samples);
      const start = kept.findLast((sample) => sample.timeMs <= timeMs - 10_000) ?? kept[0];
      expect(growth.growth(A)).toBe(a - (start?.a ?? 0));
      expect(growth.growth([1, 2])).toBe(a + b - (start?.a ?? 0) - (start?.b ?? 0));
      expect(growth.spanSeconds).toBe((timeMs - (start?.timeMs ?? 0)) / 1000);
    }
  });
});
