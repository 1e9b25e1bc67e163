// SPDX-License-Identifier: Apache-2.0
// Rows of the store as the API's answers.
import type {
  CompareResponse,
  Dimension,
  InterfacesResponse,
  MatrixResponse,
  SeriesResponse,
  Sums,
  TopRow,
} from '@weir/wire';
import { plainText } from './condition-sql.js';

/** t0, t1, …: a key's texts. */
export type KeyTexts = Readonly<Record<`t${number}`, string>>;

export interface SumRow {
  readonly octetSum: number;
  readonly packetSum: number;
  readonly flowSum: number;
}

/** With the sums of all keys, each row the same. */
export interface TopKeyRow extends SumRow, KeyTexts {
  readonly octetsOfAll: number;
  readonly packetsOfAll: number;
  readonly flowsOfAll: number;
}

/** What the sum of everything beyond the limit is called. In a matrix what an exporter calls so is summed up with it. */
export const OTHER = 'other';
export const NOTHING: Sums = { octets: 0, packets: 0, flows: 0 };

export function sumsOf(row: SumRow | undefined): Sums {
  if (row === undefined) return NOTHING;
  return {
    octets: Number(row.octetSum),
    packets: Number(row.packetSum),
    flows: Number(row.flowSum),
  };
}

/** Of all keys, of which the largest were found: with two sides a flow is in the sums of two. */
export function sumsOfAll([row]: readonly TopKeyRow[]): Sums {
  if (row === undefined) return NOTHING;
  const { octetsOfAll, packetsOfAll, flowsOfAll } = row;
  return {
    octets: Number(octetsOfAll),
    packets: Number(packetsOfAll),
    flows: Number(flowsOfAll),
  };
}

export function addSums(left: Sums, right: Sums): Sums {
  return {
    octets: left.octets + right.octets,
    packets: left.packets + right.packets,
    flows: left.flows + right.flows,
  };
}

/** What is left of a sum; it may come of another question, not asked at the same instant, and must not fall below 0. */
export function restOf(total: Sums, rows: readonly Sums[]): Sums {
  const shown = rows.reduce(addSums, NOTHING);
  return {
    octets: Math.max(0, total.octets - shown.octets),
    packets: Math.max(0, total.packets - shown.packets),
    flows: Math.max(0, total.flows - shown.flows),
  };
}

interface KeyParts {
  readonly key: string;
  readonly keys: string[];
}

function keysOf(row: KeyTexts, by: readonly Dimension[]): KeyParts {
  const keys = by.map((_, i) => plainText(row[`t${i}`] ?? ''));
  return { key: keys.join(', '), keys };
}

export function topRows(rows: readonly (SumRow & KeyTexts)[], by: readonly Dimension[]): TopRow[] {
  return rows.map((row) => ({ ...keysOf(row, by), ...sumsOf(row) }));
}

export type SeriesRow = KeyTexts & {
  readonly bucket: number;
  readonly isOther: number;
  readonly value: number;
};

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Series over the times, the largest first, what is beyond the limit last. */
export function seriesRows(
  rows: readonly SeriesRow[],
  asked: {
    readonly by: readonly Dimension[];
    readonly times: readonly number[];
    readonly stepSeconds: number;
  },
): SeriesResponse['series'] {
  const { by, times, stepSeconds } = asked;
  const first = (times[0] ?? 0) / (stepSeconds * 1000);
  const named = new Map<string, KeyParts & { readonly values: number[] }>();
  const other = times.map(() => 0);
  for (const row of rows) {
    const parts = keysOf(row, by);
    const rest = Boolean(row.isOther);
    const id = JSON.stringify(parts.keys);
    const entry = named.get(id) ?? { ...parts, values: times.map(() => 0) };
    const values = rest ? other : entry.values;
    values[row.bucket - first] = (values[row.bucket - first] ?? 0) + Number(row.value);
    if (!rest) named.set(id, entry);
  }
  const series: SeriesResponse['series'] = [...named.values()].sort(
    (a, b) => sum(b.values) - sum(a.values) || (a.key < b.key ? -1 : 1),
  );
  if (sum(other) > 0) series.push({ key: OTHER, keys: [OTHER], isOther: true, values: other });
  return series;
}

