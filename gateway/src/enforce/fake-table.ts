// SPDX-License-Identifier: Apache-2.0
import { GatewayError } from '../errors.js';
import { alive, applyChanges } from '../plan/changes.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import type { Address } from '../protect/address.js';
import {
  type Count,
  type Counts,
  type KernelTable,
  NOTHING_COUNTED,
  type TableState,
  type Transaction,
} from './kernel-table.js';
import type { Clock } from './nft-table.js';
import { generationChains } from './skeleton.js';

/** A table in memory for tests: elements end by the clock as they do in the kernel. */
export class FakeTable implements KernelTable {
  readonly #now: Clock;
  readonly #layout: MarkLayout;
  #state: TableState | undefined;
  /** Every transaction that was applied, oldest first. */
  readonly applied: Transaction[] = [];
  /** Thrown by the next `apply`, once. */
  failNext: Error | undefined;
  /** Who is there. */
  hosts: readonly Address[] = [];

  constructor(layout: MarkLayout, now: Clock) {
    this.#layout = layout;
    this.#now = now;
  }

  async read(): Promise<TableState | undefined> {
    if (!this.#state) return undefined;
    return { ...this.#state, elements: alive(this.#state.elements, this.#now()) };
  }

  async readCounters(): Promise<Counts> {
    return this.#state?.counters ?? new Map();
  }

  async readHosts(): Promise<readonly Address[]> {
    return this.#state ? this.hosts : [];
  }

  async apply(transaction: Transaction): Promise<void> {
    await this.check(transaction);
    this.applied.push(transaction);
    if (transaction.kind === 'build') this.#build(transaction);
    else if (transaction.kind === 'remove') this.#state = undefined;
    else if (transaction.kind === 'change') this.#change(transaction);
    else this.#sweep(transaction);
  }

  async check(transaction: Transaction): Promise<void> {
    const failure = this.failNext;
    this.failNext = undefined;
    if (failure) throw failure;
    if (transaction.kind === 'build' || transaction.kind === 'remove') return;
    const isEmpty = Object.values(transaction).every(
      (part) => !Array.isArray(part) || part.length === 0,
    );
    const generation = transaction.kind === 'change' ? transaction.generation : undefined;
    if (!this.#state && !(isEmpty && generation === undefined))
      throw new GatewayError('WEIR_GATEWAY_TABLE_GONE', 'There is no table.');
  }

  show(transaction: Transaction): string {
    return JSON.stringify(transaction);
  }

  /** What `nft flush ruleset` does. */
  flush(): void {
    this.#state = undefined;
  }

  /** Someone else's hand in the table. */
  damage(change: Partial<TableState>): void {
    if (this.#state) this.#state = { ...this.#state, ...change };
  }

  /** Traffic that an effect met. */
  count(counter: string, count: Count): void {
    const { counters = new Map() } = this.#state ?? {};
    this.damage({ counters: new Map([...counters, [counter, count]]) });
  }

  #build(transaction: Extract<Transaction, { kind: 'build' }>): void {
    const { skeleton, generation, elements, counters } = transaction;
    const chains = [...skeleton.chains.values(), ...generationChains(generation, this.#layout)];
    this.#state = {
      chains: new Map(chains.map(({ name, fingerprint }) => [name, fingerprint])),
      maps: skeleton.maps,
      counters: new Map(
        [...skeleton.counters].map((name) => [name, counters.get(name) ?? NOTHING_COUNTED]),
      ),
      foreignObjects: [],
      elements: alive(elements, this.#now()),
    };
  }

  #change(transaction: Extract<Transaction, { kind: 'change' }>): void {
    const state = this.#state;
    if (!state) return;
    const { newMaps, newCounters, generation, changes } = transaction;
    const stamps = generation === undefined ? [] : generationChains(generation, this.#layout);
    const chains = new Map(state.chains);
    for (const { name, fingerprint } of [...transaction.chains, ...stamps])
      chains.set(name, fingerprint);
    const elements = alive(state.elements, this.#now());
    applyChanges(elements, changes);
    const counters = new Map(newCounters.map((name) => [name, NOTHING_COUNTED]));
    this.#state = {
      ...state,
      chains,
      maps: new Set([...state.maps, ...newMaps]),
      counters: new Map([...counters, ...state.counters]),
      elements,
    };
  }

  #sweep({ chains, maps, counters }: Extract<Transaction, { kind: 'sweep' }>): void {
    const state = this.#state;
    if (!state) return;
    this.#state = {
      ...state,
      chains: new Map([...state.chains].filter(([name]) => !chains.includes(name))),
      maps: new Set([...state.maps].filter((name) => !maps.includes(name))),
      counters: new Map([...state.counters].filter(([name]) => !counters.includes(name))),
    };
  }
}
