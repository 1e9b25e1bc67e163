// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatClock,
  formatDuration,
  formatMoment,
  formatSpan,
  formatTick,
} from './time';

const MOMENT = Date.UTC(2026, 2, 9, 14, 5, 7);

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [35, '35 ms'],
    [1240, '1.2 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [59_600, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_780_000, '1 h 03 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatSpan', () => {
  it.each([
    [45, '45 s'],
    [90, '1 min 30 s'],
    [600, '10 min'],
    [3600, '1 h'],
    [86_400, '1 d'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatSpan(seconds)).toBe(text);
  });
});

describe('times', () => {
  it('shows a clock of 24 hours in the zone asked for', () => {
    expect(formatClock(MOMENT, 'UTC')).toBe('14:05:07');
    expect(formatClock(MOMENT, 'Asia/Tokyo')).toBe('23:05:07');
  });
  it('midnight is 00, not 24', () => {
    expect(formatClock(Date.UTC(2026, 0, 1), 'UTC')).toBe('00:00:00');
  });
  it('shows as much of the time as the window needs', () => {
    expect(formatTick(MOMENT, 300_000, 'UTC')).toBe('14:05:07');
    expect(formatTick(MOMENT, 309_999, 'UTC')).toBe('14:05:07');
    expect(formatTick(MOMENT, 3_600_000, 'UTC')).toBe('14:05');
    expect(formatTick(MOMENT, 87_000_000, 'UTC')).toBe('14:05');
    expect(formatTick(MOMENT, 172_800_000, 'UTC')).toBe('09 Mar, 14:05');
  });
  it('names the day in full', () => {
    expect(formatMoment(MOMENT, 'UTC')).toBe('09 Mar 2026, 14:05:07');
  });
});

it.each([
  [0, 'now'],
  [1999, 'now'],
  [4000, '4.0 s ago'],
  [187_200_000, '2 d 4 h ago'],
])('%i ms ago is "%s"', (ms, text) => expect(formatAgo(ms)).toBe(text));
