// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CollectorError, messageOf } from '../errors.js';
import type { ClickhouseAddress } from './clickhouse-address.js';
import { failureOf, failureText } from './clickhouse-failure.js';
import { ClickhouseHost } from './clickhouse-host.js';

/** A host that failed is the last one to be asked for so long. */
const AVOID_MS = 10_000;
const DEADLINE_MS = 120_000;
/** Of the nine levels the quickest: it makes a quarter of records. */
const GZIP = { codec: 'gzip', level: 1 } as const;

interface Known {
  readonly host: ClickhouseHost;
  /** Why it did not answer lately; undefined while it does. */
  problem: string | undefined;
  failedMilliseconds: number;
}

/** The servers of a cluster, or one: a request goes to one that answers. */
export class ClickhouseHosts {
  readonly #address: ClickhouseAddress;
  readonly #deadlineMs: number;
  #known: Known[] = [];

  /** Opens nothing. @param deadlineMs of inserts and of the store's own statements */
  constructor(address: ClickhouseAddress, deadlineMs = DEADLINE_MS) {
    this.#address = address;
    this.#deadlineMs = deadlineMs;
  }

  /** Waits for nobody. @throws CollectorError WEIR_COLLECTOR_CLICKHOUSE when the file of authorities cannot be read */
  open(): void {
    const { urls, username, password, pathname, caFile, compression } = this.#address;
    const tls = caFile === undefined ? {} : { tls: { ca_cert: authoritiesIn(caFile) } };
    const gzip = compression === 'gzip' ? { compression: { request: GZIP } } : {};
    const client = { username, password, pathname, ...tls, ...gzip };
    const known = urls.map((url) => ({
      host: new ClickhouseHost({ url, client, deadlineMs: this.#deadlineMs }),
      problem: undefined,
      failedMilliseconds: 0,
    }));
    // Several collectors do not all begin with the same server.
    const first = randomInt(known.length);
    this.#known = [...known.slice(first), ...known.slice(0, first)];
  }

  async close(): Promise<void> {
    await Promise.all(this.#known.splice(0).map(({ host }) => host.close()));
  }

  /** Who does not answer, in words; undefined while all do. */
  get problem(): string | undefined {
    const away = this.#known.filter(({ problem }) => problem !== undefined);
    if (away.length === 0) return undefined;
    const who = away.map(({ host, problem }) => `${host.url} (${problem})`).join(', ');
    return away.length === this.#known.length
      ? `ClickHouse does not answer: ${who}; what comes waits in the spool`
      : `${away.length} of ${this.#known.length} addresses of ClickHouse do not answer: ${who}`;
  }

  /** Asks every host whether it is there. Never throws. */
  async look(): Promise<void> {
    await Promise.all(
      this.#known.map((known) => this.#at(known, (host) => host.ping()).catch(() => undefined)),
    );
  }

  /**
   * Gives the work to the hosts, one after the other, until one of them can do it.
   * @throws the last one's error
   */
  async first<Result>(
    work: (host: ClickhouseHost) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    let failure: unknown = new Error('the store is not open');
    for (const known of this.#inOrder()) {
      try {
        return await this.#at(known, work, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!isWorthAnother(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** The same for an answer in parts: once the first is there, no other host is asked. */
  async *stream<Part>(
    work: (host: ClickhouseHost) => AsyncIterable<Part>,
    signal: AbortSignal,
  ): AsyncGenerator<Part> {
    let failure: unknown = new Error('the store is not open');
    for (const known of this.#inOrder()) {
      let begun = false;
      try {
        for await (const part of work(known.host)) {
          begun = true;
          yield part;
        }
        return;
      } catch (error) {
        if (begun || signal.aborted || !isWorthAnother(error)) throw error;
        note(known, error);
        failure = error;
      }
    }
    throw failure;
  }

  /** Who answers first: those that did not fail lately. */
  #inOrder(): Known[] {
    const since = Date.now() - AVOID_MS;
    const avoided = this.#known.filter(({ failedMilliseconds }) => failedMilliseconds > since);
    return [...this.#known.filter((known) => !avoided.includes(known)), ...avoided];
  }

  async #at<Result>(
    known: Known,
    work: (host: ClickhouseHost) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    try {
      const result = await work(known.host);
      known.problem = undefined;
      known.failedMilliseconds = 0;
      return result;
    } catch (error) {
      // Who leaves a question has not found the host away.
      if (signal?.aborted !== true) note(known, error);
      throw error;
    }
  }
}

function isWorthAnother(error: unknown): boolean {
  return ['away', 'host'].includes(failureOf(error));
}

function note(known: Known, error: unknown): void {
  if (failureOf(error) !== 'away') return;
  known.problem = failureText(error);
  known.failedMilliseconds = Date.now();
}

function authoritiesIn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CollectorError(
      'WEIR_COLLECTOR_CLICKHOUSE',
      `the authorities in ?ca= cannot be read: ${messageOf(error)}`,
      error,
    );
  }
}
