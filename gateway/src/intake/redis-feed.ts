// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision, Logger } from '@weir/wire';
import type { Redis } from 'ioredis';
import { GatewayError } from '../errors.js';
import type { DecisionSource } from './decision-source.js';
import { HeldDecisions } from './held-decisions.js';
import { connectRedis } from './redis-connection.js';

/** Of the keys, as docs/site.md describes them. */
const FORMAT = 2;
/** Field of a collector's hash that is no decision. */
const REVISION = '$revision';
const WAIT_MS = 2000;
const MOST_ENTRIES = 500;
/** What a collector decided that the server does not know any more holds for so long. */
const PATIENCE_MS = 30_000;
/** Collectors tell every five seconds that they are there. */
const SILENCE_MS = 30_000;
const BACKOFF_MS = { first: 250, last: 5000 };

export interface RedisFeedOptions {
  readonly url: URL;
  readonly siteName: string;
  readonly log: Logger;
  /** When no collector has told for so long that it is there, all are lost. */
  readonly silenceMs?: number;
}

/**
 * Follows the decisions of all collectors of a site: first each one's whole, then the stream of changes.
 * Where an entry does not continue what is held, that collector's whole is read again.
 */
export class RedisFeed implements DecisionSource {
  readonly #options: RedisFeedOptions;
  readonly #prefix: string;
  readonly #silenceMs: number;
  readonly #held = new Map<string, HeldDecisions>();
  /** From before a restart, until a collector has told. */
  readonly #restored = new HeldDecisions();
  /** Collectors that the server does not know, and since when (performance.now). */
  readonly #missed = new Map<string, number>();
  #last = '0-0';
  #connected: boolean | undefined;
  /** When a collector told last that it is there, by its clock. */
  #toldBy = '';
  /** When that was news (performance.now). */
  #heard = 0;

  constructor(options: RedisFeedOptions) {
    this.#options = options;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#prefix = `weir:${FORMAT}:{${options.siteName}}`;
  }

  get decisions(): Iterable<Decision> {
    return this.#all().flatMap((held) => [...held.decisions]);
  }

  get size(): number {
    return this.#all().reduce((sum, { size }) => sum + size, 0);
  }

