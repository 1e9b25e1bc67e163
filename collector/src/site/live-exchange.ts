// SPDX-License-Identifier: Apache-2.0
import { type LiveWindow, mergeWindows, WINDOW_MS, WINDOWS } from './live-windows.js';
import type { RedisKeys } from './redis-keys.js';
import { answersOf, pairsOf, type RedisLink } from './redis-link.js';
import type { SiteLive } from './site.js';

export interface LiveExchangeOptions {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly collectorName: string;
  readonly now: () => number;
}

const KEEP_SECONDS = (2 * WINDOWS * WINDOW_MS) / 1000;
/** A collector that was silent for so long is gone. */
const GONE_SECONDS = 86_400;
const MOST_COLLECTORS = 100;

/** Puts this collector's windows where all can read them, and reads everybody's. */
export class LiveExchange {
  readonly #options: LiveExchangeOptions;

  constructor(options: LiveExchangeOptions) {
    this.#options = options;
  }

  /** @throws the connection's or the server's error */
  async publish(window: LiveWindow): Promise<void> {
    const { link, keys, collectorName } = this.#options;
    const key = keys.live(collectorName);
    const place = String(Math.floor(window.startMilliseconds / WINDOW_MS) % WINDOWS);
    await answersOf(
      link.pipeline().hset(key, place, JSON.stringify(window)).expire(key, KEEP_SECONDS),
    );
  }

  /** This collector is there, and what its clock says. @throws the connection's or the server's error */
  async appear(): Promise<void> {
    const { link, keys, collectorName, now } = this.#options;
    const ahead = await link.aheadOfServer(now);
    const pipeline = link
      .pipeline()
      .zadd(keys.collectors, now(), collectorName)
      .zremrangebyscore(keys.collectors, 0, now() - GONE_SECONDS * 1000);
    const clock = keys.clock(collectorName);
    if (!Number.isNaN(ahead)) pipeline.set(clock, Math.round(ahead), 'EX', GONE_SECONDS);
    await answersOf(pipeline);
  }

  /** @throws the connection's or the server's error */
  async read(): Promise<SiteLive> {
    const { link, keys, now } = this.#options;
    const since = now() - WINDOWS * WINDOW_MS;
    const [names] = await answersOf(
      link.pipeline().zrangebyscore(keys.collectors, since, '+inf', 'LIMIT', 0, MOST_COLLECTORS),
    );
    const collectors = names as string[];
    const pipeline = link.pipeline();
    for (const collector of collectors) pipeline.hgetall(keys.live(collector));
    const answers = collectors.length > 0 ? await answersOf(pipeline) : [];
    const windows = collectors.map((name, i) => [name, windowsOf(answers[i])] as const);
    return mergeWindows(new Map(windows), now());
  }
}

/** What cannot be read is another version's, and left out. */
function windowsOf(answer: unknown): LiveWindow[] {
  return Object.values(pairsOf(answer)).flatMap((text) => {
    try {
      const window = JSON.parse(text) as LiveWindow;
      return Array.isArray(window.talkers) ? [window] : [];
    } catch {
      return [];
    }
  });
}
