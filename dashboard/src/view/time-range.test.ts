// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  lengthMs,
  PRESETS,
  parseTime,
  shifted,
  stepSecondsOf,
  type TimeRange,
  timeParameter,
  widened,
  windowOf,
} from './time-range';

const NOW = 1_700_000_012_345;

describe('time in the URL', () => {
  it.each(PRESETS)('%s comes back', (preset) => {
    expect(timeParameter(parseTime(preset) as TimeRange)).toBe(preset);
  });

  it('every window comes back to the millisecond', () => {
    const range = { kind: 'fixed', from: NOW - 7_654_321, to: NOW } as const;
    expect(parseTime(timeParameter(range))).toEqual(range);
  });

  it.each(['', '0h', '6', '6y', '99999999999d', 'a..b', '2026-01-02..2026-01-01', '2026-01-01..'])(
    '"%s" is none',
    (text) => expect(parseTime(text)).toBeUndefined(),
  );
});

describe('windows', () => {
  it('of all lengths have as many points as a chart has room for, and begin on a step', () => {
    for (let seconds = 60; seconds < 3e8; seconds = Math.ceil(seconds * 1.37)) {
      const { from, to } = windowOf({ kind: 'last', seconds }, NOW);
      const step = stepSecondsOf({ from: to - seconds * 1000, to });
      expect(seconds / step).toBeLessThanOrEqual(seconds > 1e8 ? 600 : 170);
      expect(from % (step * 1000)).toBe(0);
      expect(to).toBe(NOW);
    }
  });

  it('of an hour or more are asked for in whole minutes, so that sums answer', () => {
    expect(stepSecondsOf({ from: 0, to: 3_600_000 })).toBe(60);
    expect(stepSecondsOf({ from: 0, to: 86_400_000 }) % 60).toBe(0);
  });
});

describe('moving', () => {
  const range: TimeRange = { kind: 'fixed', from: NOW - 2000, to: NOW - 1000 };

  it('keeps the length', () => {
    const earlier = shifted(range, -0.5, NOW);
    expect(earlier).toEqual({ kind: 'fixed', from: NOW - 2500, to: NOW - 1500 });
    expect(lengthMs(shifted(range, 0.5, NOW))).toBe(lengthMs(range));
  });

  it('and zooming never reach into the future', () => {
    expect(shifted(range, 5, NOW)).toEqual({ kind: 'fixed', from: NOW - 1000, to: NOW });
    expect(widened(range, 4, NOW)).toEqual({ kind: 'fixed', from: NOW - 4000, to: NOW });
    expect(widened(range, 2, NOW)).toEqual({ kind: 'fixed', from: NOW - 2500, to: NOW - 500 });
  });
});
