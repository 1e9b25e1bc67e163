// SPDX-License-Identifier: Apache-2.0
// A flow's endpoints and protocol for people.
import type { Flow } from '@weir/wire';

/** IANA protocol numbers that are met on networks; others are shown as their number. */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IP-in-IP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  88: 'EIGRP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
  136: 'UDP-Lite',
};

const WITH_PORTS = new Set([6, 17, 132, 136]);
const ICMP = new Set([1, 58]);

/** Names of the store that are no application's name, as a reader expects them in a list of names. */
export function applicationLabel(applicationName: string): string {
  return applicationName === 'unknown' ? 'Unknown' : applicationName;
}

export function protocolName(protocolIdentifier: number): string {
  return PROTOCOL_NAMES[protocolIdentifier] ?? `protocol ${protocolIdentifier}`;
}

/** Protocol of a flow; with type/code where it is ICMP. */
export function formatProtocol(flow: Pick<Flow, 'protocolIdentifier' | 'icmpTypeCode'>): string {
  const name = protocolName(flow.protocolIdentifier);
  if (!ICMP.has(flow.protocolIdentifier)) return name;
  return `${name} ${flow.icmpTypeCode >> 8}/${flow.icmpTypeCode & 255}`;
}

/** Address and port, with an IPv6 address in brackets; no port where the protocol has none. */
export function formatEndpoint(address: string, port: number, protocolIdentifier: number): string {
  if (!WITH_PORTS.has(protocolIdentifier)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
