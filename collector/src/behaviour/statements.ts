// SPDX-License-Identifier: Apache-2.0
// Questions to the store about the hosts of a window. Pure: input in, SQL and its parameters out. All of
// them see conversations: the records of both directions of a 5-tuple are one.
import type { Statement } from '../store/flow-store.js';
import { ALL_KNOWN_PORTS, FIRST_FREE_PORT } from './known-ports.js';

/** Milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface BehaviourQuestion extends Window {
  /** One of so many pairs of addresses is looked at; 1: all. A pair is in whole or not at all. */
  readonly samplingInterval: number;
  readonly limitSeconds: number;
}

/** Answers are bounded: the largest hosts and networks. */
const MOST_HOSTS = 20_000;
const MOST_PORTS = 50;
const MOST_EDGES = 2000;
const MOST_SERVICES = 16;

const TCP_AND_UDP = 'protocolIdentifier IN (6, 17)';
const IN_WINDOW = `flowEndMilliseconds >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
    AND flowEndMilliseconds < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND counted = 1 AND ${TCP_AND_UDP}`;

/** Of two ends the smaller is `a`: so both directions have the same key. */
const IS_FORWARD =
  '(sourceAddress, sourceTransportPort) <= (destinationAddress, destinationTransportPort)';

/**
 * One row a conversation. Whose record begins first has begun it; where both begin together, it is the one
 * that went to the smaller port.
 */
const CONVERSATIONS = `SELECT
    protocolIdentifier AS protocol,
    if(${IS_FORWARD}, sourceAddress, destinationAddress) AS a,
    if(${IS_FORWARD}, sourceTransportPort, destinationTransportPort) AS aPort,
    if(${IS_FORWARD}, destinationAddress, sourceAddress) AS b,
    if(${IS_FORWARD}, destinationTransportPort, sourceTransportPort) AS bPort,
    argMin(${IS_FORWARD}, (flowStartMilliseconds, destinationTransportPort)) AS byA,
    uniqExact(${IS_FORWARD}) = 2 OR sum(reversePackets) > 0 AS answered,
    sum(octets + reverseOctets) AS size
  FROM weir.flows
  WHERE ${IN_WINDOW} AND sourceAddress != destinationAddress
    AND cityHash64(least(sourceAddress, destinationAddress), greatest(sourceAddress, destinationAddress)) % {interval:UInt64} = 0
  GROUP BY protocol, a, aPort, b, bPort`;

const isFree = (port: string) =>
  `(${port} >= ${FIRST_FREE_PORT} AND NOT has({known:Array(UInt16)}, ${port}))`;

/** Both ends of each conversation, a row each. */
const SIDES = `SELECT
    protocol, answered, size,
    if(side = 0, a, b) AS address, if(side = 0, aPort, bPort) AS hostPort,
    if(side = 0, b, a) AS peer, if(side = 0, bPort, aPort) AS peerPort,
    byA = (side = 0) AS isOpener,
    ${isFree('aPort')} AND ${isFree('bPort')} AS free
  FROM (${CONVERSATIONS}) ARRAY JOIN [0, 1] AS side`;

const ADDRESS_TEXT = (address: string) => `replaceRegexpOne(toString(${address}), '^::ffff:', '')`;

function parametersOf({ from, to, samplingInterval }: BehaviourQuestion) {
  return {
    from: Math.ceil(from),
    to: Math.ceil(to),
    interval: samplingInterval,
    known: ALL_KNOWN_PORTS,
  };
}

/** How many records the window has: more than an analysis may take are sampled. */
export function countStatement({ from, to }: Window, limitSeconds: number): Statement {
  return {
    sql: `SELECT count() AS records FROM weir.flows WHERE ${IN_WINDOW}`,
    parameters: { from: Math.ceil(from), to: Math.ceil(to) },
    limitSeconds,
  };
}

/** Rows of HostEvidence without `peersOfBothProtocols`, the hosts with the most conversations first. */
export function hostsStatement(question: BehaviourQuestion): Statement {
  return {
    sql: `SELECT ${ADDRESS_TEXT('address')} AS host,
  uniqExact(peer) AS peers, count() AS conversations,
  countIf(isOpener) AS opened, countIf(NOT isOpener AND answered) AS accepted,
  uniqExactIf(hostPort, NOT isOpener AND answered) AS servicePorts,
  groupUniqArrayIf(${MOST_SERVICES})(hostPort, NOT isOpener AND answered AND has({known:Array(UInt16)}, hostPort)) AS knownServices,
  uniqExactIf(peer, free AND answered) AS freePeers,
  uniqExactIf(peerPort, free AND answered) AS freePeerPorts,
  countIf(free AND answered AND isOpener) AS freeOpened,
  countIf(free AND answered AND NOT isOpener) AS freeAccepted,
  uniqExactIf(peer, isOpener AND NOT answered) AS silentPeers,
  uniqExactIf(peerPort, isOpener AND NOT answered) AS silentPorts,
  uniqExactIf(size, free AND answered) AS freeSizes
FROM (${SIDES})
GROUP BY address
ORDER BY conversations DESC, host ASC LIMIT ${MOST_HOSTS}`,
    parameters: parametersOf(question),
    limitSeconds: question.limitSeconds,
  };
}

/**
 * For each host how many others it spoke with in both TCP and UDP. A pair that also uses a port of a known
 * service does not count: that service explains it.
 */
export function pairsStatement(question: BehaviourQuestion): Statement {
  return {
    sql: `SELECT ${ADDRESS_TEXT('address')} AS host, count() AS pairs
FROM (
  SELECT a, b FROM (${CONVERSATIONS})
  GROUP BY a, b
  HAVING uniqExactIf(protocol, answered) = 2 AND min(${isFree('aPort')} AND ${isFree('bPort')})
) ARRAY JOIN [a, b] AS address
GROUP BY address
ORDER BY pairs DESC, host ASC LIMIT ${MOST_HOSTS}`,
    parameters: parametersOf(question),
    limitSeconds: question.limitSeconds,
  };
}

/** Ports on which some host is both client and server, with the pairs that used them. */
export function portsStatement(question: BehaviourQuestion): Statement {
  const client = 'if(byA, a, b)';
  const server = 'if(byA, b, a)';
  return {
    sql: `SELECT port,
  length(arrayIntersect(groupUniqArray(${MOST_EDGES})(client), groupUniqArray(${MOST_EDGES})(server))) AS both,
  groupUniqArray(${MOST_EDGES})((${ADDRESS_TEXT('client')}, ${ADDRESS_TEXT('server')})) AS edges
FROM (
  SELECT if(byA, bPort, aPort) AS port, ${client} AS client, ${server} AS server
  FROM (${CONVERSATIONS}) WHERE answered AND ${isFree('port')}
)
GROUP BY port HAVING both > 0
ORDER BY both DESC, port ASC LIMIT ${MOST_PORTS}`,
    parameters: parametersOf(question),
    limitSeconds: question.limitSeconds,
  };
}
