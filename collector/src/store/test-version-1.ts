// SPDX-License-Identifier: Apache-2.0
// For tests: a database as Weir wrote it with tables of version 1. The statements are that Weir's own.
import { join } from 'node:path';
import { Session } from 'chdb';

const CREATE = [
  'CREATE DATABASE weir',
  'CREATE TABLE weir.schema_versions (version UInt32, since DateTime) ENGINE = MergeTree ORDER BY version',
  `CREATE TABLE weir.flows (
  flowStartMilliseconds DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
  flowEndMilliseconds DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
  receivedMilliseconds DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
  exporterAddress IPv6, observationDomainId UInt32, exportVersion UInt8,
  sourceAddress IPv6, destinationAddress IPv6,
  sourceTransportPort UInt16, destinationTransportPort UInt16, protocolIdentifier UInt8,
  vlanId UInt16, ingressInterface UInt32, egressInterface UInt32, ipClassOfService UInt8,
  tcpControlBits UInt16, icmpTypeCode UInt16, flowEndReason UInt8, flowDirection UInt8,
  octets UInt64, packets UInt64, applicationName LowCardinality(String)
) ENGINE = MergeTree
PARTITION BY toDate(receivedMilliseconds)
ORDER BY flowEndMilliseconds
SETTINGS ttl_only_drop_parts = 1`,
  `CREATE TABLE weir.flows_1m (
  day Date, minute DateTime('UTC') CODEC(DoubleDelta, LZ4),
  applicationName LowCardinality(String), protocolIdentifier UInt8, vlanId UInt16,
  exporterAddress IPv6, flowEndReason UInt8,
  octets UInt64, packets UInt64, flows UInt64
) ENGINE = SummingMergeTree((octets, packets, flows))
PARTITION BY day
ORDER BY (minute, applicationName, protocolIdentifier, vlanId, exporterAddress, flowEndReason)
SETTINGS ttl_only_drop_parts = 1`,
  `CREATE MATERIALIZED VIEW weir.flows_1m_view TO weir.flows_1m AS
SELECT toDate(receivedMilliseconds) AS day,
  toStartOfMinute(toDateTime(flowEndMilliseconds, 'UTC')) AS minute,
  applicationName, protocolIdentifier, vlanId, exporterAddress, flowEndReason,
  sum(octets) AS octets, sum(packets) AS packets, count() AS flows
FROM weir.flows
GROUP BY day, minute, applicationName, protocolIdentifier, vlanId, exporterAddress, flowEndReason`,
  'ALTER TABLE weir.flows MODIFY TTL toDate(receivedMilliseconds) + INTERVAL 3650 DAY SETTINGS materialize_ttl_after_modify = 0',
  'ALTER TABLE weir.flows_1m MODIFY TTL day + INTERVAL 3650 DAY SETTINGS materialize_ttl_after_modify = 0',
  'INSERT INTO weir.schema_versions SELECT 1, now()',
];

const flowsOfDay = (day: string, count: number) => `INSERT INTO weir.flows
SELECT toDateTime64('${day} 00:00:00', 3, 'UTC') + number * 86000 / ${count} - 90 AS flowStart,
  flowStart + (number * 7) % 60, flowStart + 90,
  toIPv6(concat('::ffff:192.0.2.', toString(number % 3))), number % 5, if(number % 3 = 0, 5, 9),
  toIPv6(concat('::ffff:10.0.0.', toString(number % 17))), toIPv6(concat('2001:db8::', hex(number % 13))),
  number % 1000, 443, arrayElement([6, 17, 1], 1 + number % 3), number % 4,
  number % 7, number % 6, 0, number % 256, 0, number % 6, number % 2,
  if(number % 100 = 0, 5000000000, 100) + number, 1 + number % 9,
  arrayElement(['unknown', 'HTTP', 'BitTorrent', 'Größe'], 1 + number % 4)
FROM numbers(${count})`;

export interface OldDatabase {
  /** Days with so many records each: "2026-01-15". */
  readonly days: readonly string[];
  readonly flowsADay: number;
  /** Days of which the records have expired, and one of which some have. */
  readonly expired: readonly string[];
  readonly partlyExpired: string;
}

/** Makes `flows/` in the data folder. */
export function makeVersion1(dataFolder: string, options: OldDatabase): void {
  const session = new Session(join(dataFolder, 'flows'));
  for (const sql of CREATE) session.query(sql);
  for (const day of options.days) {
    for (let insert = 0; insert < 3; insert++) session.query(flowsOfDay(day, options.flowsADay));
  }
  for (const day of options.expired)
    session.query(`ALTER TABLE weir.flows DROP PARTITION '${day}'`);
  const { partlyExpired } = options;
  session.query(
    `ALTER TABLE weir.flows DELETE WHERE toDate(receivedMilliseconds) = '${partlyExpired}' AND observationDomainId = 1 SETTINGS mutations_sync = 1`,
  );
  session.close();
}
