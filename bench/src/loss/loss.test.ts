// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Trace } from '../trace/traces.js';
import { type LossPoint, lostShare, packetsPerSecond } from './loss.js';
import { lossPlot, lossTable, lossText } from './report.js';

const point = (sentPackets: number, lostPackets: number): LossPoint => ({
  offeredBitsPerSecond: 100e6,
  sentPackets,
  lostPackets,
});

describe('loss', () => {
  it('is a share of what was sent', () => {
    expect(lostShare(point(1000, 420))).toBeCloseTo(0.42);
    expect(lostShare(point(0, 0))).toBe(0);
  });

  it('is written as nothing only when it is nothing', () => {
    expect(lossText(point(1e6, 0))).toBe('0.0 %');
    expect(lossText(point(1e6, 1))).toBe('< 0.1 %');
    expect(lossText(point(1000, 420))).toBe('42.0 %');
  });

  it('is offered in frames of the trace’s mean length', () => {
    const trace = { facts: { packets: 1000, octets: 625_000 } } as Trace;
    expect(packetsPerSecond(100, trace)).toBeCloseTo(20_000);
  });

  it('says for each rate what was really sent', () => {
    const named = { ...point(1000, 420), namedShare: 0.5 };
    const table = lossTable([{ receiver: 'Weir', points: [named] }]);
    expect(table).toContain('100: 42.0 %, 50.0 % named');
  });

  it('is drawn in percent by Mbit/s', () => {
    const { option } = lossPlot([{ receiver: 'Weir', points: [point(1000, 420)] }]);
    const [series] = option.series as { data: [number, number][] }[];
    expect(series?.data).toEqual([[100, 42]]);
  });
});
