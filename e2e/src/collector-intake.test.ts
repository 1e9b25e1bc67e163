// SPDX-License-Identifier: Apache-2.0
// `weir collector` as a process of its own: what an exporter has sent is there after SIGTERM, and after
// SIGKILL all but the last second, with what was decided on it.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { API, type DecisionsResponse, type HealthResponse } from '@weir/wire';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  endCollector,
  healthOf,
  RECORDS,
  type RunningCollector,
  sendFor,
  startCollector,
} from './running-collector.js';

let folder = '';
let collector: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-e2e-intake-'));
});
afterEach(() => {
  collector?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function start(): Promise<RunningCollector> {
  const running = await startCollector(folder, '--disk-reserve', '0');
  collector = running.process;
  return running;
}

/** Records in the database of a new process over the same folder. */
async function storedAfterwards(): Promise<number> {
  const again = await start();
  let stored = -1;
  for (;;) {
    const { store } = (await healthOf(again.url)) as HealthResponse;
    const raw = store.tables.find(({ name }) => name === 'flows')?.rows ?? 0;
    if (store.pendingRecords === 0 && raw === stored) break;
    stored = raw;
    await sleep(6000);
  }
  await endCollector(again, 'SIGTERM');
  return stored;
}

it('flushes at SIGTERM: nothing that was sent is missing', async () => {
  const running = await start();
  const sentAt = await sendFor(running, 1000);
  await endCollector(running, 'SIGTERM');
  expect(running.process.exitCode).toBe(0);
  expect(await storedAfterwards()).toBe(sentAt.length * RECORDS);
});

it('loses at most the last second at SIGKILL, and opens again', async () => {
  const running = await start();
  const sentAt = await sendFor(running, 2500);
  const killedAt = Date.now();
  await endCollector(running, 'SIGKILL');
  const old = sentAt.filter((time) => time < killedAt - 1000).length;
  const stored = await storedAfterwards();
  expect(stored).toBeGreaterThanOrEqual(old * RECORDS);
  expect(stored).toBeLessThanOrEqual(sentAt.length * RECORDS);
});

async function decidedOn(url: string): Promise<string[]> {
  const response = await fetch(`${url}${API.decisions}`);
  const { decisions } = (await response.json()) as DecisionsResponse;
  const own = decisions.filter(({ origin }) => origin === 'rule');
  return own.map(({ id }) => id).sort();
}

it('has decided again after SIGKILL on what it had decided, before anything new comes', async () => {
  const running = await start();
  const rule = {
    ...{ name: 'once', filter: 'dst in 192.0.2.0/24 and proto = udp' },
    ...{ action: { kind: 'block' }, scope: 'host', subject: 'source' },
  };
  const made = await fetch(`${running.url}${API.rules}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  });
  expect(made.status, await made.text()).toBe(201);
  await sendFor(running, 50);
  await expect.poll(() => decidedOn(running.url)).toHaveLength(RECORDS);
  const before = await decidedOn(running.url);
  // Until it is stored.
  await sleep(1500);
  await endCollector(running, 'SIGKILL');
  // Had it been killed a little earlier, they would not have been in it.
  rmSync(path.join(folder, 'decisions.json'), { force: true });
  const again = await start();
  await expect.poll(() => decidedOn(again.url), { timeout: 15_000 }).toEqual(before);
  await endCollector(again, 'SIGTERM');
});
