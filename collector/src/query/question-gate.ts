// SPDX-License-Identifier: Apache-2.0
import { QueryError } from './query-error.js';

export interface GateLimits {
  /** Questions that run at the same time. */
  readonly running: number;
  /** Questions that wait behind them; more are refused. */
  readonly waiting: number;
  /** A question that waits for so long is refused, too. @default however long */
  readonly waitMs?: number;
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
   * @throws QueryError WEIR_QUERY_BUSY, WEIR_QUERY_NO_TURN, or the signal's reason
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
    const { waitMs } = this.#limits;
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const giveUp = (reason: unknown) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(reason);
      };
      const leave = () => giveUp(signal?.reason);
      const refuse = () => giveUp(new QueryError('WEIR_QUERY_NO_TURN'));
      const timer = waitMs === undefined ? undefined : setTimeout(refuse, waitMs);
      this.#waiting.push(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** The place goes to who waits longest, or becomes free. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
