// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../live/trial.js';
import { HEAD_SEGMENTS } from '../trace/recipes.js';
import { fillFor, offeredGigabits, overloadFor, rateBetween, rateOfFlows } from './gather.js';
import { gatherTable } from './report.js';

const trial = (seconds: number, octets: number): TrialResult => ({
  sent: { packets: 7_000_000, octets: 0, seconds, errors: 0 },
  received: { packets: 0, kernelDrops: 0, matchedOctets: octets },
});

const spread = (median: number) => ({ median, minimum: median, maximum: median });

describe('gathering', () => {
  it('takes what was searched between the ends of two trials', () => {
    expect(rateBetween(trial(1, 50e6), trial(2, 175e6))).toBeCloseTo(1);
  });

  it('takes the flows that were named between two looks', () => {
    expect(rateOfFlows({ flows: 100, atMs: 500 }, { flows: 100 + 1e5, atMs: 3764 })).toBeCloseTo(1);
  });

  it('offers payload in all packets but SYNs', () => {
    const { count, octets } = HEAD_SEGMENTS;
    const segments = (7e6 * count) / (count + 1);
    expect(offeredGigabits(trial(10, 0))).toBeCloseTo((segments * octets * 8) / 10 / 1e9);
  });

  it('offers a little less and clearly more than the limit', () => {
    for (const limit of [0.1, 1.2]) {
      expect(overloadFor(limit)).toBeGreaterThan(1.1 * limit);
      expect(fillFor(limit) / limit).toBeCloseTo(0.97);
    }
  });

  it('tells shares of the limit', () => {
    const row = { channels: 12, limit: 1.2, offered: spread(1.5), filled: spread(1.17) };
    const table = gatherTable([{ ...row, weir: spread(1.14), blocking: spread(0.06) }]);
    expect(table).toMatch(/0\.97 .*0\.95 .*0\.05/);
  });
});