export interface MatrixRow {
  readonly isOther0: number;
  readonly isOther1: number;
  readonly t0: string;
  readonly t1: string;
  readonly value: number;
}

/** Keys of one side by their sums, the rest last. */
function sideOf(rows: readonly MatrixRow[], side: 0 | 1): string[] {
  const sums = new Map<string, number>();
  let hasOther = false;
  for (const row of rows) {
    const key = sideKey(row, side);
    if (key === OTHER) hasOther = true;
    else sums.set(key, (sums.get(key) ?? 0) + Number(row.value));
  }
  const keys = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
  return hasOther ? [...keys, OTHER] : keys;
}

function sideKey(row: MatrixRow, side: 0 | 1): string {
  return row[`isOther${side}`] ? OTHER : plainText(row[`t${side}`]);
}

export function matrixOf(
  rows: readonly MatrixRow[],
): Pick<MatrixResponse, 'rows' | 'columns' | 'values' | 'total'> {
  const names = sideOf(rows, 0);
  const columns = sideOf(rows, 1);
  const values = names.map(() => columns.map(() => 0));
  for (const row of rows) {
    const line = values[names.indexOf(sideKey(row, 0))] as number[];
    const at = columns.indexOf(sideKey(row, 1));
    line[at] = (line[at] ?? 0) + Number(row.value);
  }
  return { rows: names, columns, values, total: sum(values.map(sum)) };
}

/** With the sums of all keys, each row the same. */
export type CompareRow = KeyTexts &
  Readonly<Record<'current' | 'previous' | 'currentOfAll' | 'previousOfAll', number>>;

/** Of all keys, of which those that differ most were found. */
export function compareSumsOfAll([row]: readonly CompareRow[]): CompareResponse['other'] {
  return { current: Number(row?.currentOfAll ?? 0), previous: Number(row?.previousOfAll ?? 0) };
}

export function compareRows(
  rows: readonly CompareRow[],
  by: readonly Dimension[],
): CompareResponse['rows'] {
  return rows.map((row) => {
    const current = Number(row.current);
    const previous = Number(row.previous);
    return { ...keysOf(row, by), current, previous, change: current - previous };
  });
}

/** What is left of both windows' sums over all keys. */
export function compareRest(
  ends: { readonly current: number; readonly previous: number },
  rows: CompareResponse['rows'],
): CompareResponse['other'] {
  const rest = (window: 'current' | 'previous'): number =>
    Math.max(0, ends[window] - sum(rows.map((row) => row[window])));
  return { current: rest('current'), previous: rest('previous') };
}

type DirectionSums = `${'input' | 'output'}_${keyof Sums}`;
export type InterfaceRow = Readonly<Record<DirectionSums, number>> & {
  readonly exporter: string;
  readonly exporterName: string;
  readonly interface: number;
  readonly interfaceName: string;
};

/** The first rows, and what is left of the whole in each direction: each flow came in by one interface and left by one. */
export function interfacePage(
  rows: readonly InterfaceRow[],
  { total, limit }: { readonly total: Sums; readonly limit: number },
): Pick<InterfacesResponse, 'interfaces' | 'other' | 'truncated'> {
  const interfaces = interfaceRows(rows.slice(0, limit));
  const input = interfaces.map((row) => row.input);
  const output = interfaces.map((row) => row.output);
  const other = { input: restOf(total, input), output: restOf(total, output) };
  return { interfaces, other, truncated: rows.length > limit };
}

function interfaceRows(rows: readonly InterfaceRow[]): InterfacesResponse['interfaces'] {
  return rows.map((row) => ({
    exporterAddress: plainText(row.exporter),
    exporterName: row.exporterName,
    interface: row.interface,
    interfaceName: row.interfaceName,
    input: { octets: row.input_octets, packets: row.input_packets, flows: row.input_flows },
    output: { octets: row.output_octets, packets: row.output_packets, flows: row.output_flows },
  }));
}
