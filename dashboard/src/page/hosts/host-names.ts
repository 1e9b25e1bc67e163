// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../api/client';

/** At once, as the collector takes them. */
const MOST_ASKED = 100;

/** For the whole page; "" is an address without a name. */
const known = new Map<string, string>();

/** Names out of the collector's DNS, for the addresses that are asked for. */
export function useHostNames(addresses: readonly string[]): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const list = addresses.join(' ');
  useEffect(() => {
    const abort = new AbortController();
    const tell = () => {
      const found = list.split(' ').flatMap((address): [string, string][] => {
        const name = known.get(address);
        return name ? [[address, name]] : [];
      });
      setNames(new Map(found));
    };
    const missing = list.split(' ').filter((address) => address !== '' && !known.has(address));
    tell();
    if (missing.length === 0) return;
    const asked = missing.slice(0, MOST_ASKED);
    ask('/api/v1/names', { addresses: asked }, abort.signal).then(
      ({ names: found }) => {
        for (const address of asked) known.set(address, found[address] ?? '');
        tell();
      },
      // Without names the addresses stand alone
      () => undefined,
    );
    return () => abort.abort();
  }, [list]);
  return names;
}
