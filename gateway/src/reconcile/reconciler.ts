// SPDX-License-Identifier: Apache-2.0

import type { Logger } from '@weir/wire';
import type { ConnectionMarks } from '../enforce/connection-marks.js';
import type { Counts, KernelTable, TableState, Transaction } from '../enforce/kernel-table.js';
import type { Clock } from '../enforce/nft-table.js';
import { FIXED_CHAINS, type Skeleton } from '../enforce/skeleton.js';
import { type GatewayError, isGatewayError } from '../errors.js';
import {
  alive,
  applyChanges,
  type ChangesOptions,
  changesBetween,
  isNews,
  LISTED_TOLERANCE_MS,
  OWN_TOLERANCE_MS,
  only,
} from '../plan/changes.js';
import { mapKindOf } from '../plan/level.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import type { ElementMap } from '../plan/set-element.js';
import { type Believed, believedOf, builtOf, damageOf } from './believed.js';
import { Generations } from './generations.js';
import { Wishes } from './wishes.js';

/** What the kernel should hold. */
export interface Desired {
  readonly skeleton: Skeleton;
  readonly elements: ElementMap;
  /** What is new in it, where only that has to be looked at. */
  readonly news?: DesiredNews;
}

export interface DesiredNews {
  /** Counts what was desired, one after the other. */
  readonly version: number;
  /** Ids of elements that may be others than in the version before. */
  readonly changed: ReadonlySet<string>;
}

/** A generation, and the one to be written when connections are to be judged again. */
type Turn = Pick<Generations, 'current' | 'next'>;

export interface ReconcilerOptions {
  readonly table: KernelTable;
  readonly log: Logger;
  readonly now: Clock;
  readonly marks: Pick<ConnectionMarks, 'forgetGenerations' | 'forgetAll'>;
  readonly layout: MarkLayout;
}

interface StepOptions extends Required<ChangesOptions> {
  readonly turn: Turn;
  /** Elements that have to be looked at; absent: all. */
  readonly ids?: ReadonlySet<string> | undefined;
  /** What ends within so many ms is left to end. */
  readonly endingMs?: number;
}

/** What another process may have taken for a transaction. */
const OTHERS_APPLY_MS = 1000;

