// SPDX-License-Identifier: Apache-2.0

import type { Logger } from '@weir/wire';
import {
  type KernelTable,
  NOTHING_DROPPED,
  type TableState,
  type Transaction,
} from '../enforce/kernel-table.js';
import type { Clock } from '../enforce/nft-table.js';
import type { Skeleton } from '../enforce/skeleton.js';
import { isGatewayError } from '../errors.js';
import {
  alive,
  applyChanges,
  type ChangesOptions,
  changesBetween,
  EXPIRY_TOLERANCE_MS,
} from '../plan/changes.js';
import type { ElementMap, SetElement } from '../plan/set-element.js';

/** What the kernel should hold. */
export interface Desired {
  readonly skeleton: Skeleton;
  readonly elements: ElementMap;
}

interface Believed {
  readonly fingerprint: string;
  readonly elements: Map<string, SetElement>;
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
  #believed: Believed | undefined;
  /** An element expires later than wanted by the time that its transaction took. */
  #slowestApplyMs = 0;
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
    const [state, readMs] = await timed(() => table.read());
    const known = this.#believed;
    const found = this.#take(state);
    // The listing does not say when in its course the kernel looked at an element.
    const toleranceMs = EXPIRY_TOLERANCE_MS + this.#slowestApplyMs + readMs;
    if (known && found && !drifted(known, found, { now: now(), toleranceMs })) {
      // What we put is known more exactly than what nft tells.
      this.#believed = { ...known, elements: alive(known.elements, now()) };
    } else if (known) {
      this.counters.mends += 1;
      log('warn', whatHappened(state), { standing: state?.elements.size ?? 0 });
    }
    await this.#advance(toleranceMs);
  }

  /** Remembers what was read. */
  #take(state: TableState | undefined): Believed | undefined {
    if (state && state.dropped.packets >= this.#dropped.packets) this.#dropped = state.dropped;
    const fingerprint = this.#desired?.skeleton.fingerprint;
    const stands = state && fingerprint !== undefined && state.fingerprint === fingerprint;
    this.#believed = stands ? { fingerprint, elements: new Map(state.elements) } : undefined;
    return this.#believed;
  }

  /** From what is believed to what is desired: nothing, one change, or the whole table anew. */
  async #advance(toleranceMs = EXPIRY_TOLERANCE_MS): Promise<void> {
    const desired = this.#desired;
    if (!desired) return;
    const believed = this.#believed;
    if (believed?.fingerprint !== desired.skeleton.fingerprint) return this.#build(desired);
    const options = { now: this.#options.now(), toleranceMs };
    const changes = changesBetween(believed.elements, desired.elements, options);
    if (changes.length === 0) return;
    await this.#apply({ kind: 'change', changes });
    this.counters.elementChanges += changes.length;
    applyChanges(believed.elements, changes);
  }

  async #build({ skeleton, elements }: Desired): Promise<void> {
    const standing = alive(elements, this.#options.now());
    await this.#apply({ kind: 'build', skeleton, elements: standing, dropped: this.#dropped });
    this.counters.builds += 1;
    this.counters.elementChanges += standing.size;
    this.#believed = { fingerprint: skeleton.fingerprint, elements: standing };
  }

  async #apply(transaction: Transaction): Promise<void> {
    const [, applyMs] = await timed(() => this.#options.table.apply(transaction));
    this.#slowestApplyMs = Math.max(this.#slowestApplyMs, applyMs);
    this.counters.transactions += 1;
  }
}

async function timed<Result>(task: () => Promise<Result>): Promise<[Result, number]> {
  const started = performance.now();
  const result = await task();
  return [result, performance.now() - started];
}

/** The kernel ends an element some milliseconds after our clock does: such a leftover is no drift. */
function drifted(known: Believed, found: Believed, options: Required<ChangesOptions>): boolean {
  return changesBetween(found.elements, known.elements, options).some(
    ({ kind, element }) =>
      kind === 'put' || element.expiresMilliseconds > options.now + options.toleranceMs,
  );
}

function whatHappened(state: TableState | undefined): string {
  if (!state) return 'someone removed the table; building it again';
  if (state.fingerprint === undefined) return 'someone changed the rules; building them again';
  return 'someone changed the sets; mending them';
}
