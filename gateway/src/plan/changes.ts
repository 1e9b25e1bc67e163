// SPDX-License-Identifier: Apache-2.0
// What is wanted and what is there -> what to change. Pure.
import { type ElementMap, elementId, type SetElement } from './set-element.js';

/** `put` adds an element or gives it a new expiry or chain; `remove` is fine with one that is gone already. */
export type ElementChange =
  | {
      readonly kind: 'put';
      readonly element: SetElement;
      /** What stands under its key, as far as we know. */
      readonly standing: SetElement | undefined;
    }
  | { readonly kind: 'remove'; readonly element: SetElement };

/** Two expiries of our own that differ by less are the same: decisions are told in whole milliseconds. */
export const OWN_TOLERANCE_MS = 20;
/** nft tells expiry in whole seconds: a smaller difference than this one says nothing. */
export const LISTED_TOLERANCE_MS = 1500;

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
  { now, toleranceMs = OWN_TOLERANCE_MS }: ChangesOptions,
): ElementChange[] {
  const changes: ElementChange[] = [];
  for (const [id, element] of wanted) {
    const standing = current.get(id);
    if (standing === element) continue;
    if (element.expiresMilliseconds > now && !holds(standing, element, { now, toleranceMs }))
      changes.push({ kind: 'put', element, standing });
  }
  for (const [id, element] of current) {
    if (element.expiresMilliseconds > now && !stands(wanted.get(id), now))
      changes.push({ kind: 'remove', element });
  }
  return changes;
}

/**
 * Whether connections that were judged before may have to be judged again: whatever is more than another
 * expiry of what stands.
 */
export function isNews(change: ElementChange, now: number): boolean {
  if (change.kind === 'remove') return true;
  const { element, standing } = change;
  return !standing || standing.expiresMilliseconds <= now || standing.chain !== element.chain;
}

/** Does to `elements` what the kernel does when it takes the changes. */
export function applyChanges(
  elements: Map<string, SetElement>,
  changes: readonly ElementChange[],
): void {
  for (const { kind, element } of changes) {
    if (kind === 'put') elements.set(elementId(element), element);
    else elements.delete(elementId(element));
  }
}

/** Elements with these ids. */
export function only(elements: ElementMap, ids: ReadonlySet<string> | undefined): ElementMap {
  if (ids === undefined) return elements;
  const found = new Map<string, SetElement>();
  for (const id of ids) {
    const element = elements.get(id);
    if (element) found.set(id, element);
  }
  return found;
}

/** Elements that have not expired. */
export function alive(elements: ElementMap, now: number): Map<string, SetElement> {
  return new Map([...elements].filter(([, element]) => element.expiresMilliseconds > now));
}

function stands(element: SetElement | undefined, now: number): boolean {
  return element !== undefined && element.expiresMilliseconds > now;
}

function holds(
  standing: SetElement | undefined,
  wanted: SetElement,
  { now, toleranceMs }: Required<ChangesOptions>,
): boolean {
  if (!standing || standing.expiresMilliseconds <= now) return false;
  if (standing.chain !== wanted.chain) return false;
  const [held, asked] = [standing.expiresMilliseconds, wanted.expiresMilliseconds];
  // Not by difference alone: of two that never expire it is no number.
  return held === asked || Math.abs(held - asked) <= toleranceMs;
}
