// SPDX-License-Identifier: Apache-2.0
import type { Rule } from '@weir/wire';
import Type, { type Static } from 'typebox';

const DEFAULT_HOLD_SECONDS = 600;
/** Who has kept still for so long begins anew. */
const FORGOTTEN_AFTER_MS = 86_400_000;
const MOST_REMEMBERED = 100_000;

/** How often the decision of the id has come and ended, and when the last time. */
export const Repetition = Type.Object({
  id: Type.String(),
  times: Type.Integer({ minimum: 1 }),
  endedMilliseconds: Type.Number(),
});
export type Repetition = Static<typeof Repetition>;

/** How often the same decision has come and ended: who does it again is held longer. */
export class Repetitions {
  readonly #times = new Map<string, Omit<Repetition, 'id'>>();

  /** Who ended longest ago first. */
  get all(): Repetition[] {
    return [...this.#times].map(([id, held]) => ({ id, ...held }));
  }

  /** What was known before a restart. */
  restore(before: readonly Repetition[]): void {
    for (const { id, ...held } of before) this.#times.set(id, held);
  }

  /** How long a decision of the rule holds this time. */
  holdSeconds({ holdSeconds = DEFAULT_HOLD_SECONDS, backOff }: Rule, id: string): number {
    if (backOff === undefined) return holdSeconds;
    const times = this.#times.get(id)?.times ?? 0;
    const longest = Math.max(holdSeconds, backOff.mostSeconds);
    return Math.min(longest, Math.round(holdSeconds * backOff.factor ** times));
  }

  /** Whether it has come to its end since then. */
  hasEndedSince(id: string, milliseconds: number): boolean {
    return (this.#times.get(id)?.endedMilliseconds ?? -Infinity) >= milliseconds;
  }

  ended(id: string, now: number): void {
    const times = (this.#times.get(id)?.times ?? 0) + 1;
    // Behind the others: who ended longest ago is forgotten first.
    this.#times.delete(id);
    if (this.#times.size >= MOST_REMEMBERED) {
      const [first] = this.#times.keys();
      if (first !== undefined) this.#times.delete(first);
    }
    this.#times.set(id, { times, endedMilliseconds: now });
  }

  sweep(now: number): void {
    for (const [id, { endedMilliseconds }] of this.#times) {
      if (now - endedMilliseconds < FORGOTTEN_AFTER_MS) return;
      this.#times.delete(id);
    }
  }
}
