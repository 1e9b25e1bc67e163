// SPDX-License-Identifier: Apache-2.0
// Statements for single records. Pure: input in, SQL and its parameters out.
import { FLOW_COLUMNS, type FlowCondition, type FlowSort } from '@weir/wire';
import type { Statement } from '../store/flow-store.js';
import { type FlowColumnName, tableOf } from '../store/tables.js';
import { Binder } from './binder.js';
import { conditionSql } from './condition-sql.js';
import type { Window } from './planner.js';
import { timeSql } from './sources.js';

/** Where the next page of records begins. */
export interface FlowPosition extends Window {
  /** Of the last record seen: what records are sorted by. */
  readonly value: number;
  /** Records with that value that have been seen. */
  readonly skip: number;
  /** Records received later belong to no page: what has been seen stays where it is. */
  readonly receivedUntil: number;
}

export interface FlowsQuestion {
  readonly window: Window;
  readonly condition: FlowCondition;
  readonly columns: readonly FlowColumnName[];
  readonly sort: FlowSort;
  readonly limit: number;
  readonly position?: FlowPosition | undefined;
}

const KIND_OF = new Map<string, string>(FLOW_COLUMNS.map(({ name, kind }) => [name, kind]));

/** In milliseconds where the column is a time. */
function numberSql(column: string): string {
  return KIND_OF.get(column) === 'time' ? `toUnixTimestamp64Milli(${column})` : column;
}

const SORT_SQL: Readonly<Record<string, string>> = {
  durationMilliseconds:
    '(toUnixTimestamp64Milli(flowEndMilliseconds) - toUnixTimestamp64Milli(flowStartMilliseconds))',
};

/** Records that agree in all of these may change places between two pages: nobody can tell. */
const TIE_BREAKERS = [
  'receivedMilliseconds',
  'sourceAddress',
  'destinationAddress',
  'sourceTransportPort',
  'destinationTransportPort',
  'protocolIdentifier',
  'octets',
  'packets',
  'exporterAddress',
  'observationDomainId',
];

/** The columns that records are sorted by, and how. */
export function sortOf(sort: FlowSort): { readonly column: string; readonly descending: boolean } {
  const descending = sort.startsWith('-');
  return { column: descending ? sort.slice(1) : sort, descending };
}

function whereOf({ window, condition, position, sort }: FlowsQuestion, binder: Binder): string {
  const parts = [timeSql(tableOf('flows'), window, binder), conditionSql(condition, binder)];
  if (position !== undefined) {
    const { column, descending } = sortOf(sort);
    const until = binder.bind('Int64', position.receivedUntil);
    const value = binder.bind('Int64', position.value);
    parts.push(
      `receivedMilliseconds <= fromUnixTimestamp64Milli(${until}, 'UTC')`,
      `${SORT_SQL[column] ?? numberSql(column)} ${descending ? '<=' : '>='} ${value}`,
    );
  }
  return parts.map((part) => `(${part})`).join(' AND ');
}

/**
 * Records in order: `sortValue`, then the columns as f0, f1, …: a name of its own for each, since an alias
 * would stand for the column in the conditions, too.
 */
export function flowsStatement(question: FlowsQuestion): Statement {
  const binder = new Binder();
  const { column, descending } = sortOf(question.sort);
  const sortSql = SORT_SQL[column] ?? numberSql(column);
  const columns = question.columns.map((name, i) => `${numberSql(name)} AS f${i}`);
  const sql = `SELECT ${sortSql} AS sortValue, ${columns.join(', ')}
FROM weir.flows WHERE ${whereOf(question, binder)}
ORDER BY sortValue ${descending ? 'DESC' : 'ASC'}, ${TIE_BREAKERS.join(', ')}
LIMIT ${binder.bind('UInt32', question.limit)} OFFSET ${binder.bind('UInt64', question.position?.skip ?? 0)}`;
  return { sql, parameters: binder.parameters };
}

/** Records in the order in which the store has them: for exports, which must not sort what does not fit memory. */
export function exportStatement(
  question: Pick<FlowsQuestion, 'window' | 'condition' | 'columns' | 'limit'>,
): Statement {
  const binder = new Binder();
  const sql = `SELECT ${question.columns.map((name, i) => `${numberSql(name)} AS f${i}`).join(', ')}
FROM weir.flows WHERE ${whereOf({ ...question, sort: '-flowEndMilliseconds' }, binder)}
LIMIT ${binder.bind('UInt64', question.limit)}`;
  return { sql, parameters: binder.parameters };
}

/** Two rows if records of several exporters fulfil a condition in the windows, else one or none. */
export function exportersStatement(
  condition: FlowCondition,
  windows: readonly Window[],
): Statement {
  const binder = new Binder();
  const times = windows.map((window) => `(${timeSql(tableOf('flows'), window, binder)})`);
  const sql = `SELECT DISTINCT exporterAddress AS exporter FROM weir.flows
WHERE (${times.join(' OR ')}) AND ${conditionSql(condition, binder)} LIMIT 2`;
  return { sql, parameters: binder.parameters };
}

/** A row if there is any record that another exporter's counts for. */
export function uncountedStatement(): Statement {
  return { sql: 'SELECT 1 AS found FROM weir.flows WHERE counted = 0 LIMIT 1', parameters: {} };
}
