// SPDX-License-Identifier: Apache-2.0
// Applications out of sums by name, category and confidence. Pure.
import type { SeriesResponse, Sums, TopRow } from '@weir/wire';
import { toRates } from '../../chart/rates';
import { compareConfidence } from '../../format/confidence';

/** What rests on one kind of evidence. */
export interface ByConfidence {
  readonly confidence: string;
  readonly octets: number;
}

export interface Application extends Sums {
  readonly name: string;
  /** Of most of its octets. */
  readonly category: string;
  /** Surest first. */
  readonly confidences: readonly ByConfidence[];
}

/** Rows by [name, category, confidence] as applications, the largest first. */
export function applicationsOf(rows: readonly Pick<TopRow, 'keys' | keyof Sums>[]): Application[] {
  const groups = grouped(rows, 0);
  const applications = [...groups].map(([name, parts]) => ({
    name,
    category: [...parts].sort((a, b) => b.octets - a.octets)[0]?.keys[1] ?? '',
    confidences: confidencesOf(parts),
    octets: sumOf(parts, 'octets'),
    packets: sumOf(parts, 'packets'),
    flows: sumOf(parts, 'flows'),
  }));
  return applications.sort((a, b) => b.octets - a.octets);
}

/** Rows by their key of one dimension of the question. */
export function grouped<Row extends Pick<TopRow, 'keys'>>(
  rows: readonly Row[],
  at: number,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.keys[at] ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** What rests on which evidence, in all; surest first. */
export function confidencesOf(rows: readonly Pick<TopRow, 'keys' | 'octets'>[]): ByConfidence[] {
  const groups = grouped(rows, 2);
  return [...groups]
    .map(([confidence, parts]) => ({ confidence, octets: sumOf(parts, 'octets') }))
    .sort((a, b) => compareConfidence(a.confidence, b.confidence));
}

/** The evidence of most of the octets. */
export function mainConfidence({ confidences }: Pick<Application, 'confidences'>): ByConfidence {
  const [first = { confidence: '', octets: 0 }, ...rest] = confidences;
  return rest.reduce((most, one) => (one.octets > most.octets ? one : most), first);
}

function sumOf<Name extends keyof Sums>(rows: readonly Pick<Sums, Name>[], name: Name): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

/** How an application went, and what it was in the window before. */
export interface Trend {
  readonly values: readonly number[];
  readonly now: number;
  /** Undefined where the store no longer has all of it. */
  readonly before: number | undefined;
}

/** By application; of those that the answer has a series of. `to` is the end of the window. */
export function trendsOf(response: SeriesResponse, to: number): ReadonlyMap<string, Trend> {
  const { series, previous } = response;
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const isWhole = previous !== undefined && previous.missing.length === 0;
  // The step that still runs would look like a fall.
  const rates = new Map(toRates(response, to).series.map((one) => [one.key, one.rates]));
  return new Map(
    named(series).map(({ key, values }) => {
      const earlier = named(previous?.series ?? []).find((one) => one.key === key)?.values ?? [];
      const before = isWhole ? sum(earlier) : undefined;
      return [key, { values: rates.get(key) ?? [], now: sum(values), before }];
    }),
  );
}

const named = (series: SeriesResponse['series']) => series.filter(({ isOther }) => !isOther);
