// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../live/trial.js';
import { HEADS, SHORT_HEADS } from '../trace/recipes.js';
import { fillFor, type GatherRow, overloadFor } from './gather.js';
import { gatherPlot, gatherTable } from './report.js';
import { offeredGigabits, packetsPerSecond, rateBetween, rateOfFlows } from './trials.js';

const trial = (seconds: number, writes: number): TrialResult => ({
  sent: { packets: 7_000_000, octets: 0, seconds, errors: 0 },
  received: { packets: 0, kernelDrops: 0, writes },
});

const spread = (median: number) => ({ median, minimum: median, maximum: median });

describe('gathering', () => {
  it('takes what was searched between the ends of two trials', () => {
    const segments = { count: 4, octets: 1000 };
    expect(rateBetween(trial(1, 50e3), trial(2, 175e3), segments)).toBeCloseTo(1);
  });

  it('takes the flows that were named between two looks', () => {
    const [first, last] = [
      { flows: 100, atMs: 500 },
      { flows: 100 + 1e5, atMs: 3764 },
    ];
    expect(rateOfFlows(first, last, HEADS.segments)).toBeCloseTo(1);
  });

  it('offers payload in all packets but SYNs', () => {
    const { count, octets } = HEADS.segments;
    const segments = (7e6 * count) / (count + 1);
    expect(offeredGigabits(trial(10, 0), HEADS.segments)).toBeCloseTo(
      (segments * octets * 8) / 10 / 1e9,
    );
    expect(
      packetsPerSecond(offeredGigabits(trial(10, 0), HEADS.segments), HEADS.segments),
    ).toBeCloseTo(7e5);
  });

  it('offers a little less and clearly more than the limit', () => {
    for (const limit of [0.1, 1.2]) {
      expect(overloadFor(limit)).toBeGreaterThan(1.1 * limit);
      expect(fillFor(limit) / limit).toBeCloseTo(0.97);
    }
  });

  const row: GatherRow = {
    ...{ channels: 12, limit: 1.2, jobOctets: 2000, segmentOctets: 1020 },
    ...{ offered: spread(1.5), filled: spread(1.17), weir: spread(1.14) },
    ...{ software: spread(1.44), blocking: spread(0.06) },
  };
  const short: GatherRow = {
    ...{ ...row, channels: 1, limit: 0.07, jobOctets: 64 },
    segmentOctets: SHORT_HEADS.segments.octets,
  };

  it('tells shares of the limit', () => {
    expect(gatherTable([row])).toMatch(/0\.97 .*0\.95 .*1\.20 .*0\.05/);
  });

  it('keeps short segments apart, and off the plot', () => {
    const text = gatherTable([row, short]);
    expect(text).toContain('Segments of 1020 octets');
    expect(text).toContain('Segments of 64 octets');
    const series = gatherPlot([row, short]).option.series as { data: unknown[] }[];
    expect(series.map(({ data }) => data.length)).toEqual([1, 1, 1, 1, 1]);
  });
});
