// SPDX-License-Identifier: Apache-2.0
// A disk that is full: the store stops and says so, receiving and its counters go on, every record is in
// the books, and all goes on when there is room again.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HealthResponse } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import {
  endCollector,
  healthOf,
  RECORDS,
  type RunningCollector,
  sendFor,
  startCollector,
} from './running-collector.js';

const MIB = 1024 * 1024;
const isOfDisk = (problem: string) => problem.includes('octets left');

describe.skipIf(!IS_ROOT)('a collector whose disk is full', () => {
  let disk = '';
  let running: RunningCollector;
  let sentRecords = 0;
  beforeAll(async () => {
    disk = mkdtempSync(path.join(tmpdir(), 'weir-e2e-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', disk]);
    running = await startCollector(path.join(disk, 'data'), '--disk-reserve', String(32 * MIB));
  });
  afterAll(() => {
    running?.process.kill('SIGKILL');
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  const health = async () => (await healthOf(running.url)) as HealthResponse;
  const send = async () => {
    const sent = (await sendFor(running, 700)).length;
    sentRecords += sent * RECORDS;
    return sent;
  };
  /** Of what was sent, all is stored, waits, or was dropped for a reason. */
  const booksAddUp = async () => {
    const { receive, store } = await health();
    const dropped = Object.values(receive.dropsByReason).reduce((sum, count) => sum + count, 0);
    return store.storedRecords + store.pendingRecords + dropped === sentRecords;
  };

  /** Up to the last octet. */
  function fill(): string {
    const ballast = path.join(disk, 'ballast');
    const file = openSync(ballast, 'w');
    const block = Buffer.alloc(64 * 1024, 1);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    } finally {
      closeSync(file);
    }
    return ballast;
  }

  it('stores while there is room', async () => {
    await send();
    await eventually('all is stored', async () => {
      const { store } = await health();
      return store.storedRecords === sentRecords && store.pendingRecords === 0;
    });
  });

  it('says so, goes on counting, and stores again when there is room', async () => {
    const ballast = fill();
    const before = (await health()).store.storedRecords;
    await send();
    await eventually('the disk is the problem', async () => {
      const { receive, problems } = await health();
      return (receive.dropsByReason.diskFull ?? 0) > 0 && problems.some(isOfDisk);
    });
    await eventually('every record is accounted for', booksAddUp);
    expect((await health()).store.storedRecords).toBe(before);

    rmSync(ballast);
    const dropped = (await health()).receive.dropsByReason.diskFull ?? 0;
    await send();
    await eventually('what comes then is stored', async () => {
      const { store, problems } = await health();
      return store.storedRecords === sentRecords - dropped && !problems.some(isOfDisk);
    });
  });

  it('opens again with what it had', async () => {
    const { storedRecords } = (await health()).store;
    await endCollector(running, 'SIGTERM');
    running = await startCollector(path.join(disk, 'data'), '--disk-reserve', String(32 * MIB));
    await eventually('all records are there', async () => {
      const { tables } = (await health()).store;
      return tables.find(({ name }) => name === 'flows')?.rows === storedRecords;
    });
  });
});
