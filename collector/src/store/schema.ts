// SPDX-License-Identifier: Apache-2.0
// Tables in ClickHouse's dialect. A change of a table's shape is a new SCHEMA_VERSION and a migration.

/** Of the tables below. */
export const SCHEMA_VERSION = 1;

/** Columns of `flows`, in the order in which native-format.ts writes them. */
export const FLOW_COLUMNS = {
  flowStartMilliseconds: "DateTime64(3, 'UTC')",
  flowEndMilliseconds: "DateTime64(3, 'UTC')",
  receivedMilliseconds: "DateTime64(3, 'UTC')",
  exporterAddress: 'IPv6',
  observationDomainId: 'UInt32',
  exportVersion: 'UInt8',
  sourceAddress: 'IPv6',
  destinationAddress: 'IPv6',
  sourceTransportPort: 'UInt16',
  destinationTransportPort: 'UInt16',
  protocolIdentifier: 'UInt8',
  vlanId: 'UInt16',
  ingressInterface: 'UInt32',
  egressInterface: 'UInt32',
  ipClassOfService: 'UInt8',
  tcpControlBits: 'UInt16',
  icmpTypeCode: 'UInt16',
  flowEndReason: 'UInt8',
  flowDirection: 'UInt8',
  octets: 'UInt64',
  packets: 'UInt64',
  applicationName: 'LowCardinality(String)',
} as const;
export type FlowColumnName = keyof typeof FLOW_COLUMNS;

/** Dimensions that the rollup keeps. */
export const ROLLUP_DIMENSIONS = [
  'applicationName',
  'protocolIdentifier',
  'vlanId',
  'exporterAddress',
  'flowEndReason',
] as const satisfies readonly FlowColumnName[];
/** Width of the rollup's buckets. */
export const ROLLUP_SECONDS = 60;

export interface Retention {
  readonly retentionDays: number;
  readonly rollupRetentionDays: number;
}

/** Codecs that suit the column: times are nearly sorted, the rest is left to LZ4. */
function codec(name: FlowColumnName): string {
  return name.endsWith('Milliseconds') ? ' CODEC(DoubleDelta, LZ4)' : '';
}

/**
 * Days are days of receipt: an exporter with a wrong clock must not open hundreds of partitions or have
 * its records expire at once. `ttl_only_drop_parts` makes expiry a removal of files.
 */
const FLOWS = `
CREATE TABLE IF NOT EXISTS weir.flows (
${Object.entries(FLOW_COLUMNS)
  .map(([name, type]) => `  ${name} ${type}${codec(name as FlowColumnName)}`)
  .join(',\n')}
) ENGINE = MergeTree
PARTITION BY toDate(receivedMilliseconds)
ORDER BY flowEndMilliseconds
SETTINGS ttl_only_drop_parts = 1`;

const ROLLUP = `
CREATE TABLE IF NOT EXISTS weir.flows_1m (
  day Date,
  minute DateTime('UTC') CODEC(DoubleDelta, LZ4),
${ROLLUP_DIMENSIONS.map((name) => `  ${name} ${FLOW_COLUMNS[name]}`).join(',\n')},
  octets UInt64,
  packets UInt64,
  flows UInt64
) ENGINE = SummingMergeTree((octets, packets, flows))
PARTITION BY day
ORDER BY (minute, ${ROLLUP_DIMENSIONS.join(', ')})
SETTINGS ttl_only_drop_parts = 1`;

/** The Summing engine folds only what shares the whole key, so sums over it equal sums over `flows`. */
const ROLLUP_VIEW = `
CREATE MATERIALIZED VIEW IF NOT EXISTS weir.flows_1m_view TO weir.flows_1m AS
SELECT
  toDate(receivedMilliseconds) AS day,
  toStartOfMinute(toDateTime(flowEndMilliseconds, 'UTC')) AS minute,
  ${ROLLUP_DIMENSIONS.join(', ')},
  sum(octets) AS octets,
  sum(packets) AS packets,
  count() AS flows
FROM weir.flows
GROUP BY day, minute, ${ROLLUP_DIMENSIONS.join(', ')}`;

const VERSIONS = `
CREATE TABLE IF NOT EXISTS weir.schema_versions (version UInt32, since DateTime)
ENGINE = MergeTree ORDER BY version`;

/** Comes first: it must be possible to read the version before any other table is touched. */
export const CREATE_VERSIONS: readonly string[] = ['CREATE DATABASE IF NOT EXISTS weir', VERSIONS];

/** Creates what is missing. */
export const CREATE_TABLES: readonly string[] = [FLOWS, ROLLUP, ROLLUP_VIEW];

/** Sets how long rows are kept; settings may change between two starts. */
export function retentionStatements(retention: Retention): string[] {
  const modify = (table: string, day: string, days: number) =>
    `ALTER TABLE weir.${table} MODIFY TTL ${day} + INTERVAL ${Math.trunc(days)} DAY SETTINGS materialize_ttl_after_modify = 0`;
  return [
    modify('flows', 'toDate(receivedMilliseconds)', retention.retentionDays),
    modify('flows_1m', 'day', retention.rollupRetentionDays),
  ];
}
