// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionsResponse } from '@weir/wire';
import type { ChainableCommander } from 'ioredis';
import type { RedisKeys } from './redis-keys.js';
import { answersOf, type RedisLink } from './redis-link.js';
import type { DecisionSource } from './site.js';

/** Field of a collector's decisions that holds the revision they are of; no decision has such an id. */
export const REVISION = '$revision';

/** A change in the stream; what has more is told as "read it all again". */
const MOST_AN_ENTRY = 1000;
const NEWS_KEPT = 10_000;
const FIELDS_A_COMMAND = 500;
/** Decisions of a collector that is gone are forgotten after so long; those of one that is there are not. */
const KEEP_SECONDS = 2 * 86_400;
const RENEW_MS = 3_600_000;

export interface DecisionPublisherOptions {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly collectorName: string;
  readonly source: DecisionSource;
  readonly now: () => number;
}

/**
 * Publishes this collector's decisions: the whole as a hash, and each change as an entry of the site's
 * stream. An entry names the revision before it, so that a reader knows when it has missed one.
 */
export class DecisionPublisher {
  readonly #options: DecisionPublisherOptions;
  #revision: number | undefined;
  /** When the whole was last told to be kept. */
  #renewedMilliseconds = 0;

  constructor(options: DecisionPublisherOptions) {
    this.#options = options;
  }

  /** The Redis may have forgotten something: the next turn publishes the whole. */
  reset(): void {
    this.#revision = undefined;
  }

  /** @throws the connection's or the server's error */
  async turn(): Promise<void> {
    const before = this.#revision;
    const answer = this.#options.source.since(before ?? 0);
    if (answer.revision === before) return this.#renew();
    const { link } = this.#options;
    const transaction = link.transaction();
    const { decisions, removed, complete } = answer;
    const isWhole = before === undefined || complete;
    const isLarge = decisions.length + removed.length > MOST_AN_ENTRY;
    if (isWhole) this.#replace(transaction, answer);
    else this.#change(transaction, answer);
    this.#tell(transaction, answer, isWhole || isLarge ? undefined : before);
    await answersOf(transaction);
    this.#revision = answer.revision;
    this.#renewedMilliseconds = this.#options.now();
  }

  /** What does not change for days holds as well: a gateway that comes then needs it. */
  async #renew(): Promise<void> {
    const { link, keys, collectorName, now } = this.#options;
    if (Math.abs(now() - this.#renewedMilliseconds) < RENEW_MS) return;
    this.#renewedMilliseconds = now();
    const key = keys.decisions(collectorName);
    const [isThere] = await answersOf(link.pipeline().expire(key, KEEP_SECONDS));
    if (isThere === 0) this.reset();
  }

  #replace(transaction: ChainableCommander, { decisions, revision }: DecisionsResponse): void {
    const { keys, collectorName } = this.#options;
    const key = keys.decisions(collectorName);
    transaction.del(key);
    setAll(transaction, key, decisions);
    transaction.hset(key, REVISION, String(revision)).expire(key, KEEP_SECONDS);
  }

  #change(
    transaction: ChainableCommander,
    { decisions, removed, revision }: DecisionsResponse,
  ): void {
    const { keys, collectorName } = this.#options;
    const key = keys.decisions(collectorName);
    setAll(transaction, key, decisions);
    for (const ids of parts(removed)) transaction.hdel(key, ...ids);
    transaction.hset(key, REVISION, String(revision)).expire(key, KEEP_SECONDS);
  }

  /** @param before undefined: whoever reads this reads the whole again */
  #tell(
    transaction: ChainableCommander,
    { decisions, removed, revision }: DecisionsResponse,
    before: number | undefined,
  ): void {
    const { keys, collectorName } = this.#options;
    const change = before === undefined ? {} : { decisions, removed };
    transaction.xadd(
      keys.decisionNews,
      'MAXLEN',
      '~',
      NEWS_KEPT,
      '*',
      ...['collector', collectorName, 'revision', String(revision)],
      ...['before', String(before ?? ''), 'change', JSON.stringify(change)],
    );
  }
}

function setAll(commands: ChainableCommander, key: string, decisions: readonly Decision[]): void {
  for (const some of parts(decisions)) {
    commands.hset(key, ...some.flatMap((decision) => [decision.id, JSON.stringify(decision)]));
  }
}

function parts<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / FIELDS_A_COMMAND);
  return Array.from({ length: count }, (_, i) =>
    items.slice(i * FIELDS_A_COMMAND, (i + 1) * FIELDS_A_COMMAND),
  );
}
