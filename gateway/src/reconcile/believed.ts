// SPDX-License-Identifier: Apache-2.0
// What the table holds, as far as we know, and what somebody has done to it since. Pure.
import type { TableState, Transaction } from '../enforce/kernel-table.js';
import {
  FIXED_CHAINS,
  GENERATION_CHAINS,
  generationOf,
  type Skeleton,
} from '../enforce/skeleton.js';
import { type ChangesOptions, changesBetween, type ElementChange } from '../plan/changes.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import type { SetElement } from '../plan/set-element.js';

/** What the kernel holds, as far as we know. */
export interface Believed {
  readonly chains: Map<string, string | undefined>;
  readonly maps: Set<string>;
  readonly counters: Set<string>;
  readonly elements: Map<string, SetElement>;
  /** Undefined: somebody has bent the chains that say it. */
  generation: number | undefined;
}

/** Undefined where the table is bent so that only building it anew helps. */
export function believedOf(state: TableState, layout: MarkLayout): Believed | undefined {
  if (state.foreignObjects.length > 0) return undefined;
  if (!FIXED_CHAINS.every((name) => state.chains.has(name))) return undefined;
  const [current, stamp] = GENERATION_CHAINS.map((name) =>
    generationOf(state.chains.get(name), layout),
  );
  return {
    chains: new Map([...state.chains].filter(([name]) => !GENERATION_CHAINS.includes(name))),
    maps: new Set(state.maps),
    counters: new Set(state.counters.keys()),
    elements: new Map(state.elements),
    // Where they do not agree both are written anew.
    generation: current === stamp ? current : undefined,
  };
}

/** What stands after a build. */
export function builtOf({
  skeleton,
  generation,
  elements,
}: Pick<
  Extract<Transaction, { kind: 'build' }>,
  'skeleton' | 'generation' | 'elements'
>): Believed {
  return {
    chains: fingerprintsOf(skeleton),
    maps: new Set(skeleton.maps),
    counters: new Set(skeleton.counters),
    elements: new Map(elements),
    generation,
  };
}

function fingerprintsOf(skeleton: Skeleton): Map<string, string | undefined> {
  return new Map([...skeleton.chains].map(([name, { fingerprint }]) => [name, fingerprint]));
}

/** What someone did to the table since we left it; undefined: nothing. */
export function damageOf(
  known: Believed,
  found: Believed | undefined,
  options: Required<ChangesOptions>,
): string | undefined {
  if (!found) return 'someone removed or bent the table; building it again';
  const names = [...known.chains.keys()];
  const bent = names.filter((name) => found.chains.get(name) !== known.chains.get(name));
  if (bent.length > 0 || found.generation !== known.generation)
    return 'someone changed the rules; mending them';
  if ([...known.maps].some((name) => !found.maps.has(name)))
    return 'someone removed maps; mending them';
  return drifted(known, found, options) ? 'someone changed the maps; mending them' : undefined;
}

/** The kernel ends an element some milliseconds after our clock does: such a leftover is no drift. */
function drifted(known: Believed, found: Believed, options: Required<ChangesOptions>): boolean {
  const isDrift = ({ kind, element }: ElementChange) =>
    kind === 'put' || element.expiresMilliseconds > options.now + options.toleranceMs;
  return changesBetween(found.elements, known.elements, options).some(isDrift);
}
