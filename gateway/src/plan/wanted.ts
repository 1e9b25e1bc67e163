// SPDX-License-Identifier: Apache-2.0
// Decisions -> what the kernel should hold. Pure.
import type { FlowDecision as Decision } from '@weir/wire';
import { type ProtectionReason, type Protections, protectionOf } from '../protect/protections.js';
import {
  type ElementMap,
  elementsOf,
  type SelectorFault,
  type SetElement,
  selectorOf,
} from './set-element.js';

export type RefusalReason = ProtectionReason | SelectorFault;

/** A decision that the gateway does not apply. */
export interface Refusal {
  readonly decision: Decision;
  readonly reason: RefusalReason;
}

export interface Wanted {
  readonly elements: ElementMap;
  readonly refused: readonly Refusal[];
}

/**
 * Protection comes before every decision; of two decisions on one flow the later expiry counts.
 * Decisions that have expired at `now` (ms since the epoch) are left out.
 */
export function wantedOf(
  decisions: Iterable<Decision>,
  protections: Protections,
  now: number,
): Wanted {
  const elements = new Map<string, SetElement>();
  const refused: Refusal[] = [];
  for (const decision of decisions) {
    const outcome =
      protectionOf(decision.selector, protections) ??
      elementsOf(decision.selector, decision.expiresMilliseconds);
    if (typeof outcome === 'string') refused.push({ decision, reason: outcome });
    else if (decision.expiresMilliseconds > now) for (const one of outcome) hold(elements, one);
  }
  return { elements, refused };
}

/** What may stay of elements found in the kernel, before the collector has told its state. */
export function adoptable(found: ElementMap, protections: Protections): ElementMap {
  return new Map(
    [...found].filter(([, element]) => !protectionOf(selectorOf(element), protections)),
  );
}

function hold(elements: Map<string, SetElement>, element: SetElement): void {
  const held = elements.get(element.key);
  if (!held || held.expiresMilliseconds < element.expiresMilliseconds)
    elements.set(element.key, element);
}
