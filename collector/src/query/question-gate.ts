// SPDX-License-Identifier: Apache-2.0
import { QueryError } from './query-error.js';

export interface GateLimits {
  /** Questions that run at the same time. */
  readonly running: number;
  /** Questions that wait behind them; more are refused. */
  readonly waiting: number;
}

/** Bounds how many questions the store works on at once: the rest wait for their turn, in order. */
export class QuestionGate {
  readonly #limits: GateLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  get state(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running, waiting: this.#waiting.length };
  }

  /**
   * Works when there is room; whose signal is aborted while it waits gives its place up.
   * @throws QueryError WEIR_QUERY_BUSY, or the signal's reason
   */
  async run<Answer>(work: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    const release = await this.enter(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** As `run`, for work that ends elsewhere: call what it gives exactly once. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#running >= this.#limits.running) await this.#turn(signal);
    else this.#running++;
    return () => this.#leave();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= this.#limits.waiting) throw new QueryError('WEIR_QUERY_BUSY');
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** The place goes to who waits longest, or becomes free. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
