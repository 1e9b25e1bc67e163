// SPDX-License-Identifier: Apache-2.0
import { type KernelTable, NOTHING_DROPPED, type TableState } from '../enforce/kernel-table.js';
import type { Clock } from '../enforce/nft-table.js';
import type { Skeleton } from '../enforce/skeleton.js';
import { isGatewayError } from '../errors.js';
import type { Logger } from '../log.js';
import { alive, applyChanges, changesBetween, EXPIRY_TOLERANCE_MS } from '../plan/changes.js';
import type { ElementMap } from '../plan/set-element.js';

/** What the kernel should hold. */
export interface Desired {
  readonly skeleton: Skeleton;
  readonly elements: ElementMap;
}

export interface ReconcilerOptions {
  readonly table: KernelTable;
  readonly log: Logger;
  readonly now: Clock;
}

export interface ReconcilerCounters {
  /** Transactions that the kernel took. */
  transactions: number;
  /** Elements put or removed by them. */
  elementChanges: number;
  /** Times that the table was built: 1 for the start, more after foreign changes and new protections. */
  builds: number;
  /** Passes that found the table other than we left it. */
  mends: number;
  failures: number;
}

/**
 * Brings the kernel's table to what is desired. Changes go straight from what we believe stands there;
 * `verify` reads what really does. One transaction at a time: calls queue up.
 */
export class Reconciler {
  readonly counters: ReconcilerCounters = {
    transactions: 0,
    elementChanges: 0,
    builds: 0,
    mends: 0,
    failures: 0,
  };
  readonly #options: ReconcilerOptions;
  #desired: Desired | undefined;
  /** What the table held when we last read or changed it; undefined: not known. */
  #believed: Desired | undefined;
  #dropped = NOTHING_DROPPED;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** What the drop rules caught, as of the last `verify`. */
  get dropped() {
    return this.#dropped;
  }

  get desired(): Desired | undefined {
    return this.#desired;
  }

  /** Sets what is desired and applies the difference; reads the kernel first where it is not known. */
  want(desired: Desired): Promise<void> {
    this.#desired = desired;
    return this.#enqueue(async () => {
      if (!this.#believed) return this.#verify();
      try {
        await this.#advance();
      } catch (error) {
        if (!isGatewayError(error, 'WEIR_GATEWAY_TABLE_GONE')) throw error;
        await this.#verify();
      }
    });
  }

  /** Reads the kernel's table and mends what differs. */
  verify(): Promise<void> {
    return this.#enqueue(() => this.#verify());
  }

  /** Removes the table; `want` would build it again. */
  remove(): Promise<void> {
    return this.#enqueue(async () => {
      this.#desired = undefined;
      this.#believed = undefined;
      await this.#options.table.apply({ kind: 'remove' });
    });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#queue;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(task).catch((error) => {
      this.counters.failures += 1;
      this.#believed = undefined;
      throw error;
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  async #verify(): Promise<void> {
    const { table, log, now } = this.#options;
    const state = await table.read();
    const known = this.#believed;
    const found = this.#take(state);
    if (known && (!found || drifted(known, found, now()))) {
      this.counters.mends += 1;
      log('warn', whatHappened(state), { standing: state?.elements.size ?? 0 });
    }
    await this.#advance();
  }

  /** Remembers what was read. */
  #take(state: TableState | undefined): Desired | undefined {
    if (state && state.dropped.packets >= this.#dropped.packets) this.#dropped = state.dropped;
    const desired = this.#desired;
    const stands = state && desired && state.fingerprint === desired.skeleton.fingerprint;
    this.#believed = stands ? { skeleton: desired.skeleton, elements: state.elements } : undefined;
    return this.#believed;
  }

  /** From what is believed to what is desired: nothing, one change, or the whole table anew. */
  async #advance(): Promise<void> {
    const desired = this.#desired;
    if (!desired) return;
    const believed = this.#believed;
    if (believed?.skeleton.fingerprint !== desired.skeleton.fingerprint)
      return this.#build(desired);
    const { table, now } = this.#options;
    const changes = changesBetween(believed.elements, desired.elements, now());
    if (changes.length > 0) {
      await table.apply({ kind: 'change', changes });
      this.counters.transactions += 1;
      this.counters.elementChanges += changes.length;
    }
    const elements = alive(applyChanges(believed.elements, changes), now());
    this.#believed = { skeleton: desired.skeleton, elements };
  }

  async #build({ skeleton, elements }: Desired): Promise<void> {
    const { table, now } = this.#options;
    const standing = alive(elements, now());
    await table.apply({ kind: 'build', skeleton, elements: standing, dropped: this.#dropped });
    this.counters.transactions += 1;
    this.counters.builds += 1;
    this.counters.elementChanges += standing.size;
    this.#believed = { skeleton, elements: standing };
  }
}

/** The kernel ends an element some milliseconds after our clock does: such a leftover is no drift. */
function drifted(known: Desired, found: Desired, now: number): boolean {
  return changesBetween(found.elements, known.elements, now).some(
    ({ kind, element }) =>
      kind === 'put' || element.expiresMilliseconds > now + EXPIRY_TOLERANCE_MS,
  );
}

function whatHappened(state: TableState | undefined): string {
  if (!state) return 'someone removed the table; building it again';
  if (state.fingerprint === undefined) return 'someone changed the rules; building them again';
  return 'someone changed the sets; mending them';
}
