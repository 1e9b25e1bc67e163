// SPDX-License-Identifier: Apache-2.0
// From sums per step, as the collector counts, to rates, as people read a network.
import type { SeriesResponse } from '@weir/wire';
import { REST } from '../view/rest';

export interface RateSeries {
  /** REST for what is beyond the limit; so are the keys. */
  readonly key: string;
  readonly keys: readonly string[];
  /** Per second, in the metric's own unit; one for each time. */
  readonly rates: readonly number[];
  /** Sum over all steps. */
  readonly total: number;
}

export interface Rates {
  /** When each step begins, ms since the epoch. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  /** Largest first, what is beyond the limit last. */
  readonly series: readonly RateSeries[];
}

type SumSeries = SeriesResponse['series'];

/**
 * Rates of each series. The step that is still running is divided by the part of it that has passed until `to`; while
 * that is less than half a step it says too little and is left out, unless nothing came before it.
 */
export function toRates(response: SeriesResponse, to: number): Rates {
  const { stepSeconds, times, series } = response;
  const passed = times.map((time) => Math.min(stepSeconds, (to - time) / 1000));
  const settled = passed.findLastIndex((seconds) => seconds >= stepSeconds / 2) + 1;
  const begun = passed.findLastIndex((seconds) => seconds > 0) + 1;
  const hasSettled = series.some(({ values }) => values.slice(0, settled).some(Boolean));
  const shown = hasSettled ? settled : begun;
  const divisors = passed.slice(0, shown);
  return { times: times.slice(0, shown), stepSeconds, series: ratesOf(series, divisors) };
}

/** The same series as they were before, whose steps are all over. */
export function previousRates(response: SeriesResponse, count: number): readonly RateSeries[] {
  const { previous, stepSeconds } = response;
  return ratesOf(previous?.series ?? [], Array(count).fill(stepSeconds));
}

function ratesOf(series: SumSeries, seconds: readonly number[]): RateSeries[] {
  const rates = series.map(({ key, keys, isOther, values }) => ({
    key: isOther ? REST : key,
    keys: isOther ? [REST] : keys,
    rates: seconds.map((passed, index) => (values[index] ?? 0) / passed),
    total: values.reduce((sum, value) => sum + value, 0),
  }));
  return rates.sort((a, b) => Number(a.key === REST) - Number(b.key === REST));
}

/** A chart of fewer points is no picture. */
const LEAST_POINTS = 6;

/** Without the silence from before the collector started: nobody looked then, so it says nothing. */
export function sinceStart({ times, stepSeconds, series }: Rates, startedMs: number): Rates {
  const silent = (index: number) => series.every(({ rates }) => !rates[index]);
  const first = times.findIndex((time, index) => time >= startedMs || !silent(index));
  const from = Math.max(0, Math.min(first, times.length - LEAST_POINTS));
  const kept = series.map((one) => ({ ...one, rates: one.rates.slice(from) }));
  return { times: times.slice(from), stepSeconds, series: kept };
}

/** Series on the times of others: two answers may be a step apart. */
export function alignedTo({ times }: Rates, other: Rates): RateSeries[] {
  const at = new Map(other.times.map((time, index) => [time, index]));
  return other.series.map((series) => ({
    ...series,
    rates: times.map((time) => series.rates[at.get(time) ?? -1] ?? 0),
  }));
}

/** Each series as its part of the sum at each step, 0 to 1. */
export function toShares({ times, stepSeconds, series }: Rates): Rates {
  const sumAt = (index: number) => series.reduce((sum, { rates }) => sum + (rates[index] ?? 0), 0);
  const sums = times.map((_, index) => sumAt(index));
  const share = (rate: number, index: number) => (sums[index] ? rate / sums[index] : 0);
  const shares = series.map((one) => ({ ...one, rates: one.rates.map(share) }));
  return { times, stepSeconds, series: shares };
}

export interface RateSummary {
  readonly minimum: number;
  readonly average: number;
  readonly percentile95: number;
  readonly maximum: number;
  readonly latest: number;
}

const NOTHING: RateSummary = { minimum: 0, average: 0, percentile95: 0, maximum: 0, latest: 0 };

/** Over all steps; the 95th percentile is the smallest rate that 95 of 100 steps do not exceed (nearest rank). */
export function summarise(rates: readonly number[]): RateSummary {
  if (rates.length === 0) return NOTHING;
  const sorted = [...rates].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(sorted.length * 0.95));
  return {
    minimum: sorted[0] ?? 0,
    average: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    percentile95: sorted[rank - 1] ?? 0,
    maximum: sorted.at(-1) ?? 0,
    latest: rates.at(-1) ?? 0,
  };
}
