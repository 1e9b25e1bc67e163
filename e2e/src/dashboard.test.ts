// SPDX-License-Identifier: Apache-2.0
// The dashboard as people use it: in Debian's Chromium, against a collector with real flows.
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeProblems, Console, expectNoOverflow, untilDrawn } from './dashboard/console.js';
import { controlCases } from './dashboard/control-cases.js';
import { furnish } from './dashboard/furniture.js';
import { liveCases } from './dashboard/live-cases.js';
import { keepPicture, pictureOf } from './dashboard/pictures.js';
import { trafficCases } from './dashboard/traffic-cases.js';
import { writingCases } from './dashboard/writing-cases.js';
import { eventually } from './lab/eventually.js';

let dashboard: Console;
beforeAll(async () => {
  dashboard = await Console.start();
});
afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
});

afterEach(() => dashboard.closePages());

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
/** Every page, four times each, on a machine that does other things, too. */
const ALL_PAGES_MS = 600_000;
const DAY = 'v=1&time=24h';
/** There is as much before it, to compare with. */
const HALF_A_DAY = 'v=1&time=12h';

/** Names of all pages, as the navigation has them. */
async function pageNames(page: Page): Promise<string[]> {
  const links = page
    .getByRole('navigation', { name: 'Pages' })
    .locator('.side-group:not(.side-views) a');
  const targets = await links.evaluateAll((all) =>
    all.map((link) => String(link.getAttribute('href'))),
  );
  return targets.map((target) => target.replace(/\?.*/, ''));
}

/** A page in both themes and widths; gives what axe finds wrong, by theme and width. */
async function lookAt(page: Page, name: string): Promise<Record<string, string[]>> {
  const problems: Record<string, string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await untilDrawn(page);
      await expectNoOverflow(page);
      const picture = size === WIDE ? pictureOf(name, colorScheme) : undefined;
      if (picture !== undefined) await keepPicture(page, picture);
      const found = await axeProblems(page);
      if (found.length > 0) problems[`${name} ${colorScheme} ${size.width}`] = found;
    }
  }
  return problems;
}

/** Other tests look at it closer. */
async function takePictureOfHost(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
  await page.goto(`${dashboard.url}/hosts?${HALF_A_DAY}&host=10.1.0.1`);
  await untilDrawn(page);
  await keepPicture(page, 'host');
}

describe('every page', () => {
  it('is drawn in both themes and widths, with nothing that axe finds wrong', {
    timeout: ALL_PAGES_MS,
  }, async () => {
    const takeAway = await furnish(dashboard);
    const { page, complaints } = await dashboard.open(`?${DAY}`);
    const problems: Record<string, string[]> = {};
    for (const name of await pageNames(page)) {
      await page.goto(`${dashboard.url}/${name}?${HALF_A_DAY}`);
      Object.assign(problems, await lookAt(page, name));
    }
    await takePictureOfHost(page);
    await takeAway();
    expect(problems).toEqual({});
    expect(complaints).toEqual([]);
  });

  it('has its own title, and one that does not exist says so', async () => {
    const { page } = await dashboard.open('explore');
    expect(await page.title()).toBe('Explore · Weir');
    await page.goto(`${dashboard.url}/nowhere`);
    await page.getByText('There is no such page').waitFor();
  });
});

