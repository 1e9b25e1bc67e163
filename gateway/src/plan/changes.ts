// SPDX-License-Identifier: Apache-2.0
// What is wanted and what is there -> what to change. Pure.
import type { ElementMap, SetElement } from './set-element.js';

/** `put` adds an element or gives it a new expiry; `remove` is fine with an element that is gone already. */
export type ElementChange =
  | { readonly kind: 'put'; readonly element: SetElement }
  | { readonly kind: 'remove'; readonly element: SetElement };

/** nft tells expiry in whole seconds: a smaller difference than this one says nothing. */
export const EXPIRY_TOLERANCE_MS = 1500;

export interface ChangesOptions {
  /** Ms since the epoch. */
  readonly now: number;
  /** Two expiries that differ by no more are the same. */
  readonly toleranceMs?: number;
}

/** Changes that turn `current` into `wanted`; expired elements of both sides are left to the kernel. */
export function changesBetween(
  current: ElementMap,
  wanted: ElementMap,
  { now, toleranceMs = EXPIRY_TOLERANCE_MS }: ChangesOptions,
): ElementChange[] {
  const changes: ElementChange[] = [];
  for (const element of wanted.values()) {
    if (element.expiresMilliseconds > now && !holds(current, element, { now, toleranceMs }))
      changes.push({ kind: 'put', element });
  }
  for (const element of current.values()) {
    if (element.expiresMilliseconds > now && !stands(wanted, element.key, now))
      changes.push({ kind: 'remove', element });
  }
  return changes;
}

/** Does to `elements` what the kernel does when it takes the changes. */
export function applyChanges(
  elements: Map<string, SetElement>,
  changes: readonly ElementChange[],
): void {
  for (const { kind, element } of changes) {
    if (kind === 'put') elements.set(element.key, element);
    else elements.delete(element.key);
  }
}

/** Elements that have not expired. */
export function alive(elements: ElementMap, now: number): Map<string, SetElement> {
  return new Map([...elements].filter(([, element]) => element.expiresMilliseconds > now));
}

function stands(elements: ElementMap, key: string, now: number): boolean {
  return (elements.get(key)?.expiresMilliseconds ?? 0) > now;
}

function holds(
  current: ElementMap,
  wanted: SetElement,
  { now, toleranceMs }: Required<ChangesOptions>,
): boolean {
  const held = current.get(wanted.key);
  if (!held || held.expiresMilliseconds <= now) return false;
  return Math.abs(held.expiresMilliseconds - wanted.expiresMilliseconds) <= toleranceMs;
}
