// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import { API, ErrorResponse } from '@weir/wire';
import { Value } from 'typebox/value';
import { GatewayError } from '../errors.js';
import { ClockCorrection } from './clock-correction.js';
import { CollectorConnection } from './collector-connection.js';
import type { DecisionSource, ToldByCollector } from './decision-source.js';
import { DecisionsEnvelope, HeldDecisions } from './held-decisions.js';

export interface DecisionFeedOptions {
  /** The collector's base URL. */
  readonly collector: URL;
  readonly connection?: CollectorConnection;
  /** How long one question may wait for news. */
  readonly waitSeconds: number;
  /** As the collector should know it. A key's name goes before. */
  readonly gatewayName: string;
  readonly log: Logger;
  /** Ms since the epoch; expiries are kept by it. */
  readonly now?: () => number;
  /** Between attempts while the collector is away: doubled from the first to the last. */
  readonly backoffMs?: { readonly first: number; readonly last: number };
}

/** A long poll gets this much longer than it asked for before it counts as dead. */
const ANSWER_GRACE_MS = 10_000;
/** A collector that answers at once without news is asked at most this often. */
const IDLE_PAUSE_MS = 250;

interface Answer {
  readonly body: DecisionsEnvelope;
  readonly clockOffsetMilliseconds: number;
}

/** Follows the collector's decisions by long poll; keeps going whatever happens to the collector. */
export class DecisionFeed implements DecisionSource {
  readonly held = new HeldDecisions();
  readonly #options: DecisionFeedOptions;
  readonly #backoffMs: { readonly first: number; readonly last: number };
  readonly #connection: CollectorConnection;
  readonly #now: () => number;
  #connected: boolean | undefined;
  readonly #correction: ClockCorrection;
  #failures = 0;

  constructor(options: DecisionFeedOptions) {
    this.#options = options;
    this.#connection = options.connection ?? new CollectorConnection();
    this.#now = options.now ?? Date.now;
    this.#correction = new ClockCorrection(options.log);
    this.#backoffMs = options.backoffMs ?? { first: 250, last: 10_000 };
  }

  /** Undefined before the first attempt has ended. */
  get connected(): boolean | undefined {
    return this.#connected;
  }

  /** Attempts that failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  get told(): ToldByCollector[] {
    const collector = this.#options.collector.host;
    return [{ collector, decisions: this.held.decisions, isThere: this.#connected }];
  }

  get decisions() {
    return this.held.decisions;
  }

  get size(): number {
    return this.held.size;
  }

  get revision(): number {
    return this.held.revision;
  }

  get misunderstood(): number {
    return this.held.misunderstood;
  }

  restore(decisions: readonly unknown[]): void {
    this.held.restore(decisions);
  }

  prune(now: number): boolean {
    return this.held.prune(now);
  }

  /** Yields whenever `held` has taken an answer with news; ends when `signal` aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<void, void> {
    let backoffMs = this.#backoffMs.first;
    while (!signal.aborted) {
      try {
        if (await this.#poll(signal)) yield;
        backoffMs = this.#backoffMs.first;
      } catch (error) {
        if (signal.aborted) return;
        this.#lost(error);
        await pause(backoffMs * (0.75 + Math.random() / 2), signal);
        backoffMs = Math.min(backoffMs * 2, this.#backoffMs.last);
      }
    }
  }

  /** Asks once, without waiting for news; throws where the collector is not there. */
  async probe(signal: AbortSignal): Promise<void> {
    const { body, clockOffsetMilliseconds } = await this.#ask({ since: 0, waitSeconds: 0 }, signal);
    this.held.take(body, clockOffsetMilliseconds);
  }

  /** One question. Whether it brought news. */
  async #poll(signal: AbortSignal): Promise<boolean> {
    const asked = performance.now();
    const since = this.held.revision;
    // The first answer after a loss should come at once, so that a restarted collector is known early.
    const waitSeconds = this.#connected && since > 0 ? this.#options.waitSeconds : 0;
    const { body, clockOffsetMilliseconds } = await this.#ask({ since, waitSeconds }, signal);
    this.#found();
    if (!this.held.take(body, clockOffsetMilliseconds)) {
      this.#options.log('info', 'collector starts over: asking for everything', {
        revision: body.revision,
      });
      return false;
    }
    const news = body.complete || body.decisions.length > 0 || body.removed.length > 0;
    const idleMs = IDLE_PAUSE_MS - (performance.now() - asked);
    if (since === this.held.revision && idleMs > 0) await pause(idleMs, signal);
    return news;
  }

  async #ask(
    { since, waitSeconds }: { since: number; waitSeconds: number },
    signal: AbortSignal,
  ): Promise<Answer> {
    const url = new URL(API.decisions, this.#options.collector);
    url.search = new URLSearchParams({
      since: String(since),
      waitSeconds: String(waitSeconds),
      gateway: this.#options.gatewayName,
    }).toString();
    const limit = AbortSignal.timeout(waitSeconds * 1000 + ANSWER_GRACE_MS);
    const asking = this.#connection.fetch(url, { signal: AbortSignal.any([signal, limit]) });
    const response = await asking.catch((error) => {
      throw error instanceof GatewayError ? error : unreachable(url, error);
    });
    const clockOffsetMilliseconds = this.#clockOffset(response.headers.get('date'));
    if (response.status === 401 || response.status === 403) {
      throw refused(url, await refusalOf(response));
    }
    if (!response.ok) throw wrongAnswer(url, await refusalOf(response));
    const body: unknown = await response.json().catch((error) => {
      throw wrongAnswer(url, String(error));
    });
    if (!Value.Check(DecisionsEnvelope, body)) throw wrongAnswer(url, 'another form than expected');
    return { body, clockOffsetMilliseconds };
  }

  #clockOffset(date: string | null): number {
    // The middle of the second that the header names.
    return this.#correction.of(Date.parse(date ?? '') + 500 - this.#now());
  }

  #found(): void {
    if (!this.#connected)
      this.#options.log('info', 'collector found', { collector: this.#options.collector.href });
    this.#connected = true;
  }

  /** A collector that comes back may have lost its memory and count from anywhere: ask it for everything. */
  #lost(error: unknown): void {
    if (this.#connected !== false)
      this.#options.log('warn', (error as Error).message, { code: codeOf(error) });
    this.#connected = false;
    this.#failures += 1;
    this.held.forgetRevision();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

function unreachable(url: URL, cause: unknown): GatewayError {
  const { message, cause: deeper } = cause as Error;
  const why = deeper instanceof Error ? deeper.message : message;
  return new GatewayError(
    'WEIR_GATEWAY_COLLECTOR_UNREACHABLE',
    `The collector at ${url.origin} does not answer: ${why}.`,
    { cause },
  );
}

function wrongAnswer(url: URL, what: string): GatewayError {
  return new GatewayError(
    'WEIR_GATEWAY_COLLECTOR_ANSWER',
    `${url.href} is not the answer of a Weir collector: ${what}.`,
  );
}

function refused(url: URL, what: string): GatewayError {
  return new GatewayError(
    'WEIR_GATEWAY_REFUSED',
    `The collector at ${url.origin} does not let this gateway in: ${what}.`,
  );
}

/** The status, and what the collector says of it. */
async function refusalOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = Value.Check(ErrorResponse, body) ? `, ${body.message}` : '';
  return `status ${response.status}${said}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof GatewayError ? error.code : undefined;
}