describe('by keyboard alone', () => {
  const focused = (page: Page): Promise<string> =>
    page.evaluate(
      'document.activeElement.getAttribute("aria-label") || document.activeElement.textContent',
    );

  it('people come past the navigation, to another page, and to everything on it', async () => {
    const { page } = await dashboard.open(`?${DAY}`);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.getByRole('link', { name: 'Explore', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/explore/);
    await untilDrawn(page);
    await page.getByRole('radio', { name: 'Stacked areas' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/show=lines/);
    await page.getByTestId('add-dimension').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('protocol');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.waitForURL(/by=applicationName%2CprotocolIdentifier/);
    await page.keyboard.press('Escape');
    await untilDrawn(page);
    await page.getByTestId('ranking').getByText('TCP').first().waitFor();
    expect(await focused(page)).toContain('Dimension');
  });
});

describe('the overview', () => {
  it('shows rates, rankings with what is left, changes and exporters', async () => {
    const { page, complaints } = await dashboard.open(`?${DAY}`);
    await page.getByTestId('traffic-chart').locator('canvas').waitFor();
    await page.getByTestId('top-applications').locator('tr[data-key="TLS"]').waitFor();
    await page.getByTestId('top-talkers').locator('tfoot').getByText('Other').waitFor();
    await page.getByTestId('changes').locator('tr[data-key]').first().waitFor();
    await page.getByTestId('exporters').getByText('127.0.0.1').waitFor();
    await page
      .getByTestId('live-rates')
      .getByText(/bit\/s$/)
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('names from the network', () => {
  it('of every script and with markup in them are text and nothing else', async () => {
    const { page, complaints } = await dashboard.open(`explore?${DAY}&limit=20`);
    const table = page.getByTestId('ranking');
    for (const name of ['Видео', '視訊會議', 'مؤتمر', '<img src=x onerror=alert(1)>']) {
      await table.getByText(name, { exact: true }).waitFor();
    }
    expect(await page.locator('main img').count()).toBe(0);
    for (const show of ['heat', 'week', 'sankey&by=applicationName,sourceNetwork', 'grid']) {
      await page.goto(`${dashboard.url}/explore?${DAY}&limit=20&show=${show}`);
      await untilDrawn(page);
      await page.locator('.explore-chart canvas').first().waitFor();
    }
    expect(complaints).toEqual([]);
  });
});

describe('Explore', () => {
  it('narrows to a row by its menu, by keyboard alone, and takes it back', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    await page.getByTestId('ranking').getByRole('button', { name: 'SSH' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Filter in' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/filter=app\+%3D\+SSH/);
    await untilDrawn(page);
    expect(await page.getByTestId('ranking').locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByTestId('ranking').getByText('TLS').waitFor();
  });

  it('completes a filter by what is stored, and says where one is wrong', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    await page.keyboard.press('/');
    await page.keyboard.type('app = Bit');
    await page.getByRole('option', { name: /BitTorrent/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const input = page.locator('.top-filter input');
    await eventually('the completion is taken', async () =>
      /^app = BitTorrent *$/.test(await input.inputValue()),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.waitForURL(/filter=app/);
    await input.fill('sorc = 1');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('did you mean "src"').waitFor();
  });

  it('zooms into what is dragged over, and the way back is the browser’s', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    const area = page.getByTestId('explore-chart').locator('.u-over');
    const box = await area.boundingBox();
    if (box === null) throw new Error('no chart');
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, middle, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/time=2\d{3}-/);
    await untilDrawn(page);
    await page.goBack();
    await page.waitForURL(/time=24h/);
  });

  it('opens the menu about a mark that is clicked, with its time', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    const area = page.getByTestId('explore-chart').locator('.u-over');
    const box = await area.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 3);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height - 3);
    await page.getByRole('menuitem', { name: 'Filter out' }).click();
    await page.waitForURL(/filter=not\+app/);
  });

  it('takes times as people type them', async () => {
    const { page } = await dashboard.open('explore');
    await page.getByTestId('time').click();
    await page.getByTestId('typed-time').fill('last 6 hours');
    await page.keyboard.press('Enter');
    await page.waitForURL(/time=6h/);
    await page.getByTestId('time').click();
    await page.getByTestId('typed-time').fill('blue');
    await page.keyboard.press('Enter');
    await page.getByText('Not understood').waitFor();
  });

  it('shows fifty series, both directions, what was before, and the table that answered', async () => {
    const link = `explore?${DAY}&by=sourceAddress,destinationTransportPort&limit=50&directions=both&previous=day`;
    const { page, complaints } = await dashboard.open(link);
    await page.getByTestId('table-badge').getByText('flows').waitFor();
    const table = page.getByTestId('ranking');
    expect(await table.locator('tbody tr').count()).toBe(100);
    await table.locator('tfoot').getByText('Other').first().waitFor();
    await table.locator('tfoot').getByText('All together').waitFor();
    expect(complaints).toEqual([]);
  });

  it('saves its table, its points and its picture', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    const save = async (name: string) => {
      await page.getByTestId('export').click();
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name }).click(),
      ]);
      return readFileSync(await saved.path());
    };
    const table = String(await save('Table as CSV')).split('\r\n');
    expect(table[0]).toBe('Application,Min,Average,95th,Max,Total,Share');
    expect(table.some((line) => line.startsWith('TLS,'))).toBe(true);
    expect(String(await save('Points as CSV'))).toMatch(/^Time,.*\r\n2\d{3}-\d\d-\d\dT/);
    expect((await save('Chart as PNG')).subarray(1, 4).toString()).toBe('PNG');
  });
});

