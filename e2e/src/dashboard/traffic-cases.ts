// SPDX-License-Identifier: Apache-2.0
// What people do on the pages Flows, Applications and Hosts.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../lab/eventually.js';
import { axeProblems, type Console, expectNoOverflow, untilDrawn } from './console.js';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const DAY = 'v=1&time=24h';
const HOST = '10.1.0.1';

/** What is wrong with the page as it is, in both themes and both widths. */
async function problemsOf(page: Page): Promise<string[]> {
  const problems: string[] = [];
  for (const [colorScheme, size] of [['light', NARROW] as const, ['dark', WIDE] as const]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await untilDrawn(page);
    await expectNoOverflow(page);
    problems.push(...(await axeProblems(page)));
  }
  return problems;
}

const rowCount = (page: Page): Promise<number> =>
  page
    .getByTestId('flow-table')
    .locator('table')
    .evaluate((table) => Number(table.getAttribute('aria-rowcount')));

/** To be called where the tests are; `console` is what they all look at. */
export function trafficCases(console: () => Console): void {
  describe('Flows', () => {
    testRecords(console);
    testFollowing(console);
  });
  describe('Hosts', () => testHosts(console));
  describe('Applications', () => testApplications(console));
}

function testRecords(console: () => Console): void {
  it('has thousands of records to scroll through, and few of them in the document', async () => {
    const { page, complaints } = await console().open(`flows?${DAY}`);
    const table = page.getByTestId('flow-table');
    await eventually('three thousand records are loaded', async () => {
      await table.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
      return (await rowCount(page)) > 3000;
    });
    expect(await table.locator('tbody tr').count()).toBeLessThan(150);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('sorts by what the collector sorts, and its link keeps sort and columns', async () => {
    const { page } = await console().open(`flows?${DAY}`);
    await page.getByTestId('flow-table').getByRole('button', { name: 'Octets' }).click();
    await page.waitForURL(/sort=-octets/);
    await page.getByTestId('columns').click();
    await page.getByRole('checkbox', { name: 'TCP flags' }).check();
    await page.waitForURL(/columns=.*tcpControlBits/);
    await page.reload();
    await untilDrawn(page);
    await page.getByRole('columnheader', { name: 'TCP flags' }).waitFor();
    const heading = page.getByRole('columnheader', { name: 'Octets' });
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    await page.close();
  });

  it('opens every field of a record by keyboard, and goes back to its row', async () => {
    const { page } = await console().open(`flows?${DAY}`);
    const rows = page.getByTestId('flow-table').locator('tbody tr[data-key]');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const detail = page.getByTestId('flow-detail');
    for (const field of ['Observation domain', 'Next hop', 'Sampling', 'End reason']) {
      await detail.getByText(field, { exact: true }).waitFor();
    }
    expect(await problemsOf(page)).toEqual([]);
    await detail.focus();
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.closest("tr") !== null')).toBe(true);
    await page.close();
  });
}

function testFollowing(console: () => Console): void {
  it('shows both directions of a conversation', async () => {
    const { page } = await console().open(`flows?${DAY}&filter=app+%3D+SSH`);
    const row = page.getByTestId('flow-table').locator('tbody tr[data-key]').first();
    await row.locator('th').click({ position: { x: 2, y: 2 } });
    await page.getByRole('button', { name: 'Both directions' }).click();
    await page.waitForURL(/filter=ip/);
    const filter = new URL(page.url()).searchParams.get('filter');
    expect(filter).toMatch(/^ip = .* and ip = .* and port = 22 /s);
    await page.close();
  });

  it('follows what comes, and counts what came while somebody reads', async () => {
    const { page, complaints } = await console().open('flows?v=1&live=1');
    const begun = await rowCount(page);
    await eventually('live records come on top', async () => (await rowCount(page)) > begun);
    await page.getByTestId('pause').click();
    await page.getByTestId('waiting').getByText(/new$/).waitFor();
    const held = await rowCount(page);
    await page.getByTestId('waiting').click();
    await eventually('what waited is shown', async () => (await rowCount(page)) > held);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('saves all that match, not only what is loaded', async () => {
    const { page } = await console().open(`flows?${DAY}&filter=app+%3D+DNS`);
    await page.getByTestId('csv').click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'All fields' }).click(),
    ]);
    const [heading = '', ...lines] = readFileSync(await saved.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(heading).toContain('applicationName');
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter((line) => !line.includes('DNS'))).toEqual([]);
    await page.close();
  });
}

