// SPDX-License-Identifier: Apache-2.0
import { FlowDecision as Decision } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';

/**
 * An answer as far as it must be understood to go on. Each decision is checked on its own: one that a
 * newer collector made in a form unknown here must not keep the gateway from applying the others.
 */
export const DecisionsEnvelope = Type.Object({
  revision: Type.Integer(),
  complete: Type.Boolean(),
  decisions: Type.Array(Type.Unknown()),
  removed: Type.Array(Type.String()),
});
export type DecisionsEnvelope = Static<typeof DecisionsEnvelope>;

/** The collector's decisions as this gateway knows them. */
export class HeldDecisions {
  readonly #decisions = new Map<string, Decision>();
  #revision = 0;
  #misunderstood = 0;

  /** What to ask the collector with; 0 asks for everything. */
  get revision(): number {
    return this.#revision;
  }

  /** Decisions of a form that this version does not know. */
  get misunderstood(): number {
    return this.#misunderstood;
  }

  get decisions(): Iterable<Decision> {
    return this.#decisions.values();
  }

  get size(): number {
    return this.#decisions.size;
  }

  /**
   * Takes an answer in. `clockOffsetMilliseconds` is how far the collector's clock is ahead of ours:
   * expiries are kept in our time. False: the answer does not follow from what is held (the collector
   * lost its memory); nothing was taken, and the next question asks for everything.
   */
  take(answer: DecisionsEnvelope, clockOffsetMilliseconds: number): boolean {
    if (!answer.complete && answer.revision < this.#revision) {
      this.forgetRevision();
      return false;
    }
    if (answer.complete) this.#decisions.clear();
    for (const id of answer.removed) this.#decisions.delete(id);
    for (const decision of answer.decisions) this.#hold(decision, clockOffsetMilliseconds);
    this.#revision = answer.revision;
    return true;
  }

  /** The next question asks for everything; what is held stays until then. */
  forgetRevision(): void {
    this.#revision = 0;
  }

  /** Drops what has expired at `now` (our time), so that the collector need not tell. */
  prune(now: number): void {
    for (const [id, decision] of this.#decisions) {
      if (decision.expiresMilliseconds <= now) this.#decisions.delete(id);
    }
  }

  #hold(candidate: unknown, clockOffsetMilliseconds: number): void {
    if (!Value.Check(Decision, candidate)) {
      this.#misunderstood += 1;
      // A decision that was understood and has changed its form holds no longer as it was.
      if (Value.Check(Identified, candidate)) this.#decisions.delete(candidate.id);
      return;
    }
    const expiresMilliseconds = candidate.expiresMilliseconds - clockOffsetMilliseconds;
    this.#decisions.set(candidate.id, { ...candidate, expiresMilliseconds });
  }
}

const Identified = Type.Object({ id: Type.String() });