  /** Of the collector that has told last. */
  get revision(): number {
    return Math.max(0, ...this.#all().map(({ revision }) => revision));
  }

  get misunderstood(): number {
    return this.#all().reduce((sum, { misunderstood }) => sum + misunderstood, 0);
  }

  /** Whether there is a Redis, and lately was a collector on it. */
  get connected(): boolean | undefined {
    return this.#connected && performance.now() - this.#heard < this.#silenceMs;
  }

  restore(decisions: readonly unknown[]): void {
    this.#restored.restore(decisions);
  }

  prune(now: number): boolean {
    return this.#all().filter((held) => held.prune(now)).length > 0;
  }

  async probe(_signal: AbortSignal): Promise<void> {
    const redis = await this.#connect();
    await this.#begin(redis).finally(() => redis.disconnect());
  }

  async *follow(signal: AbortSignal): AsyncGenerator<void, void> {
    let backoffMs = BACKOFF_MS.first;
    while (!signal.aborted) {
      try {
        for await (const _ of this.#session(signal)) {
          backoffMs = BACKOFF_MS.first;
          yield;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#lost(error);
        await sleep(backoffMs, undefined, { signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MS.last);
      }
    }
  }

  /** One connection, to its end. */
  async *#session(signal: AbortSignal): AsyncGenerator<void, void> {
    const redis = await this.#connect();
    const end = () => redis.disconnect();
    signal.addEventListener('abort', end, { once: true });
    try {
      await this.#begin(redis);
      this.#found();
      yield;
      while (!signal.aborted) if (await this.#take(redis)) yield;
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  async #connect(): Promise<Redis> {
    const { url } = this.#options;
    return connectRedis(url).catch((cause: Error) => {
      const happened = `The Redis at ${url.host} does not answer: ${cause.message}.`;
      throw new GatewayError('WEIR_GATEWAY_REDIS_UNREACHABLE', happened, { cause });
    });
  }

  /** The end of the stream first: what comes meanwhile is read twice rather than not at all. */
  async #begin(redis: Redis): Promise<void> {
    const news = await redis.xrevrange(`${this.#prefix}:decisions`, '+', '-', 'COUNT', 1);
    const collectors = await redis.zrange(`${this.#prefix}:collectors`, 0, '-1');
    for (const name of collectors) await this.#readWhole(redis, name);
    for (const name of this.#held.keys())
      if (!collectors.includes(name) && !this.#missed.has(name))
        this.#missed.set(name, performance.now());
    if (collectors.length > 0) this.#restored.take(NOTHING, 0);
    this.#heard = performance.now();
    this.#last = news[0]?.[0] ?? '0-0';
  }

  /** Waits for entries. Whether there were any. */
  async #take(redis: Redis): Promise<boolean> {
    const key = `${this.#prefix}:decisions`;
    const options = ['COUNT', MOST_ENTRIES, 'BLOCK', WAIT_MS] as const;
    const answer = await redis.xread(...options, 'STREAMS', key, this.#last);
    const entries = (answer?.[0]?.[1] ?? []) as [string, string[]][];
    for (const [id, fields] of entries) {
      await this.#apply(redis, fields);
      this.#last = id;
    }
    if (entries.length > 0) {
      this.#heard = performance.now();
      return true;
    }
    await this.#noticeNewMemory(redis);
    await this.#listen(redis);
    return this.#forgetMissed();
  }

  async #listen(redis: Redis): Promise<void> {
    const [, toldBy = ''] = await redis.zrange(
      `${this.#prefix}:collectors`,
      '-1',
      '-1',
      'WITHSCORES',
    );
    if (toldBy !== this.#toldBy) this.#heard = performance.now();
    this.#toldBy = toldBy;
  }

  /** A server that began anew counts its entries from before ours: they would never come. */
  async #noticeNewMemory(redis: Redis): Promise<void> {
    const [newest] = await redis.xrevrange(`${this.#prefix}:decisions`, '+', '-', 'COUNT', 1);
    const isBehind = newest === undefined ? this.#last !== '0-0' : isBefore(newest[0], this.#last);
    if (isBehind) throw new GatewayError('WEIR_GATEWAY_REDIS_UNREACHABLE', 'The Redis began anew.');
  }

  /** A server that began anew is told again within seconds. Whether a collector was given up. */
  #forgetMissed(): boolean {
    const now = performance.now();
    const gone = [...this.#missed].filter(([, since]) => now - since > PATIENCE_MS);
    for (const [name] of gone) {
      this.#missed.delete(name);
      this.#held.delete(name);
    }
    return gone.length > 0;
  }

  async #apply(redis: Redis, list: readonly string[]): Promise<void> {
    const { collector = '', revision = '', before = '', change = '{}' } = pairsOf(list);
    const held = this.#held.get(collector);
    if (held && String(held.revision) === revision) return;
    if (!held || before === '' || String(held.revision) !== before)
      return this.#readWhole(redis, collector);
    const { decisions = [], removed = [] } = JSON.parse(change);
    held.take({ revision: Number(revision), complete: false, decisions, removed }, 0);
  }

  async #readWhole(redis: Redis, collector: string): Promise<void> {
    const { [REVISION]: revision = '0', ...texts } = await redis.hgetall(
      `${this.#prefix}:decisions:${collector}`,
    );
    const held = this.#held.get(collector) ?? new HeldDecisions();
    const decisions = Object.values(texts).map((text) => JSON.parse(text));
    held.take({ revision: Number(revision), complete: true, decisions, removed: [] }, 0);
    this.#held.set(collector, held);
    this.#missed.delete(collector);
  }

  #all(): HeldDecisions[] {
    return [this.#restored, ...this.#held.values()];
  }

  #found(): void {
    const at = this.#options.url.host;
    if (!this.#connected) this.#options.log('info', 'collectors found', { redis: at });
    this.#connected = true;
  }

  #lost(error: unknown): void {
    const { message, code } = error as GatewayError;
    if (this.#connected !== false) this.#options.log('warn', message, { code });
    this.#connected = false;
  }
}

const NOTHING = { revision: 0, complete: true, decisions: [], removed: [] };

function pairsOf(list: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) pairs[list[i] ?? ''] = list[i + 1] ?? '';
  return pairs;
}

/** Ids of entries: milliseconds, a hyphen, a number. */
function isBefore(a: string, b: string): boolean {
  const [[aTime = 0, aNumber = 0], [bTime = 0, bNumber = 0]] = [a, b].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]];
  return aTime < bTime || (aTime === bTime && aNumber < bNumber);
}
