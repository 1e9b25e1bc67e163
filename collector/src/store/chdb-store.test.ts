// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChdbStore } from './chdb-store.js';
import { keepsTheContract } from './test-store-contract.js';

let dataFolder = '';

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "weir's store-"));
});
// One process opens one folder at a time: a store that a failed test leaves open would fail the others.
const made: ChdbStore[] = [];
afterEach(async () => {
  for (const store of made.splice(0)) await store.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

function newStore(retentionDays = 10_000, folder = dataFolder) {
  const store = new ChdbStore({ dataFolder: folder, retentionDays, rollupRetentionDays: 10_000 });
  made.push(store);
  return store;
}

describe('as a store', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  keepsTheContract({
    empty: async () => {
      folders.unshift(mkdtempSync(join(tmpdir(), "weir's store-")));
    },
    make: (retention) => new ChdbStore({ ...retention, dataFolder: folders[0] as string }),
    write: async (sql) => {
      const session = new Session(join(folders[0] as string, 'flows'));
      await session.queryAsync(sql);
      session.close();
    },
  });
});

it('says so when another process has the folder', async () => {
  const path = JSON.stringify(join(dataFolder, 'flows'));
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `new (require('chdb').Session)(${path}); console.log('held'); setInterval(() => 0, 1000)`,
    ],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  const opening = newStore().open();
  await expect(opening).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_LOCKED' });
  await expect(opening).rejects.toThrow(`process ${holder.pid};`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const store = newStore();
  await store.open();
  await store.close();
});

it('says so when the folder cannot be', async () => {
  const file = join(dataFolder, 'file');
  writeFileSync(file, '');
  const store = newStore(1, file);
  await expect(store.open()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_FOLDER' });
});

it('bounds what questions have in memory', async () => {
  const store = newStore();
  await store.open();
  const [bounds] = await store.query<Record<string, number>>({
    sql: `SELECT getSetting('max_bytes_before_external_group_by') AS groups,
  getSetting('max_bytes_before_external_sort') AS sorted,
  (SELECT value FROM system.server_settings WHERE name = 'mark_cache_size') AS marks`,
    parameters: {},
  });
  expect(bounds).toEqual({ groups: 536_870_912, sorted: 536_870_912, marks: '268435456' });
});