export interface ReconcilerCounters {
  /** Transactions that the kernel took. */
  transactions: number;
  /** Elements put or removed by them. */
  elementChanges: number;
  /** Times that the table was built: 1 for the start, more when someone removed or bent it. */
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
  readonly #wishes = new Wishes();
  /** What the table held when we last read or changed it; undefined: not known. */
  #believed: Believed | undefined;
  /** An element expires later than wanted by the time that its transaction took. */
  #slowestApplyMs = 0;
  #counts: Counts = new Map();
  readonly #generations: Generations;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    const { marks, layout, log } = options;
    const whenClear = () => this.#beginGeneration();
    this.#generations = new Generations({ marks, most: layout.generations, log, whenClear });
  }

  /** Why marks of connections count for nothing for the time being; undefined while all is well. */
  get problem(): GatewayError | undefined {
    return this.#generations.problem;
  }

  /** What counters said when they were last read, by name. */
  get counts(): Counts {
    return this.#counts;
  }

  get desired(): Desired | undefined {
    return this.#desired;
  }

  /** Sets what is desired and applies the difference; reads the kernel first where it is not known. */
  want(desired: Desired): Promise<void> {
    this.#desired = { ...desired, elements: this.#wishes.take(desired) };
    return this.#enqueue(() => this.#bring());
  }

  /** Reads the kernel's table and mends what differs. */
  verify(): Promise<void> {
    return this.#enqueue(() => this.#verify());
  }

  /** As `verify`, where somebody else has had a hand in the table: nobody knows what his rules wrote into marks. */
  mend(): Promise<void> {
    return this.#enqueue(() => {
      this.#generations.distrust();
      return this.#verify();
    });
  }

  /** Reads the counters only. */
  count(): Promise<void> {
    return this.#enqueue(async () => {
      this.#takeCounts(await this.#options.table.readCounters());
    });
  }

  /** Removes the table, and what marks of connections say; `want` would build it again. */
  remove(): Promise<void> {
    const { table, marks, log } = this.#options;
    return this.#enqueue(async () => {
      this.#desired = undefined;
      this.#believed = undefined;
      this.#generations.distrust();
      await table.apply({ kind: 'remove' });
      await marks.forgetAll().catch(({ message, code }: GatewayError) => {
        log('warn', message, { code });
      });
    });
  }

  /** The transaction that would bring what stands to `desired`; undefined: nothing is to do. */
  async missing(desired: Desired): Promise<Transaction | undefined> {
    const [state, readMs] = await timed(() => this.#options.table.read());
    if (state) this.#takeCounts(state.counters);
    // Who put the elements took some time, too, as long as this one took to read them for all we know.
    const toleranceMs = LISTED_TOLERANCE_MS + 2 * readMs + OTHERS_APPLY_MS;
    const found = state && believedOf(state, this.#options.layout);
    return this.#stepFrom(found, desired, {
      ...{ now: this.#options.now(), toleranceMs, turn: this.#turnAfter(found?.generation) },
      // It may have ended for one of the two.
      endingMs: toleranceMs,
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#queue;
    await this.#generations.idle();
    await this.#queue;
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

  async #bring(): Promise<void> {
    if (!this.#believed) return this.#verify();
    try {
      await this.#advance(OWN_TOLERANCE_MS, this.#wishes.unsettled);
    } catch (error) {
      // The table is gone, or an element stands otherwise than we believe: look, and try once more.
      if (!isDisbelief(error)) throw error;
      await this.#verify();
    }
  }

  async #verify(): Promise<void> {
    const { table, log, now } = this.#options;
    const [state, readMs] = await timed(() => table.read());
    const known = this.#believed;
    const found = this.#take(state);
    // The listing does not say when in its course the kernel looked at an element.
    const toleranceMs = LISTED_TOLERANCE_MS + this.#slowestApplyMs + readMs;
    const damage = known ? damageOf(known, found, { now: now(), toleranceMs }) : undefined;
    if (known && found && damage === undefined) {
      // What we put is known more exactly than what nft tells.
      this.#believed = { ...found, elements: alive(known.elements, now()) };
    } else if (damage !== undefined) {
      this.counters.mends += 1;
      log('warn', damage, { standing: state?.elements.size ?? 0 });
    }
    await this.#advance(damage === undefined && known ? OWN_TOLERANCE_MS : toleranceMs);
    await this.#sweep();
    if (this.#believed?.generation === 0) this.#generations.clear();
  }

  /** Remembers what was read. */
  #take(state: TableState | undefined): Believed | undefined {
    if (state) this.#takeCounts(state.counters);
    this.#believed = state && believedOf(state, this.#options.layout);
    const isOther = this.#believed && this.#believed.generation !== this.#generations.current;
    if (isOther) this.#generations.distrust();
    return this.#believed;
  }

  /** Keeps what a counter said before its table went. */
  #takeCounts(found: Counts): void {
    this.#counts = new Map([...this.#counts, ...found]);
  }

  /** From what is believed to what is desired: nothing, one change, or the whole table anew. */
  async #advance(toleranceMs: number, ids?: ReadonlySet<string>): Promise<void> {
    const desired = this.#desired;
    if (!desired) return;
    const believed = this.#believed;
    const options = { now: this.#options.now(), toleranceMs, turn: this.#generations, ids };
    const step = this.#stepFrom(believed, desired, options);
    this.#wishes.settle();
    if (!step) return;
    await this.#apply(step);
    if (step.kind === 'build') this.#built(step);
    else if (step.kind === 'change' && believed) this.#changed(believed, step);
  }

  #stepFrom(
    believed: Believed | undefined,
    desired: Desired,
    { turn, ids, endingMs = 0, ...options }: StepOptions,
  ): Transaction | undefined {
    const { skeleton } = desired;
    const generation = turn.next;
    if (!believed) {
      const elements = alive(desired.elements, options.now);
      return { kind: 'build', skeleton, generation, elements, counters: this.#counts };
    }
    const changes = changesBetween(
      only(believed.elements, ids),
      only(desired.elements, ids),
      options,
    ).filter(({ element }) => element.expiresMilliseconds > options.now + endingMs);
    // Where no mark counts nobody has to be judged again.
    const isDue =
      turn.current === 0 ? turn.next > 0 : changes.some((one) => isNews(one, options.now));
    const isStale = isDue || believed.generation !== turn.current;
    const step = {
      kind: 'change' as const,
      newMaps: [...skeleton.maps].filter((name) => !believed.maps.has(name)),
      newCounters: [...skeleton.counters].filter((name) => !believed.counters.has(name)),
      chains: [...skeleton.chains.values()].filter(
        ({ name, fingerprint }) => believed.chains.get(name) !== fingerprint,
      ),
      generation: isStale ? generation : undefined,
      changes,
    };
    const isNothing = !isStale && changes.length + step.chains.length + step.newMaps.length === 0;
    return isNothing ? undefined : step;
  }

  #built({ skeleton, generation, elements }: Extract<Transaction, { kind: 'build' }>): void {
    this.counters.builds += 1;
    this.counters.elementChanges += elements.size;
    this.#generations.begin(generation);
    this.#believed = builtOf({ skeleton, generation, elements });
  }

  #changed(believed: Believed, step: Extract<Transaction, { kind: 'change' }>): void {
    this.counters.elementChanges += step.changes.length;
    for (const { name, fingerprint } of step.chains) believed.chains.set(name, fingerprint);
    for (const name of step.newMaps) believed.maps.add(name);
    for (const name of step.newCounters) believed.counters.add(name);
    applyChanges(believed.elements, step.changes);
    if (step.generation === undefined) return;
    this.#generations.begin(step.generation);
    believed.generation = step.generation;
  }

  #beginGeneration(): void {
    this.#enqueue(() => this.#bring()).catch(({ message, code }: GatewayError) => {
      this.#options.log('error', message, { code });
    });
  }

  /** For who only looks: the generation that he finds is the right one. */
  #turnAfter(found: number | undefined): Turn {
    const count = this.#options.layout.generations + 1;
    return { current: found ?? 0, next: found ? (found + 1) % count : 0 };
  }

  /**
   * Removes what nothing leads to. An element that expired holds its chain until the kernel has collected it:
   * then the transaction fails, and the next pass tries again.
   */
  async #sweep(): Promise<void> {
    const [believed, skeleton] = [this.#believed, this.#desired?.skeleton];
    if (!believed || !skeleton) return;
    const unused = (names: Iterable<string>, used: ReadonlySet<string>) =>
      [...names].filter((name) => !used.has(name));
    const kept = new Set([...skeleton.chains.keys(), ...FIXED_CHAINS]);
    const step = {
      kind: 'sweep' as const,
      chains: unused(believed.chains.keys(), kept),
      maps: unused(believed.maps, skeleton.maps).filter((name) => mapKindOf(name) !== undefined),
      counters: unused(believed.counters, skeleton.counters),
    };
    if (step.chains.length + step.maps.length + step.counters.length === 0) return;
    try {
      await this.#options.table.apply(step);
    } catch (error) {
      this.#options.log('debug', 'what is not used any more stays a while', {
        reason: (error as Error).message,
      });
      return;
    }
    for (const name of step.chains) believed.chains.delete(name);
    for (const name of step.maps) believed.maps.delete(name);
    for (const name of step.counters) believed.counters.delete(name);
  }

  async #apply(transaction: Transaction): Promise<void> {
    const [, applyMs] = await timed(() => this.#options.table.apply(transaction));
    this.#slowestApplyMs = Math.max(this.#slowestApplyMs, applyMs);
    this.counters.transactions += 1;
  }
}

/** Whether a transaction failed since the table is not as we believe. */
function isDisbelief(error: unknown): boolean {
  return (['WEIR_GATEWAY_TABLE_GONE', 'WEIR_GATEWAY_NFT_FAILED'] as const).some((code) =>
    isGatewayError(error, code),
  );
}

async function timed<Result>(task: () => Promise<Result>): Promise<[Result, number]> {
  const started = performance.now();
  const result = await task();
  return [result, performance.now() - started];
}
