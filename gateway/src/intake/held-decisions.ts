// SPDX-License-Identifier: Apache-2.0
import { Decision } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
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

/** Compiled: there can be 100,000 of them. */
const isDecision = Compile(Decision);
/** Two readings of one expiry by clocks that differ are the same when they are as near as this. */
const SAME_EXPIRY_MS = 1500;

/** The collector's decisions as this gateway knows them. */
export class HeldDecisions {
  readonly #decisions = new Map<string, Decision>();
  #revision = 0;
  /** None expires before; ms since the epoch. */
  #firstExpiry = Number.POSITIVE_INFINITY;
  /** Ids of decisions of a form unknown here, and whatever has none. */
  readonly #misunderstood = new Set<unknown>();

  /** What to ask the collector with; 0 asks for everything. */
  get revision(): number {
    return this.#revision;
  }

  /** Decisions of a form that this version does not know. */
  get misunderstood(): number {
    return this.#misunderstood.size;
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
    // Of a change only what it replaces is compared: to copy 100,000 for one would take longer than all else.
    const before = answer.complete ? new Map(this.#decisions) : this.#decisions;
    if (answer.complete) this.#forget();
    for (const id of answer.removed) {
      this.#decisions.delete(id);
      this.#misunderstood.delete(id);
    }
    for (const candidate of answer.decisions) {
      const decision = this.#understand(candidate, clockOffsetMilliseconds);
      if (decision) this.#hold(settled(decision, before.get(decision.id)));
    }
    this.#revision = answer.revision;
    return true;
  }

  /** Takes what was held before a restart, expiries in our time; the next question asks for everything. */
  restore(decisions: readonly unknown[]): void {
    for (const candidate of decisions) {
      const decision = this.#understand(candidate, 0);
      if (decision) this.#hold(decision);
    }
  }

  /** The next question asks for everything; what is held stays until then. */
  forgetRevision(): void {
    this.#revision = 0;
  }

  /** Drops what has expired at `now` (our time), so that the collector need not tell. Whether there was any. */
  prune(now: number): boolean {
    if (now < this.#firstExpiry) return false;
    const before = this.#decisions.size;
    this.#firstExpiry = Number.POSITIVE_INFINITY;
    for (const [id, { expiresMilliseconds = Number.POSITIVE_INFINITY }] of this.#decisions) {
      if (expiresMilliseconds <= now) this.#decisions.delete(id);
      else this.#firstExpiry = Math.min(this.#firstExpiry, expiresMilliseconds);
    }
    return this.#decisions.size < before;
  }

  #hold(decision: Decision): void {
    this.#decisions.set(decision.id, decision);
    const { expiresMilliseconds = Number.POSITIVE_INFINITY } = decision;
    this.#firstExpiry = Math.min(this.#firstExpiry, expiresMilliseconds);
  }

  #forget(): void {
    this.#decisions.clear();
    this.#misunderstood.clear();
  }

  #understand(candidate: unknown, clockOffsetMilliseconds: number): Decision | undefined {
    const decision = isDecision.Check(candidate) ? candidate : undefined;
    if (!decision) {
      const id = Value.Check(Identified, candidate) ? candidate.id : undefined;
      this.#misunderstood.add(id ?? candidate);
      // A decision that was understood and has changed its form holds no longer as it was.
      if (id !== undefined) this.#decisions.delete(id);
      return undefined;
    }
    this.#misunderstood.delete(decision.id);
    const { expiresMilliseconds } = decision;
    if (expiresMilliseconds === undefined || clockOffsetMilliseconds === 0) return decision;
    return { ...decision, expiresMilliseconds: expiresMilliseconds - clockOffsetMilliseconds };
  }
}

/** A whole that is told again has the same decisions: what was worked out for them counts on. */
function settled(decision: Decision, held: Decision | undefined): Decision {
  if (held === undefined || held.revision !== decision.revision) return decision;
  const [a = 0, b = 0] = [held.expiresMilliseconds, decision.expiresMilliseconds];
  const isSame = Math.abs(a - b) <= SAME_EXPIRY_MS;
  return isSame && JSON.stringify(held.action) === JSON.stringify(decision.action)
    ? held
    : decision;
}

const Identified = Type.Object({ id: Type.String() });
