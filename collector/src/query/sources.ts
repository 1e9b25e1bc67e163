// SPDX-License-Identifier: Apache-2.0
// What questions sum over, as SQL: rows of (k0, k1, …, time, octets, packets, flows) out of the tables that
// the planner chose. `time` is in ms.
import { DIMENSION_COLUMNS, type Dimension, type FlowCondition } from '@weir/wire';
import type { StoreTable } from '../store/tables.js';
import type { Binder } from './binder.js';
import { columnsOf, conditionSql } from './condition-sql.js';
import { type Plan, type PlannedTable, planOf, type Segment, type Window } from './planner.js';

/** What is asked of a set of flows. */
export interface Subject {
  readonly window: Window;
  readonly condition: FlowCondition;
  /** Keys of the answer; empty for one sum. */
  readonly by: readonly Dimension[];
  readonly stepSeconds?: number | undefined;
  /** Also records that another exporter's record of the same flow counts for. */
  readonly everyRecord: boolean;
}

export interface Source {
  readonly sql: string;
  /** The table that answers most of it. */
  readonly table: string;
  /** Parts of the window whose records are no longer all there. */
  readonly missing: readonly Window[];
}

/** The SQL of a subject's rows; its values are bound to `binder`. */
export function sourceOf(
  subject: Subject,
  tables: readonly PlannedTable[],
  binder: Binder,
): Source {
  const plan = planFor(subject, tables);
  const parts = byTable(plan).map((segments) => selectOf(segments, subject, binder));
  return { sql: parts.join('\nUNION ALL\n'), table: plan.table, missing: plan.missing };
}

/** Names of the key columns: k0, k1, … */
export function keyNames(by: readonly Dimension[]): string[] {
  return by.map((_, i) => `k${i}`);
}

/** How the tables answer a subject. */
export function planFor(
  { window, condition, ...rest }: Subject,
  tables: readonly PlannedTable[],
): Plan {
  // Rounded to steps, the window before one of 1970 begins earlier, where nothing is and no time can be bound.
  const from = Math.max(0, Math.ceil(window.from));
  const whole = { from, to: Math.max(from, Math.ceil(window.to), 1) };
  return planOf(tables, { window: whole, columns: columnsOf(condition), ...rest });
}

/** One SELECT for all parts that a table answers. */
function byTable({ segments }: Plan): Segment[][] {
  const tables = [...new Set(segments.map(({ table }) => table))];
  return tables.map((table) => segments.filter((segment) => segment.table === table));
}

/** Columns with the sums: in a table of addresses they depend on what the address is. */
function sumsOf(table: StoreTable, subject: Subject): string {
  if (table.stepSeconds === 0) return 'octets, packets, toUInt64(1) AS flows';
  const [used = ''] = table.oneDimension
    ? [...subject.by, ...columnsOf(subject.condition)]
    : Object.keys(table.dimensions);
  const { octets, packets, flows } = table.dimensions[used] as StoreTable['dimensions'][string];
  return `${octets} AS octets, ${packets} AS packets, ${flows} AS flows`;
}

/** With two columns a flow counts for both, but only once where they hold the same. */
function keySql(dimension: Dimension, table: StoreTable): string {
  const own = table.dimensions[dimension]?.column;
  if (own !== undefined) return own;
  const [first, second] = DIMENSION_COLUMNS[dimension] as readonly string[];
  return second === undefined ? `${first}` : `arrayJoin(arrayDistinct([${first}, ${second}]))`;
}

function selectOf(segments: readonly Segment[], subject: Subject, binder: Binder): string {
  const { table } = segments[0] as Segment;
  const isRaw = table.stepSeconds === 0;
  const keys = subject.by.map((dimension, i) => `${keySql(dimension, table)} AS k${i}, `);
  const times = segments.map((segment) => `(${timeSql(table, segment, binder)})`).join(' OR ');
  const condition = conditionSql(
    subject.condition,
    binder,
    (column) => table.dimensions[column]?.column ?? column,
  );
  const counted = isRaw && !subject.everyRecord ? ' AND counted = 1' : '';
  return `SELECT ${keys.join('')}${timeValue(table)} AS milliseconds, ${sumsOf(table, subject)}
FROM weir.${table.name} WHERE (${times})${counted} AND ${condition}`;
}

function timeValue({ stepSeconds, timeColumn }: StoreTable): string {
  return stepSeconds === 0
    ? `toUnixTimestamp64Milli(${timeColumn})`
    : `toInt64(toUnixTimestamp(${timeColumn})) * 1000`;
}

/** Whether a row is of a time in [from, to). */
export function timeSql(table: StoreTable, { from, to }: Window, binder: Binder): string {
  const bound = (milliseconds: number): string =>
    table.stepSeconds === 0
      ? `fromUnixTimestamp64Milli(${binder.bind('Int64', milliseconds)}, 'UTC')`
      : `toDateTime(${binder.bind('UInt32', milliseconds / 1000)}, 'UTC')`;
  return `${table.timeColumn} >= ${bound(from)} AND ${table.timeColumn} < ${bound(to)}`;
}
