// SPDX-License-Identifier: Apache-2.0
import type { FlowSelector } from '@weir/wire';
import { type Family, formatAddress, parseAddress } from '../protect/address.js';

/** The kernel's sets of blocked flows, one for each family. */
export const SET_NAMES = { 4: 'blocked4', 6: 'blocked6' } as const satisfies Record<Family, string>;
export type SetName = (typeof SET_NAMES)[Family];

/** One direction of a blocked flow. `key` is nft's own spelling with canonical addresses, so equal flows have equal keys. */
export interface SetElement {
  readonly set: SetName;
  readonly key: string;
  readonly expiresMilliseconds: number;
}

/** Elements by key. A key tells its family, so the two sets share one map. */
export type ElementMap = ReadonlyMap<string, SetElement>;

/** TCP, UDP, DCCP, SCTP, UDP-Lite: the ports stand in the first four octets, where `th sport` reads them. */
const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

export type SelectorFault = 'unsupported-protocol' | 'malformed-selector';

/** Both directions of a flow, or why it cannot be an element. */
export function elementsOf(
  selector: FlowSelector,
  expiresMilliseconds: number,
): readonly SetElement[] | SelectorFault {
  const source = parseAddress(selector.sourceAddress);
  const destination = parseAddress(selector.destinationAddress);
  const { protocolIdentifier, sourceTransportPort, destinationTransportPort } = selector;
  if (!source || !destination || source.family !== destination.family) return 'malformed-selector';
  if (!isPort(sourceTransportPort) || !isPort(destinationTransportPort))
    return 'malformed-selector';
  if (!PROTOCOLS_WITH_PORTS.has(protocolIdentifier)) return 'unsupported-protocol';
  const from = `${formatAddress(source)} . ${sourceTransportPort}`;
  const to = `${formatAddress(destination)} . ${destinationTransportPort}`;
  const set = SET_NAMES[source.family];
  return [`${from} . ${to}`, `${to} . ${from}`].map((ends) => ({
    set,
    key: `${ends} . ${protocolIdentifier}`,
    expiresMilliseconds,
  }));
}

/** The way back from a key, for elements found in the kernel. */
export function selectorOf({ key }: SetElement): FlowSelector {
  const [source = '', sourcePort, destination = '', destinationPort, protocol] = key.split(' . ');
  return {
    kind: 'flow',
    sourceAddress: source,
    sourceTransportPort: Number(sourcePort),
    destinationAddress: destination,
    destinationTransportPort: Number(destinationPort),
    protocolIdentifier: Number(protocol),
  };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
