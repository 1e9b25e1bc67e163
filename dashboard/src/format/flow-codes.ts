// SPDX-License-Identifier: Apache-2.0
// Names for the numbers that flow records carry.

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

/** "SYN ACK FIN"; as they come in a connection. */
export function tcpFlagsText(flags: number): string {
  const order = [1, 4, 3, 5, 6, 7, 0, 2];
  const set = order.filter((bit) => (flags & (1 << bit)) !== 0).map((bit) => TCP_FLAGS[bit]);
  return set.join(' ');
}

/** RFC 5102 5.11.3. */
const END_REASONS: Readonly<Record<number, string>> = {
  1: 'Idle timeout',
  2: 'Active timeout, goes on',
  3: 'End of flow',
  4: 'Forced',
  5: 'Lack of resources',
};

export function endReasonText(reason: number): string {
  return END_REASONS[reason] ?? (reason === 0 ? '' : `Reason ${reason}`);
}

export function directionText(direction: number): string {
  return ['Ingress', 'Egress'][direction] ?? `Direction ${direction}`;
}

/** Code points with names: RFC 2474, 2597, 3246, 5865 and 8622. */
const DSCP_NAMES: Readonly<Record<number, string>> = {
  0: 'Best effort',
  1: 'Lower effort',
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [n * 8, `CS${n}`])),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((n) => [1, 2, 3].map((drop) => [n * 8 + drop * 2, `AF${n}${drop}`])),
  ),
  44: 'Voice admit',
  46: 'EF',
};

/** The code point of an octet of IP that has ECN below it. */
export function classOfServiceText(octet: number): string {
  const dscp = octet >> 2;
  return DSCP_NAMES[dscp] ?? `DSCP ${dscp}`;
}

/** Type and code as the IANA registries count them. */
export function icmpText(typeCode: number): string {
  return `Type ${typeCode >> 8}, code ${typeCode & 255}`;
}

const EXPORT_PROTOCOLS: Readonly<Record<string, string>> = {
  netflow1: 'NetFlow v1',
  netflow5: 'NetFlow v5',
  netflow7: 'NetFlow v7',
  netflow9: 'NetFlow v9',
  ipfix: 'IPFIX',
  sflow5: 'sFlow v5',
};

export const exportProtocolText = (protocol: string): string =>
  EXPORT_PROTOCOLS[protocol] ?? protocol;
