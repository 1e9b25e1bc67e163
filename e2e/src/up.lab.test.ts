// SPDX-License-Identifier: Apache-2.0
// `weir up` as a new user meets it: one command, then named flows on the dashboard; Ctrl-C ends it
// with nothing lost.

import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { API, type FlowsResponse, type HealthResponse, type TopResponse } from '@weir/wire';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { NET_RAW, NET_RAW_AND_DAC_OVERRIDE, rightsOfThreads } from './rights.js';
import { RunningWeir, SAMPLE, scratchFolder, weir } from './weir.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Instance {
  readonly url: string;
  readonly running: RunningWeir;
  readonly data: string;
}

async function startUp(...args: string[]): Promise<Instance> {
  return startUpOn(path.join(scratchFolder(), 'data'), ...args);
}

async function startUpOn(data: string, ...args: string[]): Promise<Instance> {
  const [http, udp] = [await freePort(), await freePort()];
  const running = RunningWeir.start([
    ...['up', '--http', `127.0.0.1:${http}`, '--listen', `127.0.0.1:${udp}`, '--data', data],
    ...args,
  ]);
  await running.printed(/Weir is running/);
  return { url: `http://127.0.0.1:${http}`, running, data };
}

async function get<Answer>(url: string, route: string): Promise<Answer> {
  const response = await fetch(new URL(route, url));
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

describe('weir up', () => {
  let instance: Instance;
  let browser: Browser;
  beforeAll(async () => {
    instance = await startUp();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await instance?.running.stop('SIGKILL');
  });

  it('names flows of the sample within the first minute', async () => {
    let names: string[] = [];
    await eventually('a dozen named applications', async () => {
      const { rows } = await get<TopResponse>(
        instance.url,
        `${API.top}?by=applicationName&limit=50`,
      );
      names = rows.map((row) => row.key);
      return names.length >= 12;
    });
    expect(names).toContain('TLS');
    expect(names).toContain('HTTP');
  });

  it('dates flows at present, though the capture is old', async () => {
    const { flows } = await get<FlowsResponse>(instance.url, `${API.flows}?limit=5`);
    expect(flows.length).toBeGreaterThan(0);
    for (const flow of flows) {
      expect(Math.abs(Date.now() - flow.flowEndMilliseconds)).toBeLessThan(120_000);
    }
  });

  it.each(['light', 'dark'] as const)('shows them on the dashboard (%s)', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1600, height: 1200 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(instance.url);
    await page.getByTestId('traffic-chart').locator('canvas').first().waitFor();
    await page.getByTestId('top-applications').locator('[data-key="TLS"]').waitFor();
    await page.getByTestId('top-talkers').locator('[data-key]').first().waitFor();
    await page
      .getByTestId('live-rates')
      .getByText(/bit\/s$/)
      .waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fits a narrow window without scrolling sideways', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(instance.url);
    await page.getByTestId('top-applications').locator('[data-key="TLS"]').waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  });

  it('answers weir query', async () => {
    const { stdout } = await weir('query', 'top', '--collector', instance.url);
    expect(stdout).toMatch(/applicationName +bytes +packets +flows/);
    expect(stdout).toMatch(/TLS/);
  });
});

describe('weir up, asked to stop', () => {
  it('has stored every packet that the probe saw', async () => {
    const { running, url, data } = await startUp('--replay', SAMPLE, '--loop');
    await eventually('flows are stored', async () => {
      const { store } = await get<HealthResponse>(url, API.health);
      return store.storedRecords > 20;
    });
    expect(await running.stop()).toBe(0);
    const [, recorded] = /stopped: [\d,]+ packets = ([\d,]+) in/.exec(running.output) ?? [];
    const http = `127.0.0.1:${await freePort()}`;
    await using again = RunningWeir.start([
      ...['collector', '--http', http, '--listen', `127.0.0.1:${await freePort()}`, '--data', data],
    ]);
    await again.printed(/collecting on/);
    const { total } = await get<TopResponse>(`http://${http}`, `${API.top}?by=applicationName`);
    expect(total.packets).toBe(Number(recorded?.replaceAll(',', '')));
  });
});

describe.skipIf(!IS_ROOT)('rights of weir up', () => {
  const NOBODY = 65534;
  const rightsOn = async (data: string): Promise<string[]> => {
    const { running, url } = await startUpOn(data);
    await using _ended = running;
    await eventually('flows are stored', async () => {
      const { store } = await get<HealthResponse>(url, API.health);
      return store.storedRecords > 0;
    });
    return [...(rightsOfThreads(running.process.pid).get('CapPrm') ?? [])];
  };

  it('are to capture, when the data folder is its own', async () => {
    expect(await rightsOn(path.join(scratchFolder(), 'data'))).toEqual([NET_RAW]);
  });

  it("are also to write another's files, when the data folder is another's", async () => {
    const data = path.join(scratchFolder(), 'data');
    mkdirSync(data);
    chownSync(data, NOBODY, NOBODY);
    expect(await rightsOn(data)).toEqual([NET_RAW_AND_DAC_OVERRIDE]);
  });
});
