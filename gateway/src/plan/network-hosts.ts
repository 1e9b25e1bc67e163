// SPDX-License-Identifier: Apache-2.0
// Networks whose hosts have a rate each: a class for every host that is there. Pure.
import type { Decision } from '@weir/wire';
import { type Address, addressLength, formatAddress } from '../protect/address.js';
import { type Prefix, parsePrefix, prefixOf } from '../protect/prefix.js';
import { type MapKind, mapKindOf, mapName } from './level.js';
import type { MapKey } from './selector-keys.js';

/** More of a family share their network's class. A class each is memory in the kernel. */
export const MOST_HOSTS = 4096;
/** Who has neither sent nor got anything for so long is there no more. */
export const HOST_IDLE_SECONDS = 60;

/** The network whose hosts have a rate each. Undefined: the decision is about none. */
export function networkWithHosts({ action, selector }: Decision): Prefix | undefined {
  if (action.kind !== 'shape' || action.per !== 'host' || selector.kind !== 'network')
    return undefined;
  return parsePrefix(selector.prefix);
}

/** Finds who decides about an address in each level, by longest prefix. */
export class LongestPrefix<Held> {
  readonly #heldAt: (id: string) => Held | undefined;
  readonly #kinds: readonly MapKind[];

  /** @param heldAt by `elementId`; @param maps all that something may be held in */
  constructor(heldAt: (id: string) => Held | undefined, maps: Iterable<string>) {
    this.#heldAt = heldAt;
    this.#kinds = [...maps]
      .flatMap((map) => mapKindOf(map) ?? [])
      .filter(({ kind }) => kind === 'net')
      .sort((a, b) => b.length - a.length);
  }

  /** With the key of the address alone in the same level; each level once. */
  *find(address: Address): Generator<{ readonly held: Held; readonly key: MapKey }, void> {
    const found = new Set<string>();
    for (const kind of this.#kinds) {
      if (kind.family !== address.family || found.has(kind.level)) continue;
      const network = formatAddress(prefixOf(address, kind.length));
      const held = this.#heldAt(`${mapName(kind)} ${network}`);
      if (held === undefined) continue;
      found.add(kind.level);
      const map = mapName({ ...kind, length: addressLength(kind.family) });
      yield { held, key: { map, key: formatAddress(address) } };
    }
  }
}
