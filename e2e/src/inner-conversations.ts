// SPDX-License-Identifier: Apache-2.0
// Conversations of a capture as tshark sees them: the innermost IP packet of each frame counts.
import { execFileSync } from 'node:child_process';
import { PSEUDOWIRE_LABEL } from './encapsulations.js';
import type { BiflowRecord, Sum } from './weir.js';

const FIELDS = [
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'ip.len',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.plen',
  'ipv6.fraghdr.nxt',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
] as const;
type Field = (typeof FIELDS)[number];
/** A field's values from the outermost header to the innermost. */
type Row = Record<Field, readonly string[]>;

const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
};

/** Sums by endpoints (in order) and protocol. */
export type Conversations = Record<string, Sum>;

function add(into: Conversations, key: string, sum: Sum): void {
  const before = into[key] ?? { packets: 0, octets: 0 };
  into[key] = { packets: before.packets + sum.packets, octets: before.octets + sum.octets };
}

const keyOf = (protocol: number, ...endpoints: string[]): string =>
  [protocol, ...endpoints.sort()].join(' ');

/** What an ICMP error quotes is no packet of its own. */
function ownProtocols(row: Row): readonly string[] {
  const names = (row['frame.protocols'][0] ?? '').split(':');
  const quoting = names.findIndex((name) => name === 'icmp' || name === 'icmpv6');
  return quoting < 0 ? names : names.slice(0, quoting + 1);
}

function conversationOf(row: Row): { key: string; sum: Sum } {
  const own = ownProtocols(row);
  const fieldOf = (protocol: string, field: Field): string =>
    row[field][own.filter((name) => name === protocol).length - 1] ?? '0';
  const at = Math.max(own.lastIndexOf('ip'), own.lastIndexOf('ipv6'));
  const ip = own[at] === 'ipv6' ? 'ipv6' : 'ip';
  const transport = own.slice(at + 1).find((name) => name in PROTOCOLS) ?? '';
  const [source, destination] = (['src', 'dst'] as const).map((end) => {
    const hasPorts = transport === 'tcp' || transport === 'udp';
    const port = hasPorts ? fieldOf(transport, `${transport}.${end}port`) : '0';
    return `${fieldOf(ip, `${ip}.${end}`)} ${port}`;
  }) as [string, string];
  const isLaterFragment = transport === '';
  const next = ip === 'ip' ? fieldOf(ip, 'ip.proto') : (row['ipv6.fraghdr.nxt'].at(-1) ?? '0');
  const protocol = isLaterFragment ? Number(next) : (PROTOCOLS[transport] ?? 0);
  const octets =
    ip === 'ip' ? Number(fieldOf(ip, 'ip.len')) : Number(fieldOf(ip, 'ipv6.plen')) + 40;
  return { key: keyOf(protocol, source, destination), sum: { packets: 1, octets } };
}

/** Of all IP packets; later fragments, which tshark sees no ports in, have the ports 0. */
export function tsharkConversations(file: string): Conversations {
  const preferences = ['ip.defragment:FALSE', 'ipv6.defragment:FALSE'].flatMap((one) => [
    '-o',
    one,
  ]);
  // Nothing in MPLS says what a label stands for; tshark has to be told.
  const decodeAs = ['-d', `mpls.label==${PSEUDOWIRE_LABEL},pwethcw`];
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const format = ['-T', 'fields', '-E', 'aggregator=;', ...fields];
  const output = execFileSync(
    'tshark',
    ['-r', file, '-2', '-R', 'ip or ipv6', ...preferences, ...decodeAs, ...format],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const conversations: Conversations = {};
  for (const line of output.trimEnd().split('\n')) {
    const values = line.split('\t');
    const row = Object.fromEntries(
      FIELDS.map((field, index) => [field, (values[index] ?? '').split(';')]),
    ) as unknown as Row;
    const { key, sum } = conversationOf(row);
    add(conversations, key, sum);
  }
  return conversations;
}

/** Of Weir's records. */
export function recordedConversations(records: readonly BiflowRecord[]): Conversations {
  const conversations: Conversations = {};
  for (const record of records) {
    const source = record.sourceIPv4Address ?? record.sourceIPv6Address;
    const destination = record.destinationIPv4Address ?? record.destinationIPv6Address;
    const key = keyOf(
      record.protocolIdentifier,
      `${source} ${record.sourceTransportPort}`,
      `${destination} ${record.destinationTransportPort}`,
    );
    add(conversations, key, {
      packets: record.packetDeltaCount + record.reversePacketDeltaCount,
      octets: record.octetDeltaCount + record.reverseOctetDeltaCount,
    });
  }
  return conversations;
}

/** The sums of all ports together. */
export function byAddresses(conversations: Conversations): Conversations {
  const sums: Conversations = {};
  for (const [key, sum] of Object.entries(conversations)) {
    const [protocol, one, , other] = key.split(' ');
    add(sums, `${protocol} ${one} ${other}`, sum);
  }
  return sums;
}

/** The conversations that have ports. */
export const withPorts = (conversations: Conversations): string[] =>
  Object.keys(conversations)
    .filter((key) => !/^(6|17) .* 0( |$)/.test(key))
    .sort();
