// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from 'node:net';
import { CollectorError } from '../errors.js';

/** Whether datagrams of this sender are taken. */
export type AllowList = (address: string) => boolean;

/** Addresses and prefixes; an empty list allows everyone. @throws CollectorError WEIR_COLLECTOR_ADDRESS */
export function allowList(entries: readonly string[]): AllowList {
  if (entries.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of entries) addEntry(list, entry);
  const known = new Map<string, boolean>();
  return (address) => {
    const cached = known.get(address);
    if (cached !== undefined) return cached;
    const allowed = list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    // A flood of forged senders must not grow the cache.
    if (known.size >= 4096) known.clear();
    known.set(address, allowed);
    return allowed;
  };
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address);
  const bits = prefix === undefined ? undefined : Number(prefix);
  const tooLong =
    bits !== undefined && !(Number.isInteger(bits) && bits <= (family === 6 ? 128 : 32));
  if (family === 0 || tooLong) {
    throw new CollectorError(
      'WEIR_COLLECTOR_ADDRESS',
      `"${entry}" in allowedExporters; write an address or a prefix, e.g. 192.0.2.1 or 192.0.2.0/24`,
    );
  }
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, type);
  else list.addSubnet(address, bits, type);
}
