// SPDX-License-Identifier: Apache-2.0
// From sums per step, as the collector counts, to rates, as people read a network.
import type { Metric, SeriesResponse } from '@weir/wire';
import { formatBitRate, formatScaled } from '../format/quantity';

export type Point = readonly [timeMs: number, rate: number];

export interface RateSeries {
  readonly key: string;
  readonly points: readonly Point[];
}

const BITS_PER_OCTET = 8;
const RATE_UNITS: Readonly<Record<Metric, string>> = {
  octets: 'bit/s',
  packets: 'packets/s',
  flows: 'flows/s',
};

/**
 * Rates of each series, `other` last. The step that is still running is divided by the part of it that has passed
 * until `to`; while that is less than half a step it says too little and is left out, unless nothing came before it.
 */
export function toRates(response: SeriesResponse, to: number): RateSeries[] {
  const { metric, stepSeconds, times } = response;
  const factor = metric === 'octets' ? BITS_PER_OCTET : 1;
  const passed = times.map((time) => Math.min(stepSeconds, (to - time) / 1000));
  const settled = passed.findLastIndex((seconds) => seconds >= stepSeconds / 2) + 1;
  const begun = passed.findLastIndex((seconds) => seconds > 0) + 1;
  const hasSettled = response.series.some(({ values }) => values.slice(0, settled).some(Boolean));
  const shown = hasSettled ? settled : begun;
  const rates = response.series.map(({ key, values }) => ({
    key,
    points: times
      .slice(0, shown)
      .map(
        (time, index): Point => [
          time,
          ((values[index] ?? 0) * factor) / (passed[index] ?? stepSeconds),
        ],
      ),
  }));
  return rates.sort((a, b) => Number(a.key === 'other') - Number(b.key === 'other'));
}

/** A chart of fewer points is no picture. */
const LEAST_POINTS = 6;

/** Without the silence from before the collector started: nobody looked then, so it says nothing. */
export function sinceStart(rates: readonly RateSeries[], startedMs: number): RateSeries[] {
  const times = rates[0]?.points.map(([time]) => time) ?? [];
  const silent = (index: number) => rates.every(({ points }) => !points[index]?.[1]);
  const first = times.findIndex((time, index) => time >= startedMs || !silent(index));
  const from = Math.max(0, Math.min(first, times.length - LEAST_POINTS));
  return rates.map(({ key, points }) => ({ key, points: points.slice(from) }));
}

export interface RateSummary {
  readonly key: string;
  readonly latest: number;
  readonly average: number;
  readonly maximum: number;
}

export function summarise({ key, points }: RateSeries): RateSummary {
  const rates = points.map(([, rate]) => rate);
  const sum = rates.reduce((total, rate) => total + rate, 0);
  return {
    key,
    latest: rates.at(-1) ?? 0,
    average: rates.length === 0 ? 0 : sum / rates.length,
    maximum: rates.reduce((highest, rate) => Math.max(highest, rate), 0),
  };
}

export function formatRate(rate: number, metric: Metric): string {
  if (metric === 'octets') return formatBitRate(rate);
  return `${formatScaled(rate, '')} ${RATE_UNITS[metric]}`;
}

/** Short form for an axis, which has round values: "2 Mbit/s", "1.5 k". */
export function formatRateTick(rate: number, metric: Metric): string {
  const text = metric === 'octets' ? formatBitRate(rate) : formatScaled(rate, '');
  return text.replace(/\.(\d*?)0+(?= |$)/, (_, digits: string) => (digits ? `.${digits}` : ''));
}

export function rateUnit(metric: Metric): string {
  return RATE_UNITS[metric];
}
