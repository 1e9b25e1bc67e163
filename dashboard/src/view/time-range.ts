// SPDX-License-Identifier: Apache-2.0
// The time that a page is about: the last so many seconds, or a window that stays. Times are ms since the epoch.
import type { Pace } from '../api/pace';
import { formatSpan } from '../format/time';

export type TimeRange =
  | { readonly kind: 'last'; readonly seconds: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

export interface Window {
  readonly from: number;
  readonly to: number;
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const MOST_SECONDS = 10 * 366 * 86_400;

/** The choices that are one click away. */
export const PRESETS = ['5m', '15m', '1h', '6h', '24h', '7d', '30d', '90d'] as const;
export const DEFAULT_TIME = '1h';

/** "6h", or "2026-05-05T12:00:00.000Z..2026-05-05T18:00:00.000Z"; undefined for what is neither. */
export function parseTime(text: string): TimeRange | undefined {
  const last = /^(\d{1,9})([smhd])$/.exec(text);
  if (last !== null) {
    const seconds = Number(last[1]) * UNIT_SECONDS[last[2] as keyof typeof UNIT_SECONDS];
    return seconds > 0 && seconds <= MOST_SECONDS ? { kind: 'last', seconds } : undefined;
  }
  const [from = Number.NaN, to = Number.NaN] = text.split('..').map((end) => Date.parse(end));
  return from < to ? { kind: 'fixed', from, to } : undefined;
}

/** What `parseTime` reads. */
export function timeParameter(range: TimeRange): string {
  if (range.kind === 'fixed') {
    return [range.from, range.to].map((time) => new Date(time).toISOString()).join('..');
  }
  const units = Object.entries(UNIT_SECONDS).reverse();
  // A day is said in hours until it is two: people say "the last 24 h".
  const fits = units.find(
    ([unit, size]) => range.seconds % size === 0 && (unit !== 'd' || range.seconds > size),
  );
  const [unit, size] = fits ?? ['s', 1];
  return `${range.seconds / size}${unit}`;
}

export function spanTitle(seconds: number): string {
  return `Last ${seconds === 86_400 ? '24 h' : formatSpan(seconds)}`;
}

export function lengthMs(range: TimeRange): number {
  return range.kind === 'last' ? range.seconds * 1000 : range.to - range.from;
}

/** Widths that people read easily, in seconds. */
const STEPS = [10, 30, 60, 300, 900, 3600, 10_800, 21_600, 86_400, 604_800];
const MOST_POINTS = 170;
const SHORT_POINTS = 60;

/**
 * Width of a bucket for a window. A record counts where it ended, so up to an hour a step is not much shorter than
 * exporters' active timeout of a minute, or the chart shows their rhythm instead of the traffic; from an hour on
 * steps are whole minutes, so that tables of sums answer.
 */
export function stepSecondsOf({ from, to }: Window): number {
  const seconds = (to - from) / 1000;
  const most = seconds <= 3700 ? SHORT_POINTS : MOST_POINTS;
  return STEPS.find((step) => seconds / step <= most) ?? (STEPS.at(-1) as number);
}

/** The range's window, as of now. One that moves begins on a step, so that points do not move between refreshes. */
export function windowOf(range: TimeRange, now: number): Window {
  if (range.kind === 'fixed') return { from: range.from, to: range.to };
  const begin = now - range.seconds * 1000;
  const stepMs = stepSecondsOf({ from: begin, to: now }) * 1000;
  return { from: Math.floor(begin / stepMs) * stepMs, to: now };
}

/** New records change the last of a chart's steps: nobody sees more than so many states of it. */
const STATES_A_STEP = 20;

/**
 * When a question about the range is asked again: as records come into the store, and once a step even without any,
 * since the window moves. What was stays as it was.
 */
export function freshnessOf(range: TimeRange): Pace {
  if (range.kind === 'fixed') return { everyMs: undefined };
  const stepMs = stepSecondsOf({ from: 0, to: range.seconds * 1000 }) * 1000;
  const soonestMs = Math.min(Math.max(1_000, stepMs / STATES_A_STEP), 15_000);
  const everyMs = Math.min(Math.max(10_000, stepMs), 60_000);
  return { everyMs, follow: { topics: ['flows'], soonestMs } };
}

/** Earlier or later by so much of its own length; never later than now. */
export function shifted(range: TimeRange, lengths: number, now: number): TimeRange {
  const { from, to } = windowOf(range, now);
  const by = Math.min(lengths * lengthMs(range), now - to);
  return { kind: 'fixed', from: Math.round(from + by), to: Math.round(to + by) };
}

/** Around the same middle, `factor` times as long; never later than now. */
export function widened(range: TimeRange, factor: number, now: number): TimeRange {
  const { from, to } = windowOf(range, now);
  const half = ((to - from) * factor) / 2;
  const middle = (from + to) / 2;
  const end = Math.min(now, middle + half);
  return { kind: 'fixed', from: Math.max(0, Math.round(end - 2 * half)), to: Math.round(end) };
}
