// SPDX-License-Identifier: Apache-2.0
// What labels and records are joined by: protocol, addresses and ports, whichever way round.
import { isIPv6 } from 'node:net';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An address as everybody would write it: IPv6 has many spellings. */
function spelt(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** @param protocol in lower case. Ports count for TCP, UDP and SCTP only: ICMP's are something else. */
export function flowKey(protocol: string, a: Endpoint, b: Endpoint): string {
  const hasPorts = ['tcp', 'udp', 'sctp'].includes(protocol);
  const ends = [a, b].map(({ address, port }) => `${spelt(address)}|${hasPorts ? port : 0}`);
  return [protocol, ...ends.sort()].join(' ');
}
