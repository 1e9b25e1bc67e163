// SPDX-License-Identifier: Apache-2.0
// Flows that look like a campus', made by the database itself: for benchmarks of the store.
import { COLUMN_KINDS, FLOW_COLUMNS } from '@weir/wire';

export interface GeneratedFlows {
  /** Of the whole, the first row of this part. */
  readonly first: number;
  readonly rows: number;
  /** Of the whole, spread evenly over the time. */
  readonly totalRows: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Hosts of the operator, of 40 networks with a router port each, and hosts elsewhere, of 4000 systems in 80 countries. */
const HOSTS = 8000;
const PEERS = 300_000;

/** Skewed as traffic is: a few hosts, peers and applications have most of it. One flow in eight is IPv6. */
const KEYS = `
  cityHash64(i, 1) AS r1, cityHash64(i, 2) AS r2, cityHash64(i, 3) AS r3,
  cityHash64(i, 4) AS r4, cityHash64(i, 5) AS r5, cityHash64(i, 6) AS r6,
  toUInt32(pow((r1 % 1000000) / 1000000, 3) * ${HOSTS}) AS host,
  toUInt32(pow((r2 % 1000000) / 1000000, 4) * ${PEERS}) AS peer,
  toUInt8(pow((r3 % 100000) / 100000, 2) * 60) AS application,
  cityHash64(peer, 77) AS peerHash,
  host % 40 AS network,
  (r4 % 2) = 0 AS outward,
  IPv4ToIPv6(toIPv4(toUInt32(10 * 16777216 + host * 3 + 256))) AS inner,
  if(peer % 8 = 0,
    toIPv6(concat('2001:db8:', hex(toUInt16(peerHash)), ':', hex(toUInt16(peerHash / 65536)), '::', hex(peer % 65536))),
    IPv4ToIPv6(toIPv4(toUInt32(184549376 + bitShiftRight(peerHash, 32) % 3500000000)))) AS outer,
  toUInt16(32768 + r5 % 28000) AS clientPort,
  toUInt16(arrayElement([443, 443, 80, 53, 123, 22, 993, 5060, 6881, 8080], 1 + application % 10)) AS serverPort,
  toUInt64(1 + pow((r6 % 10000) / 10000, 6) * 3000) AS count,
  toUInt32(64512 + peerHash % 4000) AS system`;

const WHICH = (inner: string, outer: string) => `if(outward, ${inner}, ${outer})`;
const NETWORK = (prefix: string, keys = 'network') => `concat('${prefix}', toString(${keys}))`;
const COUNTRY = "concat('C', toString(peerHash % 80))";
const SYSTEM_NAME = "concat('AS name ', toString(system))";
const PORT_NAME = NETWORK('ge-0/0/', '1 + network % 24');

/** SQL of each column that is not 0 or empty. */
const VALUES: Readonly<Record<string, string>> = {
  flowStartMilliseconds: 'ended - toInt64(pow((r3 % 65536) / 65536, 8) * 60000)',
  flowEndMilliseconds: 'ended',
  receivedMilliseconds: 'received',
  exporterAddress: 'IPv4ToIPv6(toIPv4(toUInt32(3221225985 + network % 10)))',
  exporterName: NETWORK('router-', 'network % 10'),
  exportProtocol: "'ipfix'",
  observationDomainId: 'network % 10',
  sourceAddress: WHICH('inner', 'outer'),
  destinationAddress: WHICH('outer', 'inner'),
  ipNextHopAddress: 'IPv4ToIPv6(toIPv4(toUInt32(3221225985 + peerHash % 4)))',
  sourceTransportPort: WHICH('clientPort', 'serverPort'),
  destinationTransportPort: WHICH('serverPort', 'clientPort'),
  protocolIdentifier: 'if(application % 10 IN (3, 4, 7), 17, 6)',
  vlanId: 'network',
  ingressInterface: WHICH('1 + network % 24', '100'),
  egressInterface: WHICH('100', '1 + network % 24'),
  ingressInterfaceName: WHICH(PORT_NAME, "'uplink'"),
  egressInterfaceName: WHICH("'uplink'", PORT_NAME),
  ipClassOfService: 'if(application % 12 = 7, 184, 0)',
  tcpControlBits: 'if(application % 10 IN (3, 4, 7), 0, arrayElement([27, 31, 24, 2], 1 + r4 % 4))',
  flowEndReason: 'arrayElement([1, 3, 2], 1 + r6 % 3)',
  flowDirection: 'outward',
  octets: 'count * (60 + r6 % 1200)',
  packets: 'count',
  samplingInterval: '1',
  applicationName: NETWORK('application-', 'application'),
  applicationCategory: NETWORK('category-', 'application % 9'),
  applicationConfidence: "arrayElement(['payload', 'exporter', 'port'], 1 + application % 3)",
  serverName: "if(application % 10 = 0, concat('host', toString(peer % 5000), '.example'), '')",
  sourceNetwork: WHICH(NETWORK('network-'), "''"),
  destinationNetwork: WHICH("''", NETWORK('network-')),
  sourceRole: WHICH(NETWORK('role-', 'network % 3'), "''"),
  destinationRole: WHICH("''", NETWORK('role-', 'network % 3')),
  sourceSite: WHICH(NETWORK('site-', 'network % 2'), "''"),
  destinationSite: WHICH("''", NETWORK('site-', 'network % 2')),
  sourceCountry: WHICH("''", COUNTRY),
  destinationCountry: WHICH(COUNTRY, "''"),
  bgpSourceAsNumber: WHICH('0', 'system'),
  bgpDestinationAsNumber: WHICH('system', '0'),
  sourceAsName: WHICH("''", SYSTEM_NAME),
  destinationAsName: WHICH(SYSTEM_NAME, "''"),
  scope: WHICH("'egress'", "'ingress'"),
  counted: 'r2 % 20 != 0',
};

/** An address of a host with a middling share of the flows. */
export const MIDDLING_HOST = '10.0.3.22';

/** A statement that writes the rows as one block of a file that the store takes. */
export function writeGeneratedFlows(path: string, part: GeneratedFlows): string {
  const { first, rows, totalRows, from, to } = part;
  const types = FLOW_COLUMNS.map(({ name, kind }) => ({
    name,
    type: COLUMN_KINDS[kind].clickhouseType,
  }));
  const structure = types.map(({ name, type }) => `${name} ${type}`).join(', ');
  const columns = FLOW_COLUMNS.map(({ name, kind }) => {
    const value = VALUES[name] ?? (kind === 'name' ? "''" : '0');
    const plain = kind === 'time' ? `fromUnixTimestamp64Milli(${value}, 'UTC')` : value;
    return `${plain} AS ${name}_`;
  });
  return `INSERT INTO FUNCTION file('${path}', 'Native', '${structure.replaceAll("'", "\\'")}')
WITH ${first} + number AS i, ${KEYS},
  toInt64(${from} + i * ${(to - from) / totalRows}) AS received, received - toInt64(r5 % 2000) AS ended
SELECT ${columns.join(',\n')}
FROM numbers(${rows})
SETTINGS engine_file_truncate_on_insert = 1, max_threads = 1, max_block_size = ${rows},
  min_insert_block_size_rows = ${rows}, min_insert_block_size_bytes = 0`;
}
