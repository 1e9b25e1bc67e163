// SPDX-License-Identifier: Apache-2.0
// Reads tables of version 1 as rows of the present ones. Pure: SQL out.
import { FLOW_COLUMNS } from '@weir/wire';
import { TRAFFIC_DIMENSIONS, typeOf } from './tables.js';

/** The names that the old tables have while they are copied. */
export const OLD_RECORDS = 'flows_v1';
export const OLD_SUMS = 'flows_1m_v1';

const KEPT_RECORD_COLUMNS: readonly string[] = [
  ...['flowStartMilliseconds', 'flowEndMilliseconds', 'receivedMilliseconds'],
  ...['exporterAddress', 'observationDomainId', 'sourceAddress', 'destinationAddress'],
  ...['sourceTransportPort', 'destinationTransportPort', 'protocolIdentifier', 'vlanId'],
  ...['ingressInterface', 'egressInterface', 'ipClassOfService', 'tcpControlBits', 'icmpTypeCode'],
  ...['flowEndReason', 'flowDirection', 'octets', 'packets', 'applicationName'],
];
const KEPT_SUM_DIMENSIONS: readonly string[] = [
  'applicationName',
  'protocolIdentifier',
  'vlanId',
  'exporterAddress',
];

const CONFIDENCE = "if(applicationName = 'unknown', '', 'exporter')";
/** What version 1 knew under another name, or always held. Sums were multiplied by the sampling interval already. */
const DERIVED: Readonly<Record<string, string>> = {
  exportProtocol: "concat('netflow', toString(exportVersion))",
  samplingInterval: '1',
  applicationConfidence: CONFIDENCE,
  counted: '1',
};
const DERIVED_SUMS: Readonly<Record<string, string>> = {
  applicationConfidence: CONFIDENCE,
};

/** Rows of one slot of time, in units of the counting statement; numbers may come as text. */
export interface Count {
  readonly slot: number | string;
  readonly rows: number | string;
}

/** Slots [from, to). */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Neighbouring slots together while they have at most so many rows; the same counts give the same chunks. */
export function chunksOf(counts: readonly Count[], mostRows = 500_000): Chunk[] {
  const chunks: Chunk[] = [];
  for (const { slot, rows } of counts) {
    const last = chunks.at(-1);
    const [from, count] = [Number(slot), Number(rows)];
    if (last !== undefined && last.rows + count <= mostRows) {
      chunks[chunks.length - 1] = { from: last.from, to: from + 1, rows: last.rows + count };
    } else {
      chunks.push({ from, to: from + 1, rows: count });
    }
  }
  return chunks;
}

const typed = (sql: string, type: string) => `CAST(${sql}, '${type.replaceAll("'", "\\'")}')`;

/** Records received in minutes [from, to) since the epoch, as rows of `flows`. */
export function fromRecords({ from, to }: Chunk, day: string): string {
  const columns = FLOW_COLUMNS.map(({ name }) => {
    if (KEPT_RECORD_COLUMNS.includes(name)) return name;
    const type = typeOf(name);
    return `${typed(DERIVED[name] ?? `defaultValueOfTypeName('${type.replaceAll("'", "\\'")}')`, type)} AS ${name}`;
  });
  const minute = 'intDiv(toUnixTimestamp(receivedMilliseconds), 60)';
  return `SELECT ${columns.join(', ')} FROM weir.${OLD_RECORDS}
WHERE toDate(receivedMilliseconds) = '${day}' AND ${minute} >= ${from} AND ${minute} < ${to}`;
}

/** Sums of minutes in hours [from, to) since the epoch, as rows of `flows_1m`. The reason of the end is kept in records only. */
export function fromSums({ from, to }: Chunk, day: string): string {
  const columns = TRAFFIC_DIMENSIONS.map((name) => {
    if (KEPT_SUM_DIMENSIONS.includes(name)) return name;
    const type = typeOf(name);
    return `${typed(DERIVED_SUMS[name] ?? `defaultValueOfTypeName('${type}')`, type)} AS ${name}`;
  });
  const hour = 'intDiv(toUnixTimestamp(minute), 3600)';
  return `SELECT day, minute AS time, ${columns.join(', ')},
  sum(old.octets) AS octets, sum(old.packets) AS packets, sum(old.flows) AS flows,
  toUInt64(0) AS reverseOctets, toUInt64(0) AS reversePackets
FROM weir.${OLD_SUMS} AS old
WHERE day = '${day}' AND ${hour} >= ${from} AND ${hour} < ${to}
GROUP BY day, minute, ${KEPT_SUM_DIMENSIONS.join(', ')}`;
}
