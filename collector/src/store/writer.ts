// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import { countDrop, type DropCounters } from '../drops.js';
import { messageOf } from '../errors.js';
import type { FlowStore } from './flow-store.js';

/** An encoded batch on its way into the store. */
interface Block {
  readonly octets: Uint8Array;
  readonly rows: number;
}

export interface WriterOptions {
  readonly store: FlowStore;
  /** Octets that may wait; beyond it the oldest blocks are dropped and counted. */
  readonly pendingBytes: number;
  readonly drops: DropCounters;
  readonly log: Logger;
  /** Wait before a failed insert is tried again; grows up to 30 times. */
  readonly retryMs?: number;
}

export interface WriterState {
  storedRecords: number;
  pendingRecords: number;
  failedInserts: number;
  /** Of the last insert, when it failed. */
  problem: string | undefined;
}

/** Rows of one insert at most: larger inserts gain nothing and hold memory. */
const MOST_ROWS_AN_INSERT = 500_000;

/** One insert at a time; what comes meanwhile waits, and goes in together. */
export class Writer {
  readonly state: WriterState = {
    storedRecords: 0,
    pendingRecords: 0,
    failedInserts: 0,
    problem: undefined,
  };
  readonly #options: WriterOptions;
  #queue: Block[] = [];
  #queuedBytes = 0;
  #addedRecords = 0;
  #running: Promise<void> | undefined;
  #attempt: Promise<boolean> | undefined;
  readonly #giveUp = new AbortController();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Takes a block in; returns at once. */
  add(octets: Uint8Array, rows: number): void {
    if (rows === 0) return;
    this.#queue.push({ octets, rows });
    this.#queuedBytes += octets.length;
    this.#addedRecords += rows;
    this.state.pendingRecords += rows;
    this.#dropOldest();
    this.#running ??= this.#run();
  }

  /** Resolves when what was added so far is stored, or at once while the store refuses records. */
  async flushed(): Promise<void> {
    const added = this.#addedRecords;
    const settled = () => this.#addedRecords - this.state.pendingRecords;
    while (settled() < added && this.state.problem === undefined) await this.#attempt;
  }

  /** Stores what waits, within `graceMs`; what is left then is counted as dropped. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), graceMs);
    await this.#running;
    clearTimeout(timer);
    const left = this.#queue.reduce((sum, block) => sum + block.rows, 0);
    this.state.pendingRecords -= left;
    if (left > 0) countDrop(this.#options.drops, 'storeOverflow', left);
  }

  async #run(): Promise<void> {
    const retryMs = this.#options.retryMs ?? 200;
    let waitMs = retryMs;
    while (this.#queue.length > 0 && !this.#giveUp.signal.aborted) {
      const blocks = this.#next();
      this.#attempt = this.#insert(blocks);
      if (await this.#attempt) {
        waitMs = retryMs;
        continue;
      }
      this.#queue.unshift(...blocks);
      this.#queuedBytes += sizeOf(blocks);
      this.#dropOldest();
      await sleep(waitMs, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs * 30);
    }
    this.#running = undefined;
  }

  #next(): Block[] {
    let rows = 0;
    let count = 0;
    for (const block of this.#queue) {
      if (count > 0 && rows + block.rows > MOST_ROWS_AN_INSERT) break;
      rows += block.rows;
      count++;
    }
    const blocks = this.#queue.splice(0, count);
    this.#queuedBytes -= sizeOf(blocks);
    return blocks;
  }

  async #insert(blocks: readonly Block[]): Promise<boolean> {
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    try {
      await this.#options.store.insert(blocks.map(({ octets }) => octets));
    } catch (error) {
      this.state.failedInserts++;
      this.state.problem = messageOf(error).trim();
      this.#options.log('error', 'the store refused records; trying again', {
        rows,
        problem: this.state.problem,
      });
      return false;
    }
    this.state.storedRecords += rows;
    this.state.pendingRecords -= rows;
    this.state.problem = undefined;
    return true;
  }

  #dropOldest(): void {
    while (this.#queuedBytes > this.#options.pendingBytes && this.#queue.length > 1) {
      const oldest = this.#queue.shift() as Block;
      this.#queuedBytes -= oldest.octets.length;
      this.state.pendingRecords -= oldest.rows;
      countDrop(this.#options.drops, 'storeOverflow', oldest.rows);
    }
  }
}

function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { octets }) => sum + octets.length, 0);
}
