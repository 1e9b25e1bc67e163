// SPDX-License-Identifier: Apache-2.0
// Which tables a question is put to: the coarsest that have what it needs for the middle of the window, finer
// ones for what is left at its ends, single records for the rest. The sums are those of the records.
import { DIMENSION_COLUMNS, type Dimension } from '@weir/wire';
import type { StoreTable } from '../store/tables.js';

/** Records that ended in [from, to), ms since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A table as the store has it at the moment. */
export interface PlannedTable extends StoreTable {
  /** Sums exist for records that ended from then on; absent: for all. */
  readonly completeFromMilliseconds?: number;
}

export interface Need {
  readonly window: Window;
  /** What the answer is grouped by; empty for a sum over everything. */
  readonly by: readonly Dimension[];
  /** Columns that the filter reads. */
  readonly columns: ReadonlySet<string>;
  /** Width of the answer's buckets; absent: none. */
  readonly stepSeconds?: number | undefined;
  /** Every exporter's records are meant, also those that another exporter's records count for. */
  readonly everyRecord: boolean;
}

/** A part of the window and the table that answers it. */
export interface Segment extends Window {
  readonly table: PlannedTable;
}

export interface Plan {
  readonly segments: readonly Segment[];
  /** Name of the table that answers the longest part. */
  readonly table: string;
  /** Parts of which no table that can answer has all records any more, in order of time. */
  readonly missing: readonly Window[];
}

/** Whether the table has all that the question needs, apart from the times. */
export function canAnswer(table: PlannedTable, need: Need): boolean {
  if (table.stepSeconds === 0) return true;
  const { by, columns, stepSeconds, everyRecord } = need;
  if (everyRecord || (stepSeconds !== undefined && stepSeconds % table.stepSeconds !== 0))
    return false;
  const has = (name: string): boolean => table.dimensions[name] !== undefined;
  const grouped = by.flatMap((name) => (has(name) ? [name] : [...DIMENSION_COLUMNS[name]]));
  const used = new Set([...grouped, ...columns]);
  // A row of an address alone says nothing of pairs, and the sum over all rows has each flow twice.
  const fits = !table.oneDimension || used.size === 1;
  return fits && [...used].every(has);
}

/** The smallest tables that answer, over the whole window without a gap. */
export function planOf(tables: readonly PlannedTable[], need: Need): Plan {
  const able = tables
    .filter((table) => canAnswer(table, need))
    .sort((a, b) => b.stepSeconds - a.stepSeconds || sizeOf(a) - sizeOf(b));
  const segments = cover(need.window, able);
  const longest = [...segments].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  return { segments, table: longest?.table.name ?? 'flows', missing: missingOf(segments) };
}

/** What of the window the single records no longer cover. */
export function lostOf({ from, to }: Window, tables: readonly PlannedTable[]): Window[] {
  const records = tables.filter(({ stepSeconds }) => stepSeconds === 0);
  return missingOf(records.map((table) => ({ from, to, table })));
}

/** Of tables with one step, the one with fewer dimensions has fewer rows. */
function sizeOf({ dimensions, oneDimension }: StoreTable): number {
  // Addresses are many, however few columns there are.
  return oneDimension ? Number.MAX_SAFE_INTEGER : Object.keys(dimensions).length;
}

function cover(window: Window, tables: readonly PlannedTable[]): Segment[] {
  const [table, ...finer] = tables;
  const { from, to } = window;
  if (table === undefined || from >= to) return [];
  if (table.stepSeconds === 0) return [{ from, to, table }];
  const own = bucketsOf(window, table);
  if (own === undefined) return cover(window, finer);
  return [
    ...cover({ from, to: own.from }, finer),
    { ...own, table },
    ...cover({ from: own.to, to }, finer),
  ];
}

/** The buckets of a table that lie in the window and have all their records; undefined without any. */
function bucketsOf({ from, to }: Window, table: PlannedTable): Window | undefined {
  const step = table.stepSeconds * 1000;
  const first = Math.ceil(Math.max(from, table.completeFromMilliseconds ?? from) / step) * step;
  const end = Math.floor(to / step) * step;
  return first < end ? { from: first, to: end } : undefined;
}

/** What the tables of the segments have lost. */
function missingOf(segments: readonly Segment[]): Window[] {
  const lost: Window[] = [];
  for (const { from, to, table } of segments) {
    const until = Math.min(to, table.completeFromMilliseconds ?? from);
    if (until <= from) continue;
    const before = lost.at(-1)?.to === from ? lost.pop() : undefined;
    lost.push({ from: before?.from ?? from, to: until });
  }
  return lost;
}
