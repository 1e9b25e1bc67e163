// SPDX-License-Identifier: Apache-2.0
// A selector -> the keys that find it in the kernel's maps.
import type { EndpointSelector, FlowSelector, Origin, Selector } from '@weir/wire';
import { type Family, formatAddress, parseAddress } from '../protect/address.js';
import { parsePrefix } from '../protect/prefix.js';
import { mapName } from './level.js';

/** A key in nft's own spelling with canonical addresses, so that equal selectors have equal keys. */
export interface MapKey {
  readonly map: string;
  readonly key: string;
}

export type SelectorFault = 'unsupported-protocol' | 'malformed-selector';

/** TCP, UDP, DCCP, SCTP, UDP-Lite: the ports stand in the first four octets, where `th sport` reads them. */
const PROTOCOLS_WITH_PORTS: readonly number[] = [6, 17, 33, 132, 136];

/** All keys of a selector in the maps of a level, or why it has none. */
export function keysOf(selector: Selector, level: Origin): readonly MapKey[] | SelectorFault {
  switch (selector.kind) {
    case 'flow':
      return flowKeys(selector, level);
    case 'endpoint':
      return endpointKeys(selector, level);
    case 'host':
      return prefixKeys(selector.address, level);
    case 'network':
      return prefixKeys(selector.prefix, level);
  }
}

/** Both directions: the packet's, and those that connection tracking knows from before and after NAT. */
function flowKeys(selector: FlowSelector, level: Origin): readonly MapKey[] | SelectorFault {
  const source = parseAddress(selector.sourceAddress);
  const destination = parseAddress(selector.destinationAddress);
  const { protocolIdentifier, sourceTransportPort, destinationTransportPort } = selector;
  if (!source || !destination || source.family !== destination.family) return 'malformed-selector';
  if (!isPort(sourceTransportPort) || !isPort(destinationTransportPort))
    return 'malformed-selector';
  if (!PROTOCOLS_WITH_PORTS.includes(protocolIdentifier)) return 'unsupported-protocol';
  const from = `${formatAddress(source)} . ${sourceTransportPort}`;
  const to = `${formatAddress(destination)} . ${destinationTransportPort}`;
  const map = nameOf(level, 'flow', source.family);
  return [`${from} . ${to}`, `${to} . ${from}`].map((ends) => {
    return { map, key: `${ends} . ${protocolIdentifier}` };
  });
}

function endpointKeys(
  { address: text, port, protocolIdentifier }: EndpointSelector,
  level: Origin,
): readonly MapKey[] | SelectorFault {
  const address = parseAddress(text);
  if (!address || !isPort(port)) return 'malformed-selector';
  const protocols = protocolIdentifier === undefined ? PROTOCOLS_WITH_PORTS : [protocolIdentifier];
  if (!protocols.every((protocol) => PROTOCOLS_WITH_PORTS.includes(protocol)))
    return 'unsupported-protocol';
  const map = nameOf(level, 'endpoint', address.family);
  const end = `${formatAddress(address)} . ${port}`;
  return protocols.map((protocol) => ({ map, key: `${end} . ${protocol}` }));
}

/** A host is a prefix of full length. */
function prefixKeys(text: string, level: Origin): readonly MapKey[] | SelectorFault {
  const prefix = parsePrefix(text);
  if (!prefix) return 'malformed-selector';
  const { family, length } = prefix;
  const map = mapName({ level, kind: 'net', family, length });
  return [{ map, key: formatAddress(prefix) }];
}

function nameOf(level: Origin, kind: 'flow' | 'endpoint', family: Family): string {
  return mapName({ level, kind, family, length: 0 });
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
