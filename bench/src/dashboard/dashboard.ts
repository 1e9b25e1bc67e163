// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- dashboard`: what somebody waits for who looks at a store of many flows.
import { createServer } from 'node:net';
import path from 'node:path';
import { launchBrowser } from '@weir/e2e/browser';
import type { Browser } from 'playwright-core';
import { WEIR } from '../programs/weir.js';
import { say } from '../progress.js';
import { Child } from '../run/child.js';
import { fillStore } from './store.js';
import { type Busy, type Paints, WatchedPage } from './watched-page.js';

export interface DashboardOptions {
  /** Of the last 24 hours. */
  readonly rows: number;
  readonly rounds: number;
  /** For the collector's data; made anew. */
  readonly folder: string;
}

export interface Explored {
  readonly question: string;
  /** That answered. */
  readonly table: string;
  readonly milliseconds: readonly number[];
}

export interface DashboardMeasured {
  readonly rows: number;
  readonly paints: readonly Paints[];
  readonly explored: readonly Explored[];
  readonly tableRows: number;
  readonly busy: Readonly<Record<string, Busy>>;
}

const DAY = 'v=1&time=24h';
const QUESTIONS: Readonly<Record<string, string>> = {
  applications: 'by=applicationName',
  'applications, with the day before': 'by=applicationName&previous=day',
  'networks and applications': 'by=sourceNetwork,applicationName',
  hosts: 'by=host',
  'countries, both directions': 'by=destinationCountry&directions=both',
};
const TABLE_ROWS = 5000;

/** @throws BenchError where the collector does not start */
export async function measureDashboard(options: DashboardOptions): Promise<DashboardMeasured> {
  const { rows, rounds, folder } = options;
  await fillStore(folder, rows);
  const http = `127.0.0.1:${await freePort()}`;
  const listen = ['--http', http, '--listen', '127.0.0.1:0', '--data', folder];
  await using collector = Child.start([...WEIR, 'collector', ...listen], path.join(folder, 'log'));
  await collector.printed(/collecting on/);
  const url = `http://${http}`;
  const browser = await launchBrowser();
  try {
    say('the overview');
    const paints = await paintsOf(browser, url, rounds);
    const explored: Explored[] = [];
    for (const [question, asked] of Object.entries(QUESTIONS)) {
      say(`Explore: ${question}`);
      explored.push(
        await explore(browser, { question, url: `${url}/explore?${DAY}&${asked}`, rounds }),
      );
    }
    say('the table of records');
    return { rows, paints, explored, ...(await readRecords(browser, url)) };
  } finally {
    await browser.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function paintsOf(browser: Browser, url: string, rounds: number): Promise<Paints[]> {
  const paints: Paints[] = [];
  for (let round = 0; round < rounds; round++) {
    await using watched = await WatchedPage.open(browser, `${url}/?${DAY}`);
    paints.push(await watched.paints());
  }
  return paints;
}

interface Exploring {
  readonly question: string;
  readonly url: string;
  readonly rounds: number;
}

async function explore(browser: Browser, { question, url, rounds }: Exploring): Promise<Explored> {
  const milliseconds: number[] = [];
  let table = '';
  for (let round = 0; round < rounds; round++) {
    await using watched = await WatchedPage.open(browser, url);
    milliseconds.push(Math.max(...(await watched.requests('/api/v1/series'))));
    table = (await watched.page.getByTestId('table-badge').textContent()) ?? '';
  }
  return { question, table, milliseconds };
}

/** Somebody reads, looks for a place far below, and writes a filter. */
async function readRecords(
  browser: Browser,
  url: string,
): Promise<Pick<DashboardMeasured, 'tableRows' | 'busy'>> {
  await using watched = await WatchedPage.open(browser, `${url}/flows?${DAY}`);
  const { page } = watched;
  const table = page.getByTestId('flow-table');
  const count = () =>
    table.locator('table').evaluate((element) => Number(element.getAttribute('aria-rowcount')));
  while ((await count()) < TABLE_ROWS) {
    await table.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
    await page.waitForTimeout(50);
  }
  const tableRows = await count();
  await table.evaluate((scroller) => scroller.scrollTo({ top: 0 }));
  await table.hover();
  const turn = await watched.busyWith(60, () => page.mouse.wheel(0, 300));
  const jump = await watched.busyWith(30, (time) =>
    table.evaluate((scroller, top) => scroller.scrollTo({ top }), (time % 10) * 3000),
  );
  await page.keyboard.press('/');
  const text = 'app = application-3 and bytes > 1M';
  const type = await watched.busyWith(text.length, (time) => page.keyboard.type(text[time] ?? ' '));
  return {
    tableRows,
    busy: { 'a turn of the wheel': turn, 'a jump of 3,000 px': jump, 'a key in the filter': type },
  };
}
