// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import type { ObservedChunk } from '../flow-chunk.js';
import { DecisionFollower } from './decision-follower.js';
import { DecisionPublisher } from './decision-publisher.js';
import { LiveExchange } from './live-exchange.js';
import { type LiveWindow, LiveWindows, mergeWindows, WINDOWS } from './live-windows.js';
import { RedisKeys } from './redis-keys.js';
import { RedisLink } from './redis-link.js';
import type {
  DecisionChange,
  DecisionSource,
  Site,
  SiteLive,
  SiteState,
  TemplateSource,
} from './site.js';
import { TemplateExchange } from './template-exchange.js';

export interface RedisSiteOptions {
  /** See RedisLinkOptions. */
  readonly url: string;
  /** Collectors of one site share its name. */
  readonly siteName: string;
  /** Unique in the site. */
  readonly collectorName: string;
  readonly templates: TemplateSource;
  readonly decisions: DecisionSource;
  readonly log: Logger;
  readonly now?: () => number;
  /** Between two turns; default 200 ms. */
  readonly turnMs?: number;
}

const TURN_MS = 200;
/** A collector says that it is there. */
const APPEAR_MS = 5000;

/** Several collectors with a Redis between them. While it is away each goes on alone. */
export class RedisSite implements Site {
  readonly #options: RedisSiteOptions;
  readonly #now: () => number;
  readonly #link: RedisLink;
  readonly #templates: TemplateExchange;
  readonly #decisions: DecisionPublisher;
  readonly #others: DecisionFollower;
  readonly #exchange: LiveExchange;
  readonly #live: LiveWindows;
  readonly #listeners = new Set<(change: DecisionChange) => void>();
  #windows: LiveWindow[] = [];
  #unpublished: LiveWindow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #isAsked = false;
  #isFirstTurn = true;
  #appearedMilliseconds = 0;
  #missedWindows = 0;

  /** Opens nothing. @throws CollectorError WEIR_COLLECTOR_REDIS when the URL cannot be read */
  constructor(options: RedisSiteOptions) {
    this.#options = options;
    const { url, siteName, collectorName, templates, decisions, log } = options;
    const now = options.now ?? Date.now;
    this.#now = now;
    const keys = new RedisKeys(siteName);
    const link = new RedisLink({ url, memoryKey: keys.memory, log });
    this.#link = link;
    this.#live = new LiveWindows(now());
    this.#templates = new TemplateExchange({ link, keys, collectorName, source: templates, now });
    this.#decisions = new DecisionPublisher({
      ...{ link, keys, collectorName, source: decisions, now },
    });
    this.#exchange = new LiveExchange({ link, keys, collectorName, now });
    const onChange = (change: DecisionChange) => {
      for (const listener of [...this.#listeners]) listener(change);
    };
    this.#others = new DecisionFollower({ link, keys, except: collectorName, onChange });
  }

  /** Does not wait for the Redis: a collector works without it. */
  async start(): Promise<void> {
    this.#link.start();
    this.#timer = setInterval(() => this.wake(), this.#options.turnMs ?? TURN_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#turning;
    this.#link.stop();
  }

  observe(chunk: ObservedChunk): void {
    this.#live.observe(chunk);
  }

  /** Of all collectors; of this one alone while the Redis is away. */
  async live(): Promise<SiteLive> {
    this.#closeWindow();
    try {
      if (this.#link.isReady) return await this.#exchange.read();
    } catch (error) {
      this.#link.failed(error);
    }
    return mergeWindows(new Map([[this.#options.collectorName, this.#windows]]), this.#now());
  }

  followDecisions(listener: (change: DecisionChange) => void): () => void {
    this.#listeners.add(listener);
    // Who comes later needs the whole, too.
    this.#others.reset();
    return () => this.#listeners.delete(listener);
  }

  wake(): void {
    if (this.#timer === undefined) return;
    if (this.#turning !== undefined) {
      // What has come since it began may be too late for it.
      this.#isAsked = true;
      return;
    }
    this.#isAsked = false;
    this.#turning = this.#turn().finally(() => {
      this.#turning = undefined;
      if (this.#isAsked) this.wake();
    });
  }

  get state(): SiteState {
    const { published, imported, passedOver } = this.#templates;
    return {
      kind: 'redis',
      isConnected: this.#link.isReady,
      publishedTemplates: published,
      importedTemplates: imported,
      passedOverTemplates: passedOver,
      missedWindows: this.#missedWindows,
    };
  }

  problems(): string[] {
    const { problem, shown } = this.#link;
    if (problem === undefined) return [];
    return [
      `Redis at ${shown} does not work, this collector goes on alone: ${problem}; see that it runs and that --redis names it`,
    ];
  }

  /** Never throws. */
  async #turn(): Promise<void> {
    this.#closeWindow();
    if (!this.#link.isReady) {
      this.#isFirstTurn = true;
      return;
    }
    try {
      // After a lost connection nobody knows what the other side still has.
      const isSame = await this.#link.hasSameMemory();
      if (!isSame || this.#isFirstTurn) this.#reset();
      this.#isFirstTurn = false;
      await this.#appear();
      await this.#decisions.turn();
      await this.#others.turn();
      await this.#publishWindows();
      await this.#templates.turn();
      this.#link.succeeded();
    } catch (error) {
      this.#link.failed(error);
    }
  }

  #reset(): void {
    this.#templates.reset();
    this.#decisions.reset();
    this.#others.reset();
    this.#unpublished = [...this.#windows];
    this.#appearedMilliseconds = 0;
  }

  async #appear(): Promise<void> {
    const now = this.#now();
    if (Math.abs(now - this.#appearedMilliseconds) < APPEAR_MS) return;
    await this.#exchange.appear();
    this.#appearedMilliseconds = now;
  }

  #closeWindow(): void {
    const window = this.#live.next(this.#now());
    if (window === undefined) return;
    this.#windows = [...this.#windows, window].slice(-WINDOWS);
    this.#unpublished.push(window);
    if (this.#unpublished.length > WINDOWS) {
      this.#unpublished.shift();
      this.#missedWindows++;
    }
  }

  async #publishWindows(): Promise<void> {
    for (const window of this.#windows.filter((window) => this.#unpublished.includes(window))) {
      await this.#exchange.publish(window);
      this.#unpublished = this.#unpublished.filter((other) => other !== window);
    }
  }
}
