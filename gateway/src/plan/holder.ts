// SPDX-License-Identifier: Apache-2.0
// Who has which key of the kernel's maps. Pure.
import type { Decision } from '@weir/wire';
import type { Effect } from './effect.js';
import type { MapKey } from './selector-keys.js';
import { elementId, type SetElement } from './set-element.js';
import type { PlacedEffect } from './wanted.js';

/** A decision that could be applied. */
export interface Candidate {
  readonly decision: Decision;
  readonly keys: readonly MapKey[];
  readonly effect: Effect;
}

/** A candidate with the place of its effect; those with one effect share the object. */
export interface Holder {
  readonly decision: Decision;
  readonly placed: PlacedEffect;
  readonly expiresMilliseconds: number;
  readonly seats: readonly Seat[];
}

/** A key, and what stands there if no stronger decision has it, too. */
export interface Seat {
  readonly id: string;
  readonly element: SetElement;
  readonly holder: Holder;
}

/** How strong an action is where two decisions of one level have the same key. */
const STRENGTH: readonly Effect['action']['kind'][] = ['mark', 'shape', 'block', 'allow'];

export function expiryOf({ expiresMilliseconds }: Decision): number {
  return expiresMilliseconds ?? Number.POSITIVE_INFINITY;
}

export function holderOf({ decision, keys }: Candidate, placed: PlacedEffect): Holder {
  const expiresMilliseconds = expiryOf(decision);
  const seats: Seat[] = [];
  const holder = { decision, placed, expiresMilliseconds, seats };
  for (const { map, key } of keys) {
    const element = { map, key, chain: placed.chain, expiresMilliseconds };
    seats.push({ id: elementId(element), element, holder });
  }
  return holder;
}

/** A total order, so that the order of decisions changes nothing. */
export function isStronger(a: Holder, b: Holder): boolean {
  const [ours, theirs] = [a, b].map(({ placed }) => STRENGTH.indexOf(placed.action.kind));
  if (ours !== theirs) return Number(ours) > Number(theirs);
  const [later, earlier] = [a.expiresMilliseconds, b.expiresMilliseconds];
  return later === earlier ? a.decision.id < b.decision.id : later > earlier;
}
