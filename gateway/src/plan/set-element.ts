// SPDX-License-Identifier: Apache-2.0
import type { Selector } from '@weir/wire';
import { mapKindOf } from './level.js';

/** Verdict of traffic that no decision is about; every other one is the name of a chain. */
export const PASS = 'accept';

/** An element of one of the kernel's maps: a key and the chain of the effect that traffic with it gets. */
export interface SetElement {
  readonly map: string;
  readonly key: string;
  readonly chain: string;
  /** Ms since the epoch; Infinity: none. */
  readonly expiresMilliseconds: number;
}

/** Elements by `elementId`. */
export type ElementMap = ReadonlyMap<string, SetElement>;

export function elementId({ map, key }: Pick<SetElement, 'map' | 'key'>): string {
  return `${map} ${key}`;
}

/** The way back from an element, for people who read a difference. Undefined: it is about no selector. */
export function selectorOf({ map, key }: SetElement): Selector | undefined {
  const kind = mapKindOf(map);
  if (kind === undefined) return undefined;
  const parts = key.split(' . ');
  const protocolIdentifier = Number(parts.at(-1));
  const [address = '', port] = parts;
  if (kind.kind === 'net') return { kind: 'network', prefix: `${address}/${kind.length}` };
  if (kind.kind === 'endpoint')
    return { kind: 'endpoint', protocolIdentifier, address, port: Number(port) };
  return {
    kind: 'flow',
    protocolIdentifier,
    sourceAddress: address,
    sourceTransportPort: Number(port),
    destinationAddress: parts[2] ?? '',
    destinationTransportPort: Number(parts[3]),
  };
}
