// SPDX-License-Identifier: Apache-2.0
// Pages by which something is changed or looked after: rules, decisions, exporters, audit, settings.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeProblems, type Console, untilDrawn } from './console.js';

/** A rule's name that would be an image if somebody took it for markup. */
const MARKUP = '<img src=x onerror=alert(1)> 視訊';

export function controlCases(dashboard: () => Console): void {
  describe('rules', () => ruleCases(dashboard));
  describe('decisions', () => decisionCases(dashboard));
  describe('exporters', () => exporterCases(dashboard));
  describe('audit and settings', () => accountCases(dashboard));
}

async function makeRule(page: Page, name: string): Promise<void> {
  await page.locator('[name=name]').fill(name);
  await page.getByText('Simulated', { exact: false }).first().click();
  await page.getByTestId('save-rule').click();
  await page.getByTestId('rule-table').getByText(name).waitFor();
}

function ruleCases(dashboard: () => Console): void {
  it('is made out of a row’s menu, with a dry run beside it, copied, turned off, deleted and back', async () => {
    const { page, complaints } = await dashboard().open('explore?v=1&time=24h');
    await page.getByTestId('ranking').getByRole('button', { name: 'BitTorrent' }).click();
    await page.getByRole('menuitem', { name: 'Make a rule' }).click();
    const dryRun = page.getByTestId('dry-run');
    await dryRun.getByText('would have been blocked').waitFor();
    await page.getByTestId('dry-run-hosts').locator('tbody tr').first().waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await makeRule(page, MARKUP);
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByText('simulated', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Change the rule ${MARKUP}` }).click();
    await page.getByRole('menuitem', { name: 'Turn off' }).click();
    await page.getByTestId('rule-table').getByText('off', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Change the rule ${MARKUP}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('No rule yet').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByTestId('rule-table').getByText(MARKUP).waitFor();
    expect(complaints).toEqual([]);
  });

  it('that would hit many hosts wants a second yes', async () => {
    const { page } = await dashboard().open('rules?v=1&new=proto+%3D+tcp');
    await page.getByTestId('dry-run').getByText('second yes').waitFor();
    await page.locator('[name=name]').fill('Everything');
    await page.getByTestId('save-rule').click();
    const question = page.getByTestId('second-yes');
    await question.waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.getByTestId('save-rule').waitFor();
  });
}

function decisionCases(dashboard: () => Console): void {
  it('is made by hand from a row, explained, lifted and made again', async () => {
    const { page, complaints } = await dashboard().open('explore?v=1&time=24h&by=host');
    const host = page.getByTestId('ranking').locator('tbody .value-button').first();
    const address = String(await host.textContent());
    await host.click();
    await page.getByRole('menuitem', { name: 'Block or shape' }).click();
    const dialog = page.getByTestId('decide');
    await dialog.locator('[name=reason]').fill('for a test');
    expect(await axeProblems(page)).toEqual([]);
    await dialog.getByTestId('confirm').click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${dashboard().url}/decisions?v=1&tab=why&address=${address}`);
    await page.getByText('for a test').first().waitFor();
    await page.goto(`${dashboard().url}/decisions`);
    const table = page.getByTestId('decision-table');
    await table.getByText(address).waitFor();
    await page.getByRole('button', { name: `Lift: ${address}` }).click();
    // Other decisions may stand: a rule of another test, over flows that go on.
    await table.getByText(address).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await table.getByText(address).waitFor();
    expect(complaints).toEqual([]);
  });
}

const TABS = [
  'exporters?v=1&tab=interfaces',
  'exporters?v=1&tab=health',
  'exporters?v=1&tab=connect&device=ios-xe',
  'rules?v=1&edit=new',
  'rules?v=1&tab=lists',
  'decisions?v=1&tab=why&address=192.0.2.1',
  'decisions?v=1&tab=gateways',
  'settings?v=1&tab=users',
  'settings?v=1&tab=keys',
];

/** One record of now, of an exporter that has sent by another protocol before. */
async function sendNetflow5(port: number): Promise<void> {
  const datagram = Buffer.alloc(24 + 48);
  datagram.writeUInt16BE(5, 0);
  datagram.writeUInt16BE(1, 2);
  datagram.writeUInt32BE(1000, 4);
  datagram.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  datagram.set([192, 0, 2, 1, 192, 0, 2, 2], 24);
  datagram.writeUInt32BE(2, 24 + 16);
  datagram.writeUInt32BE(100, 24 + 20);
  datagram.writeUInt32BE(1000, 24 + 24);
  datagram.writeUInt32BE(1000, 24 + 28);
  datagram.writeUInt8(17, 24 + 38);
  const socket = createSocket('udp4');
  await new Promise((done) => socket.send(datagram, port, '127.0.0.1', done));
  socket.close();
}

