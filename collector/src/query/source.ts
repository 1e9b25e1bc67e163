// SPDX-License-Identifier: Apache-2.0
// What top and series sum over: rows of (k, time, octets, packets, flows), from raw records or, where
// that gives the same sums, from the rollup.
import type { Dimension } from '@weir/wire';
import type { Statement } from '../store/flow-store.js';
import { TRAFFIC_DIMENSIONS, tableOf } from '../store/tables.js';
import { type Filter, filterConditions } from './filter.js';

const ROLLUP_SECONDS = tableOf('flows_1m').stepSeconds;
const ROLLUP_MS = ROLLUP_SECONDS * 1000;
/** Below this the raw table is as fast. */
const SHORTEST_ROLLUP_WINDOW_MS = 10 * ROLLUP_MS;

/** SQL for the key of each dimension. */
const KEYS: Readonly<Record<Dimension, string>> = {
  applicationName: 'applicationName',
  sourceAddress: 'sourceAddress',
  destinationAddress: 'destinationAddress',
  // A flow from an address to itself counts once for it.
  host: 'arrayJoin(arrayDistinct([sourceAddress, destinationAddress]))',
  sourceTransportPort: 'sourceTransportPort',
  destinationTransportPort: 'destinationTransportPort',
  protocolIdentifier: 'protocolIdentifier',
  vlanId: 'vlanId',
  exporterAddress: 'exporterAddress',
  flowEndReason: 'flowEndReason',
};

export interface SourceOptions {
  readonly filter: Filter;
  /** Absent: one key for everything. */
  readonly by?: Dimension;
  /** Buckets that the sums are for; absent: none. */
  readonly stepSeconds?: number;
}

const RAW_TIME = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;

/** Chooses the table and gives the SQL of the rows. */
export function sourceOf(options: SourceOptions): Statement {
  return rollupServes(options) ? rollupSource(options) : rawSource(options);
}

/** Whether the rollup has the dimension, all filtered columns, and buckets that fit the step. */
export function rollupServes({ filter, by, stepSeconds }: SourceOptions): boolean {
  const kept: readonly string[] = TRAFFIC_DIMENSIONS;
  return (
    filter.to - filter.from >= SHORTEST_ROLLUP_WINDOW_MS &&
    (by === undefined || kept.includes(by)) &&
    (stepSeconds === undefined || stepSeconds % ROLLUP_SECONDS === 0) &&
    filterConditions(filter).keys.every((key) => kept.includes(key))
  );
}

function keySql(by: Dimension | undefined): string {
  return by === undefined ? "''" : KEYS[by];
}

function rawRows(by: Dimension | undefined, where: string): string {
  return `SELECT ${keySql(by)} AS k, toUnixTimestamp64Milli(flowEndMilliseconds) AS time,
  octets, packets, toUInt64(1) AS flows
FROM weir.flows WHERE counted = 1 AND ${where}`;
}

function rawSource({ filter, by }: SourceOptions): Statement {
  const { sql, parameters } = filterConditions(filter);
  const where = `flowEndMilliseconds >= ${RAW_TIME('from')} AND flowEndMilliseconds < ${RAW_TIME('to')} AND ${sql}`;
  return {
    sql: rawRows(by, where),
    parameters: { ...parameters, from: Math.ceil(filter.from), to: Math.ceil(filter.to) },
  };
}

/** Whole minutes from the rollup, and what the window has beside them from raw records. */
function rollupSource({ filter, by }: SourceOptions): Statement {
  const { sql, parameters } = filterConditions(filter);
  const from = Math.ceil(filter.from);
  const to = Math.ceil(filter.to);
  const minuteFrom = Math.ceil(from / ROLLUP_MS) * ROLLUP_MS;
  const minuteTo = Math.floor(to / ROLLUP_MS) * ROLLUP_MS;
  const rollup = `SELECT ${keySql(by)} AS k, toInt64(toUnixTimestamp(flows_1m.time)) * 1000 AS time,
  octets, packets, flows
FROM weir.flows_1m
WHERE flows_1m.time >= toDateTime({minuteFrom:UInt32}, 'UTC') AND flows_1m.time < toDateTime({minuteTo:UInt32}, 'UTC') AND ${sql}`;
  const edges = `(
  (flowEndMilliseconds >= ${RAW_TIME('from')} AND flowEndMilliseconds < ${RAW_TIME('edgeFrom')}) OR
  (flowEndMilliseconds >= ${RAW_TIME('edgeTo')} AND flowEndMilliseconds < ${RAW_TIME('to')})
) AND ${sql}`;
  return {
    sql: `${rollup}\nUNION ALL\n${rawRows(by, edges)}`,
    parameters: {
      ...parameters,
      from,
      to,
      minuteFrom: minuteFrom / 1000,
      minuteTo: minuteTo / 1000,
      edgeFrom: minuteFrom,
      edgeTo: minuteTo,
    },
  };
}
