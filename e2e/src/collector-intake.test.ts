// SPDX-License-Identifier: Apache-2.0
// `weir collector` as a process of its own: what an exporter has sent is there after SIGTERM, and after
// SIGKILL all but the last second.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthResponse } from '@weir/wire';
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
