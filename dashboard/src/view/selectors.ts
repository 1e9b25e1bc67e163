// SPDX-License-Identifier: Apache-2.0
// What a decision can be about, out of what somebody points at or types.
import type { Selector } from '@weir/wire';
import type { KeyOf } from './filter-edit';

/** Every selector that the keys of a row name, the narrowest first. */
export function selectorsOf(keys: readonly KeyOf[]): readonly Selector[] {
  const keyOf = (name: string) => keys.find(({ dimension }) => dimension === name)?.key;
  const [source, destination] = [keyOf('sourceAddress'), keyOf('destinationAddress')];
  const sourcePort = portOf(keyOf('sourceTransportPort'));
  const destinationPort = portOf(keyOf('destinationTransportPort'));
  const protocol = portOf(keyOf('protocolIdentifier'));
  const found: Selector[] = [];
  if (source && destination && protocol !== undefined) {
    found.push({
      ...{ kind: 'flow', protocolIdentifier: protocol, sourceAddress: source },
      ...{ sourceTransportPort: sourcePort ?? 0, destinationAddress: destination },
      destinationTransportPort: destinationPort ?? 0,
    });
  }
  const ends = [
    [destination, destinationPort],
    [source, sourcePort],
    [keyOf('host'), undefined],
  ] as const;
  for (const [address, port] of ends) {
    if (address && port) {
      found.push({
        ...{ kind: 'endpoint', address, port },
        ...(protocol !== undefined && { protocolIdentifier: protocol }),
      });
    }
  }
  for (const [address] of ends) if (address) found.push({ kind: 'host', address });
  return found;
}

/** A port or a protocol's number; undefined for what is none. */
function portOf(key: string | undefined): number | undefined {
  return key !== undefined && /^\d{1,5}$/.test(key) ? Number(key) : undefined;
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$/i;
const isAddress = (text: string): boolean => IPV4.test(text) || IPV6.test(text);

/** "192.0.2.1", "2001:db8::/32", "192.0.2.1:443", "[2001:db8::1]:443"; undefined for what is none of these. */
export function typedSelector(text: string): Selector | undefined {
  const typed = text.trim();
  const [address = '', length] = typed.split('/');
  if (length !== undefined) {
    return isAddress(address) && /^\d{1,3}$/.test(length)
      ? { kind: 'network', prefix: typed }
      : undefined;
  }
  if (isAddress(typed)) return { kind: 'host', address: typed };
  const endpoint = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(typed);
  const host = endpoint?.[1] ?? endpoint?.[2];
  const port = Number(endpoint?.[3]);
  if (host === undefined || !isAddress(host) || !(port <= 65_535)) return undefined;
  return { kind: 'endpoint', address: host, port };
}
