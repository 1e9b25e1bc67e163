// SPDX-License-Identifier: Apache-2.0
// Statements for the API's questions. Pure: input in, SQL and its parameters out.
import type { Dimension, Metric } from '@weir/wire';
import type { Statement } from '../store/flow-store.js';
import { type Filter, filterConditions } from './filter.js';
import { sourceOf } from './source.js';

/** The newest records first. */
export function flowsStatement(filter: Filter, limit: number): Statement {
  const { sql, parameters } = filterConditions(filter);
  return {
    sql: `SELECT
  toUnixTimestamp64Milli(flowStartMilliseconds) AS flowStart,
  toUnixTimestamp64Milli(flowEndMilliseconds) AS flowEnd,
  toUnixTimestamp64Milli(receivedMilliseconds) AS received,
  exporterAddress, observationDomainId, sourceAddress, destinationAddress,
  sourceTransportPort, destinationTransportPort, protocolIdentifier, vlanId, ingressInterface,
  ipClassOfService, tcpControlBits, icmpTypeCode, flowEndReason, octets, packets, applicationName
FROM weir.flows
WHERE flowEndMilliseconds >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND flowEndMilliseconds < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ${sql}
ORDER BY flowEndMilliseconds DESC
LIMIT {limit:UInt32}`,
    parameters: {
      ...parameters,
      from: Math.ceil(filter.from),
      to: Math.ceil(filter.to),
      limit,
    },
  };
}

export interface TopOptions {
  readonly filter: Filter;
  readonly by: Dimension;
  readonly metric: Metric;
  readonly limit: number;
}

const SUMS = 'sum(octets) AS octetSum, sum(packets) AS packetSum, sum(flows) AS flowSum';
const SUM_OF: Readonly<Record<Metric, string>> = {
  octets: 'octetSum',
  packets: 'packetSum',
  flows: 'flowSum',
};

function topKeys(source: string, metric: Metric): string {
  return `SELECT k, ${SUMS} FROM (${source})
GROUP BY k ORDER BY ${SUM_OF[metric]} DESC, k ASC LIMIT {limit:UInt32}`;
}

/** The largest keys, largest first. */
export function topStatement({ filter, by, metric, limit }: TopOptions): Statement {
  const source = sourceOf({ filter, by });
  return {
    sql: `SELECT toString(k) AS key, octetSum, packetSum, flowSum FROM (${topKeys(source.sql, metric)})`,
    parameters: { ...source.parameters, limit },
  };
}

/** The sum over all keys, each flow once. */
export function totalStatement(filter: Filter): Statement {
  const source = sourceOf({ filter });
  return { sql: `SELECT ${SUMS} FROM (${source.sql})`, parameters: source.parameters };
}

export interface SeriesOptions extends TopOptions {
  readonly stepSeconds: number;
}

/**
 * Sums for each bucket (number of steps since the epoch) and key; `isOther` marks the sum of the keys
 * that are not among the `limit` largest of the window.
 */
export function seriesStatement(options: SeriesOptions): Statement {
  const { filter, by, metric, limit, stepSeconds } = options;
  const source = sourceOf({ filter, by, stepSeconds });
  return {
    sql: `SELECT intDiv(time, {stepMs:Int64}) AS bucket, k NOT IN (
  SELECT k FROM (${topKeys(source.sql, metric)})
) AS isOther, if(isOther, '', toString(k)) AS key, sum(${metric}) AS value
FROM (${source.sql})
GROUP BY bucket, isOther, key`,
    parameters: { ...source.parameters, limit, stepMs: stepSeconds * 1000 },
  };
}

/** 5-tuples of one application (any case) received since a time, the newest first. */
export function recentFlowsStatement(options: {
  readonly applicationName: string;
  readonly sinceMilliseconds: number;
  readonly limit: number;
}): Statement {
  return {
    sql: `SELECT protocolIdentifier, sourceAddress, sourceTransportPort, destinationAddress,
  destinationTransportPort, max(toUnixTimestamp64Milli(receivedMilliseconds)) AS seenMilliseconds
FROM weir.flows
WHERE receivedMilliseconds >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND lowerUTF8(applicationName) = lowerUTF8({applicationName:String})
GROUP BY protocolIdentifier, sourceAddress, sourceTransportPort, destinationAddress, destinationTransportPort
ORDER BY seenMilliseconds DESC
LIMIT {limit:UInt32}`,
    parameters: {
      applicationName: options.applicationName,
      since: Math.floor(options.sinceMilliseconds),
      limit: options.limit,
    },
  };
}
