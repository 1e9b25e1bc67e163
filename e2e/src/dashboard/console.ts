// SPDX-License-Identifier: Apache-2.0
// A collector with traffic, somebody who has signed in, and a browser that looks at the dashboard: one of each for
// all of the dashboard's tests.

import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { CSRF_HEADER } from '@weir/wire';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser } from '../browser.js';
import { eventually } from '../lab/eventually.js';
import { RunningWeir, scratchFolder } from '../weir.js';
import { FlowSender, makeTraffic } from './traffic.js';

const HOUR_MS = 3_600_000;
export const PASSWORD = 'a river without a weir';

const NETWORKS = `networks:
  - { prefix: 10.1.0.0/24, name: Office, role: staff, site: Berlin }
  - { prefix: 10.1.1.0/24, name: Dormitory, role: guests, site: Berlin }
  - { prefix: 10.1.2.0/24, name: Laboratory, role: staff, site: Potsdam }
`;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** What a page has complained about: errors of scripts, of the console, of the content security policy. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
}

export class Console implements AsyncDisposable {
  private constructor(
    readonly weir: RunningWeir,
    readonly browser: Browser,
    readonly context: BrowserContext,
    readonly url: string,
    readonly data: string,
    readonly sender: FlowSender,
  ) {}

  /** Starts it all; the last 26 hours and the same time last week have traffic. */
  static async start(): Promise<Console> {
    const data = scratchFolder();
    const [udp, http] = [await freePort(), await freePort()];
    const networks = path.join(data, 'networks.yaml');
    writeFileSync(networks, NETWORKS);
    const url = `http://127.0.0.1:${http}`;
    const weir = RunningWeir.start([
      ...['collector', '--listen', `127.0.0.1:${udp}`, '--http', `127.0.0.1:${http}`],
      ...['--data', path.join(data, 'data'), '--network-file', networks, '--access', 'always'],
    ]);
    const [browser] = await Promise.all([launchBrowser(), weir.printed(/#invitation=/)]);
    const sender = await sendTraffic(udp);
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const started = new Console(weir, browser, context, url, data, sender);
    await started.#acceptInvitation();
    await started.#untilStored();
    started.sender.goOn();
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sender.close();
    await this.browser.close();
    await this.weir.stop('SIGKILL');
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Opens an address of the dashboard ("explore?v=1"), in the session that is there. */
  async open(link: string, context: BrowserContext = this.context): Promise<OpenPage> {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${this.url}/${link}`);
    await untilDrawn(page);
    return { page, complaints };
  }

  /** What the API answers to who has signed in; undefined without a body. @throws Error for a refusal */
  async request(method: string, route: string, body?: unknown): Promise<unknown> {
    const headers = await this.#csrfHeaders();
    const response = await this.context.request.fetch(`${this.url}/api/v1/${route}`, {
      ...{ method, headers },
      ...(body !== undefined && { data: body }),
    });
    const text = await response.text();
    if (!response.ok()) throw new Error(`${method} ${route}: ${response.status()} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #csrfHeaders(): Promise<Record<string, string>> {
    const response = await this.context.request.get(`${this.url}/api/v1/session`);
    const { csrfToken = '' } = (await response.json()) as { csrfToken?: string };
    return { [CSRF_HEADER]: csrfToken };
  }

  /** A page holds a stream, and a browser has six connections to a server. */
  async closePages(): Promise<void> {
    const pages = this.browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.close()));
  }

  async #acceptInvitation(): Promise<void> {
    const [invitation] = /#invitation=[\w-]+/.exec(this.weir.output) ?? [''];
    const page = await this.context.newPage();
    await page.goto(`${this.url}/${invitation}`);
    const form = page.getByTestId('invitation');
    await form.locator('[name=password]').fill(PASSWORD);
    await form.locator('[name=again]').fill(PASSWORD);
    await form
      .getByRole('button', { name: /sign in/ })
      .first()
      .click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.close();
  }

  async #untilStored(): Promise<void> {
    await eventually('all flows are stored', async () => {
      const response = await this.context.request.get(`${this.url}/api/v1/health`);
      const { receive, store } = (await response.json()) as {
        receive: { records: number };
        store: { storedRecords: number; pendingRecords: number };
      };
      return (
        store.pendingRecords === 0 &&
        store.storedRecords >= receive.records &&
        receive.records > 5000
      );
    });
  }
}

async function sendTraffic(port: number): Promise<FlowSender> {
  const sender = new FlowSender();
  await sender.connect(port);
  const now = Date.now();
  const before = now - 7 * 24 * HOUR_MS;
  await sender.send([
    ...makeTraffic({ from: now - 26 * HOUR_MS, to: now, flowsPerMinute: 8, seed: 1 }),
  ]);
  await sender.send([
    ...makeTraffic({ from: before - 2 * HOUR_MS, to: before, flowsPerMinute: 8, seed: 2 }),
  ]);
  return sender;
}

/** Until nothing is on its way any more. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.locator('main h2, main .notice, form').first().waitFor();
  // The page forbids eval, so waiting functions do not work there.
  await page.locator('.skeleton, [aria-busy=true]').first().waitFor({ state: 'detached' });
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
}

/** What axe-core finds wrong, a line for each. */
export async function axeProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const run = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`;
  const violations = (await page.evaluate(run)) as readonly Violation[];
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Nothing may be reached by scrolling sideways only. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
}
