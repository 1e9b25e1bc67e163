// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from '@weir/wire';
import { type ChainableCommander, Redis, type RedisOptions } from 'ioredis';
import { CollectorError, messageOf } from '../errors.js';
import { RedisConnector } from './redis-connector.js';

/** A command's answer of one kind or the other; what it is the caller knows. */
export type RedisAnswer = unknown;

const DEFAULT_PORT = 6379;
/** ioredis's words. */
const CLOSED = 'Connection is closed.';
const COMMAND_TIMEOUT_MS = 5000;
const MOST_RECONNECT_MS = 2000;

export interface RedisLinkOptions {
  /** redis://[user:password@]host[:port][/database]; rediss:// with TLS, then [?ca=FILE], too. */
  readonly url: string;
  /** Key of the string that tells one memory of the server from another. */
  readonly memoryKey: string;
  readonly log: Logger;
}

/** A connection that comes back by itself. No command waits for it: each fails at once while it is away. */
export class RedisLink {
  /** For people: without user and password. */
  readonly shown: string;
  readonly #options: RedisLinkOptions;
  readonly #url: URL;
  #redis: Redis | undefined;
  #memory: string | undefined;
  #problem: string | undefined = 'not connected yet';

  /** Opens nothing. @throws CollectorError WEIR_COLLECTOR_REDIS when the URL cannot be read */
  constructor(options: RedisLinkOptions) {
    this.#options = options;
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
      throw new CollectorError('WEIR_COLLECTOR_REDIS', 'write it like redis://localhost:6379/0');
    }
    this.shown = `${url.protocol}//${url.host}${url.pathname}`;
    this.#url = url;
  }

  get isReady(): boolean {
    return this.#redis?.status === 'ready';
  }

  /** Why something did not work lately; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Returns at once; the connection may come later, or never.
   * @throws CollectorError WEIR_COLLECTOR_REDIS when the file of authorities cannot be read
   */
  start(): void {
    const redis = new Redis(connectionOptions(this.#url));
    this.#redis = redis;
    redis.on('error', (error) => this.failed(error));
    redis.connect().catch((error: unknown) => this.failed(error));
  }

  stop(): void {
    this.#redis?.disconnect();
  }

  /** Commands that go out together. @throws Error before `start` */
  pipeline(): ChainableCommander {
    return this.#connection().pipeline();
  }

  /** Commands that happen together or not at all. @throws Error before `start` */
  transaction(): ChainableCommander {
    return this.#connection().multi();
  }

  /**
   * Whether this is the server's memory of the last time; false after a restart without a disk, or
   * when somebody emptied it. @throws the connection's or the server's error
   */
  async hasSameMemory(): Promise<boolean> {
    const { memoryKey } = this.#options;
    const [, memory] = await answersOf(
      this.pipeline().set(memoryKey, randomUUID(), 'NX').get(memoryKey),
    );
    const isSame = this.#memory === memory;
    this.#memory = memory as string;
    return isSame;
  }

  /**
   * How far a clock is ahead of the server's, in ms; NaN: the server does not say.
   * @throws the connection's or the server's error
   */
  async aheadOfServer(now: () => number): Promise<number> {
    const asked = now();
    const [said] = await answersOf(this.pipeline().info('server'));
    const [, microseconds = 'NaN'] = /^server_time_usec:(\d+)/m.exec(String(said)) ?? [];
    return (asked + now()) / 2 - Number(microseconds) / 1000;
  }

  #connection(): Redis {
    if (this.#redis === undefined) throw new Error('Redis is not connected');
    return this.#redis;
  }

  /** Takes note of what did not work, and says so once. */
  failed(error: unknown): void {
    const problem = messageOf(error) || 'the connection failed';
    // It follows whatever closed the connection, and says less.
    if (problem === CLOSED && this.#problem !== undefined) return;
    if (this.#problem !== problem) this.#options.log('warn', 'Redis does not work', { problem });
    this.#problem = problem;
  }

  succeeded(): void {
    if (this.#problem !== undefined) this.#options.log('info', 'Redis works', { at: this.shown });
    this.#problem = undefined;
  }
}

function connectionOptions(url: URL): RedisOptions {
  const ca = url.searchParams.get('ca');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORT),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: ca === null ? {} : { ca: authorities(ca) } } : {}),
    Connector: RedisConnector,
    lazyConnect: true,
    // What is published is what holds then: nothing is worth keeping in a queue.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MOST_RECONNECT_MS),
    // The answers of version 2 have the same shapes on all servers.
    protocol: 2,
    disableClientInfo: true,
  };
}

function authorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CollectorError('WEIR_COLLECTOR_REDIS', `ca=${file}: ${messageOf(error)}`, error);
  }
}

/** Answers in the commands' order. @throws the first error among them */
export async function answersOf(commands: ChainableCommander): Promise<RedisAnswer[]> {
  const results = (await commands.exec()) ?? [];
  return results.map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}

/** An entry of a stream, its fields by name. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Entries of XRANGE, XREVRANGE. */
export function streamEntries(answer: RedisAnswer): StreamEntry[] {
  const entries = (answer ?? []) as [id: string, fields: string[] | null][];
  return entries.map(([id, fields]) => ({ id, fields: pairsOf(fields ?? []) }));
}

/** Entries of XREAD on one stream. */
export function readEntries(answer: RedisAnswer): StreamEntry[] {
  const streams = (answer ?? []) as [name: string, entries: unknown][];
  return streamEntries(streams[0]?.[1]);
}

/** A flat list of names and values, as a record; also takes what HGETALL gives. */
export function pairsOf(answer: RedisAnswer): Record<string, string> {
  if (!Array.isArray(answer)) return (answer ?? {}) as Record<string, string>;
  const pairs: Record<string, string> = {};
  for (let i = 0; i + 1 < answer.length; i += 2) pairs[answer[i]] = answer[i + 1];
  return pairs;
}