function exporterCases(dashboard: () => Console): void {
  it('tells what came of each, and how to connect another', async () => {
    const { page, complaints } = await dashboard().open('exporters?v=1&time=24h');
    await page.getByTestId('exporter-table').locator('tbody tr').first().click();
    const sheet = page.getByTestId('exporter-sheet');
    await sheet.getByText('What is missing').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Connect an exporter' }).click();
    await page.getByRole('link', { name: 'Cisco IOS-XE' }).click();
    await page.getByTestId('configuration').getByText('flow exporter WEIR').waitFor();
    await page.getByText('Waiting for another exporter').waitFor();
    await sendNetflow5(Number(await page.getByLabel('UDP port').inputValue()));
    await page.getByTestId('arrivals').getByText('NetFlow v5: 1 record').waitFor();
    expect(complaints).toEqual([]);
  });

  it('has nothing that axe finds wrong behind any tab', async () => {
    const { page, complaints } = await dashboard().open(TABS[0] as string);
    const problems: Record<string, string[]> = {};
    for (const tab of TABS) {
      await page.goto(`${dashboard().url}/${tab}`);
      await untilDrawn(page);
      const found = await axeProblems(page);
      if (found.length > 0) problems[tab] = found;
    }
    expect(problems).toEqual({});
    expect(complaints).toEqual([]);
  });
}

function accountCases(dashboard: () => Console): void {
  it('makes a key that is shown once, and the log says so', async () => {
    const { page, complaints } = await dashboard().open('settings?v=1&tab=keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.locator('dialog [name=name]').fill('a gateway');
    await page.locator('dialog [value=gateway]').check();
    await page.getByTestId('confirm').click();
    await page
      .getByTestId('secret')
      .getByText(/^weir_/)
      .waitFor();
    // It is shown only once: a slip must not take it away.
    await page.keyboard.press('Escape');
    await page.getByTestId('secret-sheet').getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('keys').getByRole('rowheader', { name: 'a gateway' }).waitFor();
    await page.goto(`${dashboard().url}/audit?v=1&kind=key`);
    await page.getByTestId('audit-table').getByText('a gateway').click();
    await page.getByTestId('audit-sheet').getByText('As it was made').waitFor();
    await page.keyboard.press('Escape');
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(String(readFileSync(await saved.path()))).toMatch(/key\.create,[^\r]*a gateway/);
    expect(complaints).toEqual([]);
  });

  it('has a log whose rows are equally high on a phone, too: only those that are seen are drawn', async () => {
    for (let change = 0; change < 52; change++) {
      const view = { name: `A view with quite a long name, number ${change}`, link: 'flows?v=1' };
      const made = await dashboard().request('POST', 'views', { ...view, isShared: false });
      await dashboard().request('DELETE', `views/${(made as { id: string }).id}`);
    }
    const { page } = await dashboard().open('audit?v=1');
    await page.setViewportSize({ width: 360, height: 740 });
    for (const topPx of [2000, 500, 4000]) {
      const drawn = (await page.evaluate(drawnRows(topPx))) as DrawnRows;
      expect(drawn.scrollPx).toBeCloseTo(drawn.rowPx * drawn.rows + drawn.headPx, 0);
      expect([drawn.heights, drawn.cutCells]).toEqual([1, 0]);
    }
  });

  it('offers nothing that a viewer may not do', async () => {
    const { page } = await dashboard().open('settings?v=1&tab=users');
    await page.getByRole('button', { name: 'Invite a user' }).click();
    await page.locator('dialog [name=name]').fill('vera');
    await page.getByTestId('confirm').click();
    const link = String(await page.getByTestId('invitation-link').locator('code').textContent());
    const context = await dashboard().browser.newContext();
    const other = await context.newPage();
    await other.goto(link);
    const form = other.getByTestId('invitation');
    await form.locator('[name=password]').fill('a viewer’s password');
    await form.locator('[name=again]').fill('a viewer’s password');
    await other.keyboard.press('Enter');
    await other.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(await other.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await other.goto(`${dashboard().url}/rules`);
    await untilDrawn(other);
    expect(await other.getByRole('link', { name: 'New rule' }).count()).toBe(0);
    await other.goto(`${dashboard().url}/decisions`);
    await untilDrawn(other);
    expect(await other.getByTestId('decide-button').count()).toBe(0);
    await other.goto(`${dashboard().url}/settings?v=1&tab=users`);
    await other.getByTestId('identity').waitFor();
    await context.close();
  });
}

interface DrawnRows {
  /** All that are loaded, drawn or not. */
  readonly rows: number;
  readonly rowPx: number;
  readonly headPx: number;
  readonly scrollPx: number;
  /** Different ones. */
  readonly heights: number;
  readonly cutCells: number;
}

/** A script that scrolls the log and gives DrawnRows once it is drawn there. */
const drawnRows = (topPx: number): string => `(async () => {
  const table = document.querySelector('[data-testid=audit-table]');
  table.scrollTop = ${topPx};
  for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
  const rows = [...table.querySelectorAll('tbody > tr:not(.table-gap)')];
  const heights = rows.map((row) => row.getBoundingClientRect().height);
  const isCut = ({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1;
  return {
    rows: Number(table.querySelector('table').getAttribute('aria-rowcount')) - 1,
    rowPx: heights[0],
    headPx: table.querySelector('thead').getBoundingClientRect().height,
    scrollPx: table.scrollHeight,
    heights: new Set(heights).size,
    cutCells: rows.flatMap((row) => [...row.children]).filter(isCut).length,
  };
})()`;
