// SPDX-License-Identifier: Apache-2.0
// The kernel's maps: one for each kind of key in each level of precedence, of each family and prefix length.
import { type Decision, ORIGINS, type Origin } from '@weir/wire';
import type { Family } from '../protect/address.js';

/** What a map's keys are. */
export type KeyKind = 'flow' | 'endpoint' | 'net';

/** What the name of a map says of it. */
export interface MapKind {
  readonly level: Origin;
  readonly kind: KeyKind;
  readonly family: Family;
  /** Of the prefixes in it; 0 for other keys. */
  readonly length: number;
}

/** Where the verdict of a connection that is known already is looked up. */
export const SLOTS = 'slots';
/** Where the kernel notes which hosts there are in networks whose hosts have a rate each. */
export const HOST_SETS: Readonly<Record<Family, string>> = { 4: 'hosts4', 6: 'hosts6' };

const NAME = /^(allow|manual|rule|list)_(flow|endpoint|net)([46])(?:_(\d{1,3}))?$/;
/** Within a level the narrower selector comes first. */
const KINDS: readonly KeyKind[] = ['flow', 'endpoint', 'net'];

export function mapName({ level, kind, family, length }: MapKind): string {
  return kind === 'net' ? `${level}_net${family}_${length}` : `${level}_${kind}${family}`;
}

/** Undefined: not the name of such a map. */
export function mapKindOf(name: string): MapKind | undefined {
  const [, level, kind, family, length = '0'] = NAME.exec(name) ?? [];
  if (level === undefined) return undefined;
  return {
    level: level as Origin,
    kind: kind as KeyKind,
    family: Number(family) as Family,
    length: Number(length),
  };
}

/** In order of precedence: level, then flow before endpoint before network, the longer prefix first. */
export function byPrecedence(a: MapKind, b: MapKind): number {
  return (
    ORIGINS.indexOf(a.level) - ORIGINS.indexOf(b.level) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    b.length - a.length ||
    a.family - b.family
  );
}

export function levelOf({ action, origin }: Decision): Origin {
  return action.kind === 'allow' ? 'allow' : origin;
}
