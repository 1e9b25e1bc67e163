// SPDX-License-Identifier: Apache-2.0
// A page of the dashboard that notes what a browser can tell of itself.
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { BenchError } from '../errors.js';

/** Runs in each document before its scripts. Times are ms since the navigation began. */
const NOTES = `
  window.notes = { tasks: [], largest: 0, drawn: 0 };
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch('longtask', ({ duration }) => notes.tasks.push(duration));
  watch('largest-contentful-paint', ({ startTime }) => { notes.largest = startTime; });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('main canvas, main tbody tr')) return;
    if (document.querySelector('main .skeleton')) return;
    notes.drawn = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });`;

const DRAWN_MS = 60_000;
const LOOK_MS = 50;

export interface Paints {
  /** Anything at all: the frame around the page. */
  readonly first: number;
  readonly largest: number;
  /** All panels have their answers. */
  readonly drawn: number;
}

/** In ms, of the page's main thread. */
export interface Busy {
  readonly most: number;
  /** Tasks over 50 ms, which people feel. */
  readonly longTasks: readonly number[];
}

interface Notes {
  readonly tasks: number[];
  readonly largest: number;
  readonly drawn: number;
}

/** Opened with an empty cache. */
export class WatchedPage implements AsyncDisposable {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly session: CDPSession,
  ) {}

  /** Resolves when all panels are drawn. @throws BenchError where they are not */
  static async open(browser: Browser, url: string): Promise<WatchedPage> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(NOTES);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url);
    const watched = new WatchedPage(page, context, session);
    for (let left = DRAWN_MS; left > 0; left -= LOOK_MS) {
      if ((await watched.#notes()).drawn > 0) return watched;
      await page.waitForTimeout(LOOK_MS);
    }
    await context.close();
    throw new BenchError('WEIR_BENCH_TOOL_FAILED', `${url} was not drawn within a minute.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }

  async paints(): Promise<Paints> {
    const { largest, drawn } = await this.#notes();
    const first = await this.page.evaluate(
      `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`,
    );
    return { first: first as number, largest, drawn };
  }

  /** How long requests of a path took, as the browser has seen them. */
  async requests(path: string): Promise<number[]> {
    const durations = await this.page.evaluate(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes(${JSON.stringify(path)})).map(({ duration }) => duration)`,
    );
    return durations as number[];
  }

  /** Does something several times, and tells how busy the main thread was with each time. */
  async busyWith(times: number, act: (time: number) => Promise<unknown>): Promise<Busy> {
    await this.page.evaluate('notes.tasks.length = 0');
    let most = 0;
    for (let time = 0; time < times; time++) {
      const before = await this.#taskMs();
      await act(time);
      await this.#settled();
      most = Math.max(most, (await this.#taskMs()) - before);
    }
    return { most, longTasks: (await this.#notes()).tasks };
  }

  async #taskMs(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  }

  /** Two frames have been drawn. */
  async #settled(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  }

  async #notes(): Promise<Notes> {
    return (await this.page.evaluate('notes')) as Notes;
  }
}
