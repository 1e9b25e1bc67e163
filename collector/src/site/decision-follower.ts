// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';
import { REVISION } from './decision-publisher.js';
import type { RedisKeys } from './redis-keys.js';
import {
  answersOf,
  pairsOf,
  type RedisLink,
  readEntries,
  type StreamEntry,
  streamEntries,
} from './redis-link.js';
import type { DecisionChange } from './site.js';

export interface DecisionFollowerOptions {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Whose decisions are left out: one's own. */
  readonly except?: string;
  readonly onChange: (change: DecisionChange) => void;
}

const MOST_ENTRIES_A_TURN = 500;
const MOST_COLLECTORS = 100;

/**
 * Follows the decisions of a site's collectors: first each one's whole, then changes. Where an entry
 * does not continue what is known, because the stream was cut or the Redis began anew, that collector's
 * whole is read again.
 */
export class DecisionFollower {
  readonly #options: DecisionFollowerOptions;
  /** Collector -> revision that is known here. */
  readonly #revisions = new Map<string, number>();
  #last: string | undefined;
  #resets = 0;

  constructor(options: DecisionFollowerOptions) {
    this.#options = options;
  }

  /** The Redis may have forgotten something: the next turn reads the whole. */
  reset(): void {
    this.#resets++;
    this.#last = undefined;
    this.#revisions.clear();
  }

  /** @throws the connection's or the server's error */
  async turn(): Promise<void> {
    const resets = this.#resets;
    if (this.#last === undefined) return this.#begin(resets);
    const { link, keys } = this.#options;
    const [answer] = await answersOf(
      link.pipeline().xread('COUNT', MOST_ENTRIES_A_TURN, 'STREAMS', keys.decisionNews, this.#last),
    );
    for (const entry of readEntries(answer)) {
      await this.#apply(entry);
      // Somebody may have joined meanwhile who needs the whole.
      if (this.#resets !== resets) return;
      this.#last = entry.id;
    }
  }

  async #begin(resets: number): Promise<void> {
    const { link, keys, except } = this.#options;
    const [news, collectors] = await answersOf(
      link
        .pipeline()
        .xrevrange(keys.decisionNews, '+', '-', 'COUNT', 1)
        .zrange(keys.collectors, 0, String(MOST_COLLECTORS - 1)),
    );
    for (const name of collectors as string[]) if (name !== except) await this.#readWhole(name);
    if (this.#resets === resets) this.#last = streamEntries(news)[0]?.id ?? '0-0';
  }

  async #apply({ fields }: StreamEntry): Promise<void> {
    const { collector: collectorName = '', before = '', change = '' } = fields;
    const revision = Number(fields.revision);
    if (collectorName === this.#options.except || collectorName === '') return;
    const known = this.#revisions.get(collectorName);
    if (known !== undefined && revision === known) return;
    if (before === '' || Number(before) !== known) return this.#readWhole(collectorName);
    const { decisions = [], removed = [] } = (parsed(change) ?? {}) as Partial<DecisionChange>;
    this.#revisions.set(collectorName, revision);
    this.#options.onChange({ collectorName, revision, complete: false, decisions, removed });
  }

  async #readWhole(collectorName: string): Promise<void> {
    const { link, keys, onChange } = this.#options;
    const [answer] = await answersOf(link.pipeline().hgetall(keys.decisions(collectorName)));
    const { [REVISION]: revisionText, ...texts } = pairsOf(answer);
    const revision = Number(revisionText ?? 0);
    const decisions = Object.values(texts).flatMap((text) => (parsed(text) as Decision) ?? []);
    this.#revisions.set(collectorName, revision);
    onChange({ collectorName, revision, complete: true, decisions, removed: [] });
  }
}

/** undefined where somebody else wrote something else. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
