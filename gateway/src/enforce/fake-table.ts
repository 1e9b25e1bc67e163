// SPDX-License-Identifier: Apache-2.0
import { GatewayError } from '../errors.js';
import { alive, applyChanges, type ElementChange } from '../plan/changes.js';
import {
  type DropCount,
  type KernelTable,
  NOTHING_DROPPED,
  type TableState,
  type Transaction,
} from './kernel-table.js';
import type { Clock } from './nft-table.js';

/** A table in memory for tests: elements end by the clock as they do in the kernel. */
export class FakeTable implements KernelTable {
  readonly #now: Clock;
  #state: TableState | undefined;
  /** Every transaction that was applied, oldest first. */
  readonly applied: Transaction[] = [];
  /** Thrown by the next `apply`, once. */
  failNext: Error | undefined;

  constructor(now: Clock) {
    this.#now = now;
  }

  async read(): Promise<TableState | undefined> {
    if (!this.#state) return undefined;
    return { ...this.#state, elements: alive(this.#state.elements, this.#now()) };
  }

  async apply(transaction: Transaction): Promise<void> {
    await this.check(transaction);
    this.applied.push(transaction);
    if (transaction.kind === 'build') this.#build(transaction);
    else if (transaction.kind === 'remove') this.#state = undefined;
    else this.#change(transaction.changes);
  }

  async check(transaction: Transaction): Promise<void> {
    const failure = this.failNext;
    this.failNext = undefined;
    if (failure) throw failure;
    if (transaction.kind === 'change' && transaction.changes.length > 0 && !this.#state)
      throw new GatewayError('WEIR_GATEWAY_TABLE_GONE', 'There is no table.');
  }

  /** What `nft flush ruleset` does. */
  flush(): void {
    this.#state = undefined;
  }

  /** Someone else's hand in the table. */
  damage(change: Partial<TableState>): void {
    if (this.#state) this.#state = { ...this.#state, ...change };
  }

  /** Traffic that the drop rules caught. */
  drop(dropped: DropCount): void {
    this.damage({ dropped });
  }

  #build({ skeleton, elements, dropped }: Extract<Transaction, { kind: 'build' }>): void {
    this.#state = {
      fingerprint: skeleton.fingerprint,
      foreignObjects: [],
      elements: alive(elements, this.#now()),
      dropped: dropped ?? NOTHING_DROPPED,
    };
  }

  #change(changes: readonly ElementChange[]): void {
    if (!this.#state) return;
    const elements = alive(this.#state.elements, this.#now());
    applyChanges(elements, changes);
    this.#state = { ...this.#state, elements };
  }
}
