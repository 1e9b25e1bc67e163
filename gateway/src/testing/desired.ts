// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';
import { skeletonOf } from '../enforce/skeleton.js';
import { EffectNumbers } from '../plan/effect-numbers.js';
import { type MarkLayout, markLayoutOf } from '../plan/mark-layout.js';
import { Planner } from '../plan/wanted.js';
import type { Protections } from '../protect/protections.js';
import type { Desired } from '../reconcile/reconciler.js';

export const LAYOUT = markLayoutOf(0xffffff00) as MarkLayout;
export const UNPROTECTED: Protections = { prefixes: [], ownAddresses: [], collector: [] };

/** What decisions come to, one after the other, with numbers that live on. */
export class DesiredMaker {
  readonly #planner = new Planner(new EffectNumbers());

  make(decisions: readonly Decision[], now: number, protections = UNPROTECTED): Desired {
    const surroundings = { protections, layout: LAYOUT, shapes: 'yes' as const };
    const wanted = this.#planner.plan(decisions, surroundings, { now });
    const skeleton = skeletonOf({ protections, wanted, layout: LAYOUT, qdiscMajor: 0x7e1f });
    return { skeleton, elements: new Map(wanted.elements) };
  }
}
