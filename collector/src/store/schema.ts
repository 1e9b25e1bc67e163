// SPDX-License-Identifier: Apache-2.0
// Tables in ClickHouse's dialect. A change of a table's shape is a new SCHEMA_VERSION and a migration.
import { COLUMN_KINDS, FLOW_COLUMNS, type FlowColumn } from '@weir/wire';
import {
  type FlowColumnName,
  SYSTEM_DIMENSIONS,
  TABLES,
  type TableName,
  TRAFFIC_DIMENSIONS,
  tableOf,
  typeOf,
} from './tables.js';

/** Of the tables below. */
export const SCHEMA_VERSION = 3;

/** Columns of `flows` as a list for SQL, in the order of a block. */
export const COLUMN_LIST = FLOW_COLUMNS.map(({ name }) => name).join(', ');

/**
 * How many inserts a table remembers by their tokens. Only what was under way when the process ended
 * comes a second time, so this is plenty.
 */
const REMEMBERED_INSERTS = 1000;

/** More rows than an insert has. */
const ALL_ROWS = 100_000_000;
/**
 * Settings that make an insert one block in each table: all of it is in, or nothing; its token always names
 * the same rows; and sums are one part instead of the 256 that an aggregation of two levels gives. One
 * thread: more gain nothing and take what receives.
 */
export const ONE_BLOCK = `max_threads = 1, max_insert_threads = 1, max_block_size = ${ALL_ROWS},
  min_insert_block_size_rows = ${ALL_ROWS}, min_insert_block_size_bytes = 0,
  group_by_two_level_threshold = 0, group_by_two_level_threshold_bytes = 0`;

/** What differs between one machine and a cluster. */
export interface Dialect {
  /** e.g. "MergeTree" → "MergeTree", or "ReplicatedMergeTree(…)" */
  engine(name: string, family: 'MergeTree' | 'SummingMergeTree' | 'ReplacingMergeTree'): string;
  /** Settings of every table, e.g. "non_replicated_deduplication_window = 1000". */
  readonly settings: string;
  /** " ON CLUSTER …", or empty. */
  readonly onCluster: string;
}

/**
 * Parts are merged when ten are alike: half the merges of the default, 5. Sums of hours are few and asked for
 * often, and merged they are half as many rows: what is a few minutes old becomes one part a day.
 */
function mergesOf(name: TableName): string {
  const merges = 'merge_selector_base = 10';
  return isOfHours(name) ? `${merges}, min_age_to_force_merge_seconds = 300` : merges;
}

const isOfHours = (name: TableName) => tableOf(name).stepSeconds >= 3600;

/** Tables of one machine. */
export const LOCAL: Dialect = {
  engine: (_name, family) => family,
  settings: `non_replicated_deduplication_window = ${REMEMBERED_INSERTS}`,
  onCluster: '',
};

/** Within a second sorted by address: neighbours are alike, and less is on disk. T64 crops what all have in common. */
function codec({ kind }: FlowColumn): string {
  return kind === 'name' || kind === 'address' ? 'CODEC(ZSTD(1))' : 'CODEC(T64, ZSTD(1))';
}

/**
 * Hours and days are those of receipt: an exporter with a wrong clock must not open hundreds of
 * partitions or have its records expire at once. The order begins with the second of the insert: so
 * parts of different inserts do not overlap, and a merge copies them one behind the other instead of
 * row by row, which costs a third. Both times that are asked for follow it in the indexes below.
 */
function flows(dialect: Dialect): string {
  const columns = FLOW_COLUMNS.map(
    (column) => `  ${column.name} ${COLUMN_KINDS[column.kind].clickhouseType} ${codec(column)}`,
  );
  return `CREATE TABLE IF NOT EXISTS weir.flows${dialect.onCluster} (
${columns.join(',\n')},
  stored DateTime('UTC') DEFAULT now() CODEC(T64, ZSTD(1)),
  INDEX ends flowEndMilliseconds TYPE minmax GRANULARITY 1,
  INDEX received receivedMilliseconds TYPE minmax GRANULARITY 1
) ENGINE = ${dialect.engine('flows', 'MergeTree')}
PARTITION BY toStartOfHour(receivedMilliseconds)
ORDER BY (stored, sourceAddress, destinationAddress)
SETTINGS ${dialect.settings}, ${mergesOf('flows')}`;
}

