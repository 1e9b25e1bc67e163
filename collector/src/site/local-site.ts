// SPDX-License-Identifier: Apache-2.0
import type { ObservedChunk } from '../flow-chunk.js';
import { type LiveWindow, LiveWindows, mergeWindows, WINDOWS } from './live-windows.js';
import type { Site, SiteLive, SiteState } from './site.js';

const EVERY_MS = 1000;

/** A site of one collector: nobody to tell, nobody to hear. */
export class LocalSite implements Site {
  readonly #collectorName: string;
  readonly #now: () => number;
  readonly #live: LiveWindows;
  #windows: LiveWindow[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(collectorName: string, now: () => number = Date.now) {
    this.#collectorName = collectorName;
    this.#now = now;
    this.#live = new LiveWindows(now());
  }

  readonly state: SiteState = {
    ...{ kind: 'local', isConnected: true, publishedTemplates: 0, importedTemplates: 0 },
    ...{ passedOverTemplates: 0, missedWindows: 0 },
  };

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#turn(), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  observe(chunk: ObservedChunk): void {
    this.#live.observe(chunk);
  }

  async live(): Promise<SiteLive> {
    this.#turn();
    return mergeWindows(new Map([[this.#collectorName, this.#windows]]), this.#now());
  }

  followDecisions(): () => void {
    return () => undefined;
  }

  wake(): void {}

  problems(): string[] {
    return [];
  }

  #turn(): void {
    const window = this.#live.next(this.#now());
    if (window !== undefined) this.#windows = [...this.#windows, window].slice(-WINDOWS);
  }
}
