// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { RecentGrowth } from './rates.js';

describe('RecentGrowth', () => {
  it('is nothing before there are two samples', () => {
    const growth = new RecentGrowth(10_000);
    expect(growth.perSecond('a')).toBe(0);
    growth.add(0, { a: 5 });
    expect(growth.perSecond('a')).toBe(0);
    expect(growth.growth('a')).toBe(0);
  });

  it('agrees with a model that keeps everything', () => {
    const growth = new RecentGrowth(10_000);
    const samples: { timeMs: number; a: number }[] = [];
    for (let i = 0, timeMs = 0, a = 0; i < 200; i++) {
      timeMs += 500 + ((i * 7919) % 1000);
      a += (i * 104729) % 313;
      samples.push({ timeMs, a });
      growth.add(timeMs, { a });
      const start = samples.findLast((sample) => sample.timeMs <= timeMs - 10_000) ?? samples[0];
      expect(growth.growth('a')).toBe(a - (start?.a ?? 0));
      expect(growth.spanSeconds).toBe((timeMs - (start?.timeMs ?? 0)) / 1000);
    }
  });
});