interface Rollup {
  readonly name: TableName;
  /** Name and type of each column of the key. */
  readonly key: readonly (readonly [name: string, type: string])[];
  readonly sums: readonly string[];
}

const keyOf = (names: readonly FlowColumnName[]) =>
  names.map((name) => [name, typeOf(name)] as const);

const TRAFFIC_SUMS = ['octets', 'packets', 'flows', 'reverseOctets', 'reversePackets'];
const ADDRESS_SUMS = [
  ...['octets', 'packets', 'flows'],
  ...['sentOctets', 'sentPackets', 'sentFlows'],
  ...['receivedOctets', 'receivedPackets', 'receivedFlows'],
];
const ADDRESS_KEY = [['address', 'IPv6']] as const;

const ROLLUPS: readonly Rollup[] = [
  ...(['flows_1m', 'flows_5m', 'flows_1h'] as const).map((name) => ({
    name,
    key: keyOf(TRAFFIC_DIMENSIONS),
    sums: TRAFFIC_SUMS,
  })),
  ...(['addresses_5m', 'addresses_1h', 'addresses_6h'] as const).map((name) => ({
    name,
    key: ADDRESS_KEY,
    sums: ADDRESS_SUMS,
  })),
  ...(['systems_5m', 'systems_1h'] as const).map((name) => ({
    name,
    key: keyOf(SYSTEM_DIMENSIONS),
    sums: TRAFFIC_SUMS,
  })),
];

/** The Summing engine folds only what shares the whole key, so sums over it equal sums over `flows`. */
function rollupTable(dialect: Dialect, { name, key, sums }: Rollup): string {
  return `CREATE TABLE IF NOT EXISTS weir.${name}${dialect.onCluster} (
  day Date CODEC(ZSTD(1)),
  time DateTime('UTC') CODEC(T64, ZSTD(1)),
${key.map(([column, type]) => `  ${column} ${type} CODEC(ZSTD(1))`).join(',\n')},
${sums.map((column) => `  ${column} UInt64 CODEC(T64, ZSTD(1))`).join(',\n')}
) ENGINE = ${dialect.engine(name, 'SummingMergeTree')}
PARTITION BY day
PRIMARY KEY time
ORDER BY (time, ${key.map(([column]) => column).join(', ')})
SETTINGS ${dialect.settings}, ${mergesOf(name)}`;
}

/** Start of the bucket that a record's end is in. */
export const bucketOf = (seconds: number, time: string): string =>
  `toStartOfInterval(${time}, INTERVAL ${seconds} SECOND, 'UTC')`;

const RECORD_TIME = "toDateTime(flowEndMilliseconds, 'UTC')";

/** Sums of single records from any table that has the columns of `flows`. */
export function sumsOfRecords(
  dimensions: readonly FlowColumnName[],
  from: { readonly table: string; readonly stepSeconds: number; readonly where: string },
): string {
  const names = dimensions.join(', ');
  return `SELECT toDate(receivedMilliseconds) AS day, ${bucketOf(from.stepSeconds, RECORD_TIME)} AS time,
  ${names},
  sum(record.octets) AS octets, sum(record.packets) AS packets, count() AS flows,
  sum(record.reverseOctets) AS reverseOctets, sum(record.reversePackets) AS reversePackets
FROM ${from.table} AS record WHERE ${from.where}
GROUP BY day, time, ${names}`;
}

