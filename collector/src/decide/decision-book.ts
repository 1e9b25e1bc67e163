// SPDX-License-Identifier: Apache-2.0
// The decisions that stand, by revision. No clock, no I/O: both are the caller's.
import type { Decision, DecisionsResponse } from '@weir/wire';

export interface DecisionBookOptions {
  /**
   * Where revisions start. Use the present time: then they keep growing over restarts, and a
   * gateway that asks with a revision from before gets the whole state.
   */
  readonly firstRevision: number;
  /** Decisions of rules and lists that are held at most; beyond it none are made, which is counted. */
  readonly mostDecisions?: number;
  /** Changes that are remembered for gateways that ask for what is new. */
  readonly mostChanges?: number;
}

export const ENDINGS = ['expired', 'revoked', 'rule-changed', 'rule-deleted'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A decision that was. */
export interface EndedDecision {
  readonly decision: Decision;
  readonly endedMilliseconds: number;
  readonly ending: Ending;
}

/** Own: what is made is bounded elsewhere, and flows and lists that fill the book keep nobody from making it. */
export type Room = 'shared' | 'own';

/** A decision to be: the book gives it its revision. */
export type NewDecision = Omit<Decision, 'revision'>;

const MOST_ENDED = 10_000;
const SECOND_MS = 1000;

export class DecisionBook {
  readonly #decisions = new Map<string, Decision>();
  readonly #mostDecisions: number;
  readonly #mostChanges: number;
  /** Ids that may expire, by the second in which they do. */
  readonly #expiring = new Map<number, string[]>();
  #changes: { readonly revision: number; readonly id: string }[] = [];
  #ended: EndedDecision[] = [];
  #revision: number;
  /** Changes up to this revision are forgotten. */
  #forgotten: number;
  /** Decisions that are for some gateways only. */
  #aimed = 0;
  /** Decisions that were not made because there were too many. */
  passedOver = 0;

  constructor(options: DecisionBookOptions) {
    this.#revision = options.firstRevision;
    this.#forgotten = options.firstRevision;
    this.#mostDecisions = options.mostDecisions ?? 250_000;
    this.#mostChanges = options.mostChanges ?? 20_000;
  }

  get revision(): number {
    return this.#revision;
  }

  get decisionCount(): number {
    return this.#decisions.size;
  }

  /** Whether all gateways get the same. */
  get isForAll(): boolean {
    return this.#aimed === 0;
  }

  get(id: string): Decision | undefined {
    return this.#decisions.get(id);
  }

  all(): IterableIterator<Decision> {
    return this.#decisions.values();
  }

  /** The newest last. */
  get ended(): readonly EndedDecision[] {
    return this.#ended;
  }

  /** Makes or replaces decisions, all in one revision. Those for which there is no room are passed over. */
  put(decisions: readonly NewDecision[], room: Room = 'shared'): number {
    const revision = this.#revision + 1;
    let made = 0;
    for (const decision of decisions) if (this.#set({ ...decision, revision }, room)) made++;
    this.passedOver += decisions.length - made;
    if (made > 0) this.#commit(revision);
    return made;
  }

  /** Takes decisions out, all in one revision; gives them. */
  remove(ids: Iterable<string>, ending: Ending, now: number): Decision[] {
    const revision = this.#revision + 1;
    const removed: Decision[] = [];
    for (const id of ids) {
      const decision = this.#decisions.get(id);
      if (decision === undefined) continue;
      this.#decisions.delete(id);
      if (decision.gateways !== undefined) this.#aimed--;
      this.#changes.push({ revision, id });
      this.#ended.push({ decision, endedMilliseconds: now, ending });
      removed.push(decision);
    }
    if (removed.length > 0) this.#commit(revision);
    return removed;
  }

  /** Takes out those of which `goes` holds. */
  removeWhere(goes: (decision: Decision) => boolean, ending: Ending, now: number): Decision[] {
    const ids = [...this.#decisions.values()].filter(goes).map(({ id }) => id);
    return this.remove(ids, ending, now);
  }

  /** Takes out what holds no longer at `now`. */
  expire(now: number): Decision[] {
    const due: string[] = [];
    const second = Math.floor(now / SECOND_MS);
    for (const [at, ids] of this.#expiring) {
      if (at > second) continue;
      this.#expiring.delete(at);
      for (const id of ids) this.#sortOut(id, now, due);
    }
    return this.remove(due, 'expired', now);
  }

  /** Forgets decisions that ended before. */
  forget(before: number): void {
    const first = this.#ended.findIndex(({ endedMilliseconds }) => endedMilliseconds >= before);
    if (first !== 0) this.#ended = first < 0 ? [] : this.#ended.slice(first);
  }

  /** Takes up what a book before this one knew; its revisions do not count. */
  restore(decisions: readonly Decision[], ended: readonly EndedDecision[]): void {
    this.put(decisions);
    this.#ended = [...ended, ...this.#ended].slice(-MOST_ENDED);
  }

  /** Whether what has changed since the revision is remembered. */
  knows(revision: number): boolean {
    return revision >= this.#forgotten && revision <= this.#revision;
  }

  /** What somebody needs who knows the state at `revision`; with a gateway's name, what is for it. */
  since(revision: number, gateway?: string): DecisionsResponse {
    const isFor = (decision: Decision | undefined): decision is Decision =>
      decision !== undefined && isForGateway(decision, gateway);
    if (!this.knows(revision)) {
      const decisions = [...this.#decisions.values()].filter(isFor);
      return { revision: this.#revision, complete: true, decisions, removed: [] };
    }
    const ids = [...new Set(this.#changesAfter(revision))];
    const decisions = ids.map((id) => this.#decisions.get(id)).filter(isFor);
    const removed = ids.filter((id) => !isFor(this.#decisions.get(id)));
    return { revision: this.#revision, complete: false, decisions, removed };
  }

  #set(decision: Decision, room: Room): boolean {
    const { id, expiresMilliseconds, revision } = decision;
    const known = this.#decisions.get(id);
    const isFull = this.#decisions.size >= this.#mostDecisions;
    const isBounded = room === 'own' || hasOwnRoom(decision);
    if (known === undefined && isFull && !isBounded) return false;
    if (known?.gateways !== undefined) this.#aimed--;
    if (decision.gateways !== undefined) this.#aimed++;
    this.#decisions.set(id, decision);
    this.#changes.push({ revision, id });
    // One that is there already looks again when its time comes.
    const isListed = known?.expiresMilliseconds !== undefined;
    const isEarlier = (known?.expiresMilliseconds ?? 0) > (expiresMilliseconds ?? Infinity);
    if (expiresMilliseconds !== undefined && (!isListed || isEarlier)) {
      this.#list(id, expiresMilliseconds);
    }
    return true;
  }

  #list(id: string, expiresMilliseconds: number): void {
    const second = Math.ceil(expiresMilliseconds / SECOND_MS);
    const ids = this.#expiring.get(second);
    if (ids === undefined) this.#expiring.set(second, [id]);
    else ids.push(id);
  }

  /** Due, to be looked at later because it was renewed, or gone. */
  #sortOut(id: string, now: number, due: string[]): void {
    const expires = this.#decisions.get(id)?.expiresMilliseconds;
    if (expires === undefined) return;
    if (expires <= now) due.push(id);
    else this.#list(id, expires);
  }

  #commit(revision: number): void {
    this.#revision = revision;
    if (this.#ended.length > 2 * MOST_ENDED) this.#ended = this.#ended.slice(-MOST_ENDED);
    const excess = this.#changes.length - this.#mostChanges;
    // Cut off rarely: each time all that stay are copied.
    if (excess <= this.#mostChanges / 4) return;
    this.#forgotten = this.#changes[excess - 1]?.revision ?? this.#forgotten;
    this.#changes = this.#changes.slice(excess);
  }

  *#changesAfter(revision: number): IterableIterator<string> {
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i];
      if (change === undefined || change.revision <= revision) return;
      yield change.id;
    }
  }
}

/** What is protected and what was done by hand is bounded elsewhere: no rule and no list takes its place. */
function hasOwnRoom({ rule }: Decision): boolean {
  return rule === undefined;
}

function isForGateway({ gateways }: Decision, name: string | undefined): boolean {
  return name === undefined || gateways === undefined || gateways.includes(name);
}
