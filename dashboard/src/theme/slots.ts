// SPDX-License-Identifier: Apache-2.0
// Which colour an application has: the same one in every widget, and the same one after a refresh.
import { REST } from '../view/rest';

/** Colours `--series-0` to `--series-9` of tokens.css. */
export const SLOT_COUNT = 10;

/** What is not one application is grey. */
const GREY = new Set([REST, 'unknown']);

/** Application name to slot, least recently shown first. */
export type Slots = ReadonlyMap<string, number>;

/**
 * Gives each of `names` (most important first) a slot. Who has one keeps it; a new name takes the free slot
 * nearest to its hash, so that most names have their colour again after a reload; when all are taken, the name
 * that has not been shown for longest gives way. Returns `slots` itself where nothing changes.
 */
export function assignSlots(slots: Slots, names: readonly string[]): Slots {
  const shown = [...new Set(names)].filter((name) => !GREY.has(name)).slice(0, SLOT_COUNT);
  const next = new Map(slots);
  for (const name of shown) {
    const slot = next.get(name);
    next.delete(name);
    if (slot !== undefined) next.set(name, slot);
  }
  for (const name of shown) {
    if (!next.has(name)) next.set(name, freeSlot(next, name));
  }
  return sameSlots(slots, next) ? slots : next;
}

function freeSlot(slots: Map<string, number>, name: string): number {
  if (slots.size >= SLOT_COUNT) {
    const [oldest] = slots.keys();
    const slot = slots.get(oldest as string) as number;
    slots.delete(oldest as string);
    return slot;
  }
  const taken = new Set(slots.values());
  let slot = hash(name) % SLOT_COUNT;
  while (taken.has(slot)) slot = (slot + 1) % SLOT_COUNT;
  return slot;
}

/** Order alone is no change that anybody sees, but it decides who gives way: it is kept once something else changes. */
function sameSlots(a: Slots, b: Slots): boolean {
  return a.size === b.size && [...b].every(([name, slot]) => a.get(name) === slot);
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

/** The CSS variable that holds the colour of an application. */
export function colourVariable(slots: Slots, name: string): string {
  if (name === 'unknown') return '--series-unknown';
  const slot = slots.get(name);
  return slot === undefined ? '--series-other' : `--series-${slot}`;
}
