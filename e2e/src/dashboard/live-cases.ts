// SPDX-License-Identifier: Apache-2.0
// What happens to a page that somebody looks at while records come in, and what fingers and wheels do to its charts.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../lab/eventually.js';
import { type Console, untilDrawn } from './console.js';

const LIVE = 'v=1&time=15m';
const DAY = 'v=1&time=24h';
const DAY_MS = 86_400_000;
/** Of a chart of a day. */
const STEP_MS = 900_000;

/** To be called where the tests are; `console` is what they all look at. */
export function liveCases(console: () => Console): void {
  describe('new records', () => testComing(console));
  describe('charts', () => testMoving(console));
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function areaOf(page: Page, chart: string): Promise<Box> {
  const box = await page.getByTestId(chart).locator('.u-over').boundingBox();
  if (box === null) throw new Error('no chart');
  return box;
}

function testComing(console: () => Console): void {
  it('change numbers in their place: rows, chart, what is pointed at and what is selected stay', async () => {
    const { page, complaints } = await console().open(`?${LIVE}`);
    const row = page.getByTestId('traffic-legend').locator('tr[data-key="TLS"]');
    await row.evaluate((node) => node.setAttribute('data-seen', 'before'));
    await row.locator('th').evaluate(selectText);
    const { x, y, width, height } = await areaOf(page, 'traffic-chart');
    await page.mouse.move(x + width * 0.6, y + height / 2);
    await page.locator('.chart-tooltip').waitFor();
    const numbers = await row.textContent();
    await eventually('the numbers are others', async () => (await row.textContent()) !== numbers);
    expect(await row.getAttribute('data-seen')).toBe('before');
    await page.locator('.chart-tooltip').waitFor();
    expect(await page.evaluate('String(getSelection())')).toContain('TLS');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('leave what is pointed at, also in a chart that is made anew', async () => {
    const { page } = await console().open(`explore?${DAY}`);
    const { x, y, width, height } = await areaOf(page, 'explore-chart');
    await page.mouse.move(x + width * 0.6, y + height / 2);
    const time = page.locator('.chart-tooltip-time');
    const before = await time.textContent();
    const canvas = page.getByTestId('explore-chart').locator('canvas');
    await canvas.evaluate((node) => node.setAttribute('data-seen', 'before'));
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(
      'the chart is another',
      async () => (await canvas.getAttribute('data-seen')) === null,
    );
    expect(await time.textContent()).toBe(before);
    await page.close();
  });

  it('are told by one stream, which carries records only to a page that shows them', async () => {
    const page = await console().context.newPage();
    const open = new Set<string>();
    page.on('request', (request) => request.url().includes('/stream') && open.add(request.url()));
    page.on('requestfailed', (request) => open.delete(request.url()));
    page.on('requestfinished', (request) => open.delete(request.url()));
    await page.goto(`${console().url}/?${LIVE}`);
    await untilDrawn(page);
    await page.getByRole('link', { name: 'Decisions', exact: true }).click();
    await untilDrawn(page);
    const carriesFlows = (url: string) => url.includes('events=flows');
    expect([...open].map(carriesFlows)).toEqual([false]);
    await page.getByRole('link', { name: 'Flows', exact: true }).click();
    await page.getByTestId('live').click();
    await eventually('there is one stream, with records', () => {
      const streams = [...open].map(carriesFlows);
      return Promise.resolve(streams.length === 1 && streams[0] === true);
    });
    await page.close();
  });
}

/** Runs in the browser, whose types are not known here. */
const selectText = (node: unknown): void => {
  const { getSelection } = globalThis as unknown as {
    getSelection(): { selectAllChildren(of: unknown): void };
  };
  getSelection().selectAllChildren(node);
};

function testMoving(console: () => Console): void {
  it('zoom by the wheel with Ctrl, move by it with Shift, and leave it to the page without', async () => {
    const { page } = await console().open(`explore?${DAY}`);
    const { x, y, width, height } = await areaOf(page, 'explore-chart');
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.wheel(0, 120);
    await eventually('the page has scrolled', async () => (await page.evaluate('scrollY')) !== 0);
    expect(page.url()).toContain('time=24h');
    await page.mouse.wheel(0, -1200);
    await page.mouse.move(x + width / 2, y + height / 2 + 1);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await page.waitForURL(/time=2\d{3}-/);
    const zoomed = page.url();
    await untilDrawn(page);
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Shift');
    await page.waitForURL((url) => url.href !== zoomed);
    const [moved, before] = [page.url(), zoomed].map(windowOf) as [Window, Window];
    expect(moved.from).toBeLessThan(before.from);
    // A chart has whole steps.
    expect(Math.abs(moved.to - moved.from - (before.to - before.from))).toBeLessThan(STEP_MS);
    expect(before.to - before.from).toBeLessThan(DAY_MS - STEP_MS);
    await page.close();
  });

  it('take what a finger drags over sideways, and let the page scroll by it', async () => {
    const browser = console().browser;
    const context = await browser.newContext({
      ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      storageState: await console().context.storageState(),
    });
    const { page, complaints } = await console().open(`explore?${DAY}`, context);
    await page.getByTestId('explore-chart').scrollIntoViewIfNeeded();
    const { x, y, width, height } = await areaOf(page, 'explore-chart');
    const middle = { x: x + width * 0.3, y: y + height / 2 };
    await drag(page, middle, { x: middle.x, y: middle.y - 200 });
    await eventually('the page has scrolled', async () => (await page.evaluate('scrollY')) !== 0);
    expect(page.url()).toContain('time=24h');
    const area = await areaOf(page, 'explore-chart');
    const from = { x: area.x + area.width * 0.3, y: area.y + area.height / 2 };
    await drag(page, from, { x: from.x + area.width * 0.4, y: from.y });
    await page.waitForURL(/time=2\d{3}-/);
    const { from: begin, to: end } = windowOf(page.url());
    expect(end - begin).toBeLessThan(DAY_MS / 2);
    expect(complaints).toEqual([]);
    await context.close();
  });
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** The window that an address names. */
function windowOf(url: string): Window {
  const [from = '', to = ''] = (new URL(url).searchParams.get('time') ?? '').split('..');
  return { from: Date.parse(from), to: Date.parse(to) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** With one finger, as a touch screen tells it. */
async function drag(page: Page, from: Point, to: Point): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: Point[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  await touch('touchStart', [from]);
  const STEPS = 8;
  for (let step = 1; step <= STEPS; step++) {
    const at = (axis: 'x' | 'y') => from[axis] + ((to[axis] - from[axis]) * step) / STEPS;
    await touch('touchMove', [{ x: at('x'), y: at('y') }]);
  }
  await touch('touchEnd', []);
  await session.detach();
}