trafficCases(() => dashboard);
liveCases(() => dashboard);

describe('a view', () => {
  it('is a link that a proxy may have under a path', async () => {
    await using proxy = await startProxy('/net/weir', dashboard.url);
    const { page, complaints } = await dashboard.open('');
    await page.goto(`${proxy.url}/net/weir/explore?${DAY}&show=lines`);
    await untilDrawn(page);
    await page.getByTestId('explore-chart').locator('canvas').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.waitForURL(/\/net\/weir\/overview\?v=1&time=24h/);
    await page.getByTestId('traffic-chart').locator('canvas').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is saved under a name, opened from the list, and deleted with a way back', async () => {
    const { page } = await dashboard.open(`explore?${DAY}&show=lines`);
    await page.getByTestId('save-view').click();
    await page.locator('dialog [name=name]').fill('Lines of a day');
    await page.getByTestId('confirm').click();
    const list = page.getByTestId('saved-views');
    await list.getByText('Lines of a day').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.waitForURL(/overview/);
    await list.getByText('Lines of a day').click();
    await page.waitForURL(/explore\?.*show=lines/);
    await page.getByRole('button', { name: 'Change the view Lines of a day' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await list.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await list.getByText('Lines of a day').waitFor();
  });

  it('keeps the units and the theme that somebody has chosen', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    await page.getByTestId('account').click();
    await page.getByTestId('setting-rate').getByText('B/s').click();
    await page.getByTestId('setting-prefix').getByText('Ki Mi Gi').click();
    await page
      .getByTestId('ranking')
      .getByText(/KiB\/s/)
      .first()
      .waitFor();
    await page.reload();
    await page
      .getByTestId('ranking')
      .getByText(/KiB\/s/)
      .first()
      .waitFor();
    await page.evaluate('localStorage.clear()');
  });
});

controlCases(() => dashboard);

writingCases(() => dashboard);

describe('when something is wrong', () => {
  it('a dropped connection is told, and over when it is over', async () => {
    const { page } = await dashboard.open(`?${DAY}`);
    await page.route('**/api/**', (route) => route.abort());
    await page.evaluate('dispatchEvent(new Event("offline"))');
    await page.reload();
    await page.getByTestId('unreachable').waitFor();
    await page.unroute('**/api/**');
    await page.getByTestId('traffic-chart').waitFor();
    expect(await page.getByTestId('unreachable').count()).toBe(0);
  });

  it('a slow store leaves what was there, marked as old, and never an empty page', async () => {
    const { page } = await dashboard.open(`explore?${DAY}`);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/series*', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByTestId('measure').selectOption('packets rate');
    await page.locator('[data-testid=explore][aria-busy=true]').waitFor();
    await page.getByTestId('ranking').getByText('TLS').waitFor();
    release();
    await page
      .getByTestId('ranking')
      .getByText(/packets\/s/)
      .first()
      .waitFor();
  });

  it('a filter that the collector refuses is said in the page, not in a log', async () => {
    const { page } = await dashboard.open(`explore?${DAY}&filter=sorc+%3D+1`);
    await page.getByText('This cannot be answered').waitFor();
    await page.getByText('did you mean "src"').waitFor();
  });

  it('a session that is over asks for the password, and shows the same view after it', async () => {
    const context = await dashboard.browser.newContext();
    await context.addCookies(await dashboard.context.cookies());
    const { page } = await dashboard.open(`explore?${DAY}&show=lines`, context);
    await context.clearCookies();
    await page.getByTestId('limit').selectOption('5');
    await page.getByTestId('sign-in').waitFor();
    const form = page.getByTestId('sign-in');
    await form.locator('[name=name]').fill('admin');
    await form.locator('[name=password]').fill('a river without a weir');
    await page.keyboard.press('Enter');
    await page.getByTestId('ranking').waitFor();
    expect(page.url()).toMatch(/show=lines.*limit=5/);
    await context.close();
  });
});

interface Proxy extends AsyncDisposable {
  readonly url: string;
}

/** A reverse proxy that has another server under a path. */
async function startProxy(under: string, target: string): Promise<Proxy> {
  const server = createServer((incoming, answer) => {
    if (!incoming.url?.startsWith(under)) {
      answer.writeHead(404).end();
      return;
    }
    const { method = 'GET', headers } = incoming;
    const url = new URL(incoming.url.slice(under.length) || '/', target);
    const outgoing = request(url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
