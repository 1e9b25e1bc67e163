// SPDX-License-Identifier: Apache-2.0
import type { Elements } from './elements.js';
import { type Holder, isStronger, type Seat } from './holder.js';
import type { PlacedEffect } from './wanted.js';

/** What leads to an effect. */
interface Use {
  seats: number;
  /** When the first of the elements that lead to it ends, and how many end then. */
  expiresMilliseconds: number;
  first: number;
}

/** Who sits on which key, as holders come and go: the strongest of those who want it. */
export class Seats {
  readonly #elements: Elements;
  /** By the element's id, those who want the key. */
  readonly #wanted = new Map<string, Seat[]>();
  /** Who goes before all of them. */
  readonly #before = new Map<string, Seat>();
  /** Who sits. */
  readonly #held = new Map<string, Seat>();
  readonly #uses = new Map<PlacedEffect, Use>();

  constructor(elements: Elements) {
    this.#elements = elements;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Those that elements lead to. */
  get effects(): Iterable<PlacedEffect> {
    return this.#uses.keys();
  }

  /** Who sits there among those who came by `take`. */
  at(id: string): Seat | undefined {
    return this.#wanted.get(id)?.reduce(stronger);
  }

  take({ seats }: Holder): void {
    for (const seat of seats) {
      const rivals = this.#wanted.get(seat.id);
      if (rivals) rivals.push(seat);
      else this.#wanted.set(seat.id, [seat]);
      this.#settle(seat.id);
    }
  }

  leave({ seats }: Holder): void {
    for (const seat of seats) {
      const rivals = (this.#wanted.get(seat.id) ?? []).filter((one) => one !== seat);
      if (rivals.length > 0) this.#wanted.set(seat.id, rivals);
      else this.#wanted.delete(seat.id);
      this.#settle(seat.id);
    }
  }

  /** Sits before everybody who comes by `take`. */
  putBefore({ seats }: Holder): void {
    for (const seat of seats) {
      this.#before.set(seat.id, seat);
      this.#settle(seat.id);
    }
  }

  leaveBefore({ seats }: Holder): void {
    for (const { id } of seats) {
      this.#before.delete(id);
      this.#settle(id);
    }
  }

  /** When the first of the elements ends that lead to each effect. */
  *ends(): Generator<readonly [PlacedEffect, number], void> {
    this.#lookForFirst();
    for (const [effect, { expiresMilliseconds }] of this.#uses) yield [effect, expiresMilliseconds];
  }

  #settle(id: string): void {
    const [held, next] = [this.#held.get(id), this.#before.get(id) ?? this.at(id)];
    if (held === next) return;
    if (held) this.#end(held);
    if (next) {
      this.#held.set(id, next);
      this.#begin(next);
      this.#elements.put(next.element);
    } else {
      this.#held.delete(id);
      this.#elements.remove(id);
    }
  }

  #begin({ holder: { placed, expiresMilliseconds: ends } }: Seat): void {
    const use = this.#uses.get(placed);
    if (!use) this.#uses.set(placed, { seats: 1, expiresMilliseconds: ends, first: 1 });
    else {
      use.seats += 1;
      // Where the first has gone all are looked at anyway.
      if (use.first > 0) addEnd(use, ends);
    }
  }

  #end({ holder: { placed, expiresMilliseconds } }: Seat): void {
    const use = this.#uses.get(placed);
    if (!use) return;
    use.seats -= 1;
    if (use.seats === 0) this.#uses.delete(placed);
    else if (use.expiresMilliseconds === expiresMilliseconds)
      use.first = Math.max(0, use.first - 1);
  }

  /** Where the first has gone: all of them at once, since it takes a look at every seat. */
  #lookForFirst(): void {
    const lost = new Set([...this.#uses.values()].filter(({ first }) => first === 0));
    if (lost.size === 0) return;
    for (const use of lost) use.expiresMilliseconds = Number.POSITIVE_INFINITY;
    for (const { holder } of this.#held.values()) {
      const use = this.#uses.get(holder.placed);
      if (use && lost.has(use)) addEnd(use, holder.expiresMilliseconds);
    }
  }
}

function addEnd(use: Use, ends: number): void {
  if (ends > use.expiresMilliseconds) return;
  use.first = ends === use.expiresMilliseconds ? use.first + 1 : 1;
  use.expiresMilliseconds = ends;
}

function stronger(a: Seat, b: Seat): Seat {
  return isStronger(b.holder, a.holder) ? b : a;
}
