// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision, Logger } from '@weir/wire';
import type { Redis } from 'ioredis';
import { GatewayError } from '../errors.js';
import { ClockCorrection } from './clock-correction.js';
import type { DecisionSource, ToldByCollector } from './decision-source.js';
import { HeldDecisions } from './held-decisions.js';
import { connectRedis, serverAhead } from './redis-connection.js';
import { SiteCollector } from './site-collector.js';

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
  /** Ms since the epoch; expiries are kept by it. */
  readonly now?: () => number;
  /** A collector that has not told for so long that it is there is not. */
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
  readonly #now: () => number;
  readonly #correction: ClockCorrection;
  readonly #collectors = new Map<string, SiteCollector>();
  /** From before a restart, until a collector has told. */
  readonly #restored = new HeldDecisions();
  #last = '0-0';
  #isConnected: boolean | undefined;
  /** How far the server's clock is ahead of ours, in ms; NaN: it does not say. */
  #serverAhead = Number.NaN;
  /** When collectors were looked for last (performance.now). */
  #lookedAt = 0;

  constructor(options: RedisFeedOptions) {
    this.#options = options;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#now = options.now ?? Date.now;
    this.#prefix = `weir:${FORMAT}:{${options.siteName}}`;
    this.#correction = new ClockCorrection(options.log);
  }

  get told(): ToldByCollector[] {
    const told = [...this.#collectors].map(([collector, one]) => {
      const isThere = this.#isConnected && !one.isSilent(this.#silenceMs);
      return { collector, decisions: one.held.decisions, isThere };
    });
    const { decisions } = this.#restored;
    return [{ collector: 'before the restart', decisions, isThere: this.connected }, ...told];
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

  get connected(): boolean | undefined {
    const collectors = [...this.#collectors.values()];
    return this.#isConnected && collectors.some((one) => !one.isSilent(this.#silenceMs));
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
    this.#serverAhead = await serverAhead(redis, this.#now);
    for (const name of collectors) await this.#readWhole(redis, name);
    for (const [name, one] of this.#collectors)
      if (!collectors.includes(name)) one.missedSince ??= performance.now();
    if (collectors.length > 0) this.#restored.take(NOTHING, 0);
    await this.#lookForCollectors(redis);
    this.#last = news[0]?.[0] ?? '0-0';
  }

  /** Waits for entries. Whether there is news. */
  async #take(redis: Redis): Promise<boolean> {
    const key = `${this.#prefix}:decisions`;
    const options = ['COUNT', MOST_ENTRIES, 'BLOCK', WAIT_MS] as const;
    const answer = await redis.xread(...options, 'STREAMS', key, this.#last);
    const entries = (answer?.[0]?.[1] ?? []) as [string, string[]][];
    for (const [id, fields] of entries) {
      await this.#apply(redis, fields);
      this.#last = id;
    }
    if (entries.length === 0) await this.#noticeNewMemory(redis);
    if (performance.now() - this.#lookedAt >= WAIT_MS) await this.#lookForCollectors(redis);
    return this.#forgetMissed() || entries.length > 0;
  }

  /** Who has shown himself, and how far clocks differ now. */
  async #lookForCollectors(redis: Redis): Promise<void> {
    this.#lookedAt = performance.now();
    const key = `${this.#prefix}:collectors`;
    const appeared = pairsOf(await redis.zrange(key, 0, '-1', 'WITHSCORES'));
    this.#serverAhead = await serverAhead(redis, this.#now);
    for (const [name, one] of this.#collectors) {
      one.see(appeared[name]);
      await this.#readClock(redis, name);
    }
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
    const gone = [...this.#collectors].filter(
      ([, { missedSince = now }]) => now - missedSince > PATIENCE_MS,
    );
    for (const [name] of gone) this.#collectors.delete(name);
    return gone.length > 0;
  }

  async #apply(redis: Redis, list: readonly string[]): Promise<void> {
    const { collector = '', revision = '', before = '', change = '{}' } = pairsOf(list);
    const one = this.#collectors.get(collector);
    one?.hear();
    if (one && String(one.held.revision) === revision) return;
    if (!one || before === '' || String(one.held.revision) !== before)
      return this.#readWhole(redis, collector);
    const { decisions = [], removed = [] } = JSON.parse(change);
    const answer = { revision: Number(revision), complete: false, decisions, removed };
    one.held.take(answer, this.#correctionOf(one));
  }

  async #readWhole(redis: Redis, collector: string): Promise<void> {
    const { [REVISION]: revision = '0', ...texts } = await redis.hgetall(
      `${this.#prefix}:decisions:${collector}`,
    );
    const one = this.#collectors.get(collector) ?? new SiteCollector();
    this.#collectors.set(collector, one);
    one.missedSince = undefined;
    await this.#readClock(redis, collector);
    const decisions = Object.values(texts).map((text) => JSON.parse(text));
    const answer = { revision: Number(revision), complete: true, decisions, removed: [] };
    one.held.take(answer, this.#correctionOf(one));
  }

  async #readClock(redis: Redis, collector: string): Promise<void> {
    const ahead = await redis.get(`${this.#prefix}:clock:${collector}`);
    const one = this.#collectors.get(collector);
    if (one) one.clockAheadMilliseconds = ahead === null ? Number.NaN : Number(ahead);
  }

  #correctionOf({ clockAheadMilliseconds }: SiteCollector): number {
    return this.#correction.of(clockAheadMilliseconds + this.#serverAhead);
  }

  #all(): HeldDecisions[] {
    return [this.#restored, ...[...this.#collectors.values()].map(({ held }) => held)];
  }

  #found(): void {
    const at = this.#options.url.host;
    if (!this.#isConnected) this.#options.log('info', 'collectors found', { redis: at });
    this.#isConnected = true;
  }

  #lost(error: unknown): void {
    const { message, code } = error as GatewayError;
    if (this.#isConnected !== false) this.#options.log('warn', message, { code });
    this.#isConnected = false;
  }
}

const NOTHING = { revision: 0, complete: true, decisions: [], removed: [] };

/** A flat list of names and values. */
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
