// SPDX-License-Identifier: Apache-2.0
import { elementId, type SetElement } from './set-element.js';

/** What the kernel should hold, and what has changed of it since somebody asked. */
export class Elements {
  readonly #elements = new Map<string, SetElement>();
  /** How many there are of each map. */
  readonly #sizes = new Map<string, number>();
  #changed = new Set<string>();

  /** By `elementId`; goes on changing. */
  get all(): ReadonlyMap<string, SetElement> {
    return this.#elements;
  }

  /** Names of the maps that have any. */
  get maps(): Iterable<string> {
    return this.#sizes.keys();
  }

  put(element: SetElement): void {
    const id = elementId(element);
    const held = this.#elements.get(id);
    if (held && isSame(held, element)) return;
    if (!held) this.#count(element.map, 1);
    this.#elements.set(id, element);
    this.#changed.add(id);
  }

  remove(id: string): void {
    const held = this.#elements.get(id);
    if (!held) return;
    this.#elements.delete(id);
    this.#count(held.map, -1);
    this.#changed.add(id);
  }

  /** Ids of what has been put or removed since the last time. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  #count(map: string, more: number): void {
    const size = (this.#sizes.get(map) ?? 0) + more;
    if (size === 0) this.#sizes.delete(map);
    else this.#sizes.set(map, size);
  }
}

function isSame(a: SetElement, b: SetElement): boolean {
  return a === b || (a.chain === b.chain && a.expiresMilliseconds === b.expiresMilliseconds);
}