/** Sums by address: each record counts for its source and for its destination, once where they are the same. */
export function sumsOfAddresses(from: {
  readonly table: string;
  readonly stepSeconds: number;
  readonly where: string;
}): string {
  const sides = ['octets', 'packets'].map(
    (
      sum,
    ) => `  sum(end.${sum} * isHost) AS ${sum}, sum(end.${sum} * isSource) AS sent${capital(sum)},
  sum(end.${sum} * (1 - isSource)) AS received${capital(sum)}`,
  );
  return `SELECT day, time, address,
${sides.join(',\n')},
  sum(isHost) AS flows, sum(isSource) AS sentFlows, sum(1 - isSource) AS receivedFlows
FROM (
  SELECT toDate(receivedMilliseconds) AS day, ${bucketOf(from.stepSeconds, RECORD_TIME)} AS time,
    octets, packets, address, isSource, isSource OR sourceAddress != destinationAddress AS isHost
  FROM ${from.table}
  ARRAY JOIN [sourceAddress, destinationAddress] AS address, [1, 0] AS isSource
  WHERE ${from.where}
) AS end
GROUP BY day, time, address`;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Coarser sums of sums. */
export function sumsOfSums(name: TableName, from: { table: string; stepSeconds: number }): string {
  const { key, sums } = ROLLUPS.find((rollup) => rollup.name === name) as Rollup;
  const names = key.map(([column]) => column).join(', ');
  // Inside the sums the column is meant, not the sum that has its name.
  return `SELECT day, ${bucketOf(from.stepSeconds, 'fine.time')} AS time, ${names},
  ${sums.map((column) => `sum(fine.${column}) AS ${column}`).join(', ')}
FROM ${from.table} AS fine
GROUP BY day, time, ${names}`;
}

const COUNTED = { table: 'weir.flows', where: 'counted = 1' };

/** What fills each table of sums: records where it must, finer sums where it can, since they are fewer. */
export const VIEWS: Readonly<Record<Exclude<TableName, 'flows'>, string>> = {
  flows_1m: sumsOfRecords(TRAFFIC_DIMENSIONS, { ...COUNTED, stepSeconds: 60 }),
  flows_5m: sumsOfSums('flows_5m', { table: 'weir.flows_1m', stepSeconds: 300 }),
  flows_1h: sumsOfSums('flows_1h', { table: 'weir.flows_5m', stepSeconds: 3600 }),
  addresses_5m: sumsOfAddresses({ ...COUNTED, stepSeconds: 300 }),
  addresses_1h: sumsOfSums('addresses_1h', { table: 'weir.addresses_5m', stepSeconds: 3600 }),
  addresses_6h: sumsOfSums('addresses_6h', { table: 'weir.addresses_1h', stepSeconds: 21_600 }),
  systems_5m: sumsOfRecords(SYSTEM_DIMENSIONS, { ...COUNTED, stepSeconds: 300 }),
  systems_1h: sumsOfSums('systems_1h', { table: 'weir.systems_5m', stepSeconds: 3600 }),
};

/** The view that fills a table of sums. */
export function viewOf(dialect: Dialect, name: keyof typeof VIEWS): string {
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS weir.${name}_view${dialect.onCluster} TO weir.${name} AS
${VIEWS[name]}`;
}

/**
 * Come first: it must be possible to read the version before any other table is touched.
 * `complete_from` says from which time on a table has everything, after older partitions were dropped.
 */
export function versionTables(dialect: Dialect): readonly string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS weir${dialect.onCluster}`,
    `CREATE TABLE IF NOT EXISTS weir.schema_versions${dialect.onCluster} (version UInt32, since DateTime)
ENGINE = ${dialect.engine('schema_versions', 'MergeTree')} ORDER BY version`,
    `CREATE TABLE IF NOT EXISTS weir.complete_from${dialect.onCluster} (tableName String, since DateTime64(3, 'UTC'))
ENGINE = ${dialect.engine('complete_from', 'MergeTree')} ORDER BY tableName`,
  ];
}

/** All tables without their views. */
export function tableStatements(dialect: Dialect): readonly string[] {
  return [flows(dialect), ...ROLLUPS.map((rollup) => rollupTable(dialect, rollup))];
}

export function viewStatements(dialect: Dialect): readonly string[] {
  return (Object.keys(VIEWS) as (keyof typeof VIEWS)[]).map((name) => viewOf(dialect, name));
}

/** Gives tables of version 2 the settings of the present ones. */
export function settingStatements({ onCluster }: Dialect): readonly string[] {
  return TABLES.filter(({ name }) => isOfHours(name)).map(
    ({ name }) => `ALTER TABLE weir.${name}${onCluster} MODIFY SETTING ${mergesOf(name)}`,
  );
}

/**
 * Version 2 had no `addresses_6h`: what was stored before its view was there is in `addresses_1h` alone. So it is
 * complete from the end of the last hour on that has anything; a record that ends more than a day from now
 * is one of a wrong clock.
 */
export const ADDRESSES_6H_COMPLETE = `INSERT INTO weir.complete_from
SELECT 'addresses_6h', toDateTime64(greatest(now('UTC'), max(hour.time) + 3600), 3, 'UTC')
FROM weir.addresses_1h AS hour WHERE hour.time > now() - 86400 AND hour.time < now() + 86400`;
