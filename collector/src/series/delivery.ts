// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import type { InfluxWriter } from './influx-writer.js';
import type { PointSpool } from './point-spool.js';

export interface DeliveryOptions {
  readonly spool: PointSpool;
  readonly writer: InfluxWriter;
  readonly log: Logger;
  /** Wait before a failed write is tried again; grows up to 60 times. */
  readonly retryMs?: number;
}

const MOST_BACKOFF = 60;

/** Takes files from the spool to InfluxDB, one at a time, oldest first, until each is there. */
export class Delivery {
  readonly state = {
    writtenPoints: 0,
    failedWrites: 0,
    /** Of the last write, when it failed. */
    problem: undefined as string | undefined,
    /** Of the last file that InfluxDB refused for good. */
    refusal: undefined as string | undefined,
  };
  readonly #options: DeliveryOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** There may be something in the spool. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Goes on for `graceMs` at most; what is left then stays in the spool. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stopping.abort(), graceMs);
    const isAway = this.state.problem !== undefined;
    if (isAway) this.#stopping.abort();
    // A request under way is left alone: its points are written again by the next process.
    await Promise.race([this.#running, aborted(this.#stopping.signal)]);
    clearTimeout(timer);
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { spool, retryMs = 1000 } = this.#options;
    let waitMs = retryMs;
    while (!this.#stopping.signal.aborted) {
      const file = await spool.oldest();
      if (file === undefined) return;
      if (await this.#deliver(file)) {
        waitMs = retryMs;
        continue;
      }
      await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs * MOST_BACKOFF);
    }
  }

  /** @returns whether the file needs no other try */
  async #deliver(file: NonNullable<Awaited<ReturnType<PointSpool['oldest']>>>): Promise<boolean> {
    const { spool, writer, log } = this.#options;
    const result = await writer.write(file.points);
    if (result.outcome === 'failed') {
      this.state.failedWrites++;
      if (this.state.problem !== result.problem) {
        log('warn', 'InfluxDB does not take points; trying again', { problem: result.problem });
      }
      this.state.problem = result.problem;
      return false;
    }
    if (this.state.problem !== undefined) log('info', 'InfluxDB takes points again');
    this.state.problem = undefined;
    if (result.outcome === 'written') {
      this.state.writtenPoints += file.points.length;
      await spool.remove(file.number);
      return true;
    }
    this.state.refusal = result.problem;
    log('error', 'InfluxDB refused points', { file: file.number, problem: result.problem });
    await spool.refuse(file.number);
    return true;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