function testHosts(console: () => Console): void {
  it('tell one host’s story from a row of the list', async () => {
    const { page, complaints } = await console().open(`hosts?${DAY}&side=inside`);
    const outside = page.getByTestId('host-table').getByText(/^192\./);
    expect(await outside.count()).toBe(0);
    await page.getByTestId('host-table').locator(`tr[data-key="${HOST}"]`).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`host=${HOST}`));
    await untilDrawn(page);
    const head = page.getByTestId('host-head');
    for (const word of [HOST, 'Office', 'staff', 'Berlin']) await head.getByText(word).waitFor();
    await page.getByTestId('host-chart').locator('canvas').waitFor();
    await page.getByTestId('host-applications').getByText('TLS').waitFor();
    await page
      .getByTestId('host-peers')
      .getByText(/^192\.0\.2\./)
      .first()
      .waitFor();
    await page.getByTestId('host-ports').getByText('443').first().waitFor();
    expect(await problemsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('add up to what the collector says of the host', async () => {
    const { page } = await console().open(`hosts?${DAY}&host=${HOST}&with=networks`);
    const total = await console().context.request.get(
      `${console().url}/api/v1/top?by=applicationName&filter=ip%20%3D%20${HOST}&from=${Date.now() - 86_400_000}`,
    );
    const { total: sum } = (await total.json()) as { total: { flows: number } };
    const cells = page.getByTestId('host-peers').locator('tbody tr td:nth-child(4)');
    const flows = (await cells.allTextContents()).map((text) => Number(text.replace(',', '')));
    const shown = flows.reduce((all, one) => all + one, 0);
    // Flows come in meanwhile, and the window has moved a little.
    expect(Math.abs(shown - sum.flows) / sum.flows).toBeLessThan(0.1);
    await page.close();
  });

  it('say what was decided about one of them, with markup in the reason as text', async () => {
    const { page, complaints } = await console().open('hosts');
    const reason = '<b onclick="alert(1)">too much</b>';
    await page.evaluate(decide, { address: '10.1.2.3', reason });
    await page.getByTestId('host-address').fill('10.1.2.3');
    await page.keyboard.press('Enter');
    const decisions = page.getByTestId('host-decisions');
    await decisions.getByText('Block', { exact: true }).waitFor();
    await decisions.getByText('Applied').waitFor();
    await decisions.getByText(reason).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tell what is no address', async () => {
    const { page } = await console().open('hosts?v=1&host=nobody');
    await page.getByRole('alert').getByText('No address').waitFor();
    await page.close();
  });
}

/** Blocks a host, as the page's own session; runs in the browser. */
async function decide({ address, reason }: { address: string; reason: string }): Promise<void> {
  const session = (await (await fetch('api/v1/session')).json()) as { csrfToken: string };
  const answer = await fetch('api/v1/decisions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-weir-csrf': session.csrfToken },
    body: JSON.stringify({
      selector: { kind: 'host', address },
      action: { kind: 'block', answer: 'drop' },
      seconds: 600,
      reason,
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

function testApplications(console: () => Console): void {
  it('say how sure their names are, in words', async () => {
    const { page, complaints } = await console().open(`applications?${DAY}`);
    const certainty = page.getByTestId('certainty');
    await certainty.getByText('Exporter', { exact: false }).first().waitFor();
    await certainty.getByRole('button', { name: /Not named/ }).click();
    await page.getByRole('menuitem', { name: 'Filter in' }).click();
    await page.waitForURL(/filter=confidence/);
    await untilDrawn(page);
    const names = page.getByTestId('application-table').locator('tbody tr th');
    expect(await names.allTextContents()).toEqual(['Unknown']);
    await page.getByTestId('unnamed').getByText('127.0.0.1').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('lead to one application’s view, and from there to its records', async () => {
    const { page, complaints } = await console().open(`applications?${DAY}`);
    await page.getByTestId('application-table').locator('tr[data-key="SSH"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/app=SSH/);
    await untilDrawn(page);
    await page.getByTestId('application-chart').locator('canvas').waitFor();
    await page.getByTestId('choose-where').getByText('Ports').click();
    await page.getByTestId('application-where').getByText('22', { exact: true }).waitFor();
    expect(await problemsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Raw flows' }).click();
    await page.waitForURL(/flows\?.*filter=app\+%3D\+SSH/);
    await page.getByTestId('flow-table').getByText('SSH').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
}
