// SPDX-License-Identifier: Apache-2.0
// For tests: rows through the spool into the store, as fast as it takes them, until the process is killed.
// Says "kept FIRST COUNT" when rows, numbered in observationDomainId, are in the spool.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Spool } from '../spool/spool.js';
import { ChdbStore } from './chdb-store.js';
import { randomFlows } from './test-columns.js';
import { createNameTable } from './test-name-table.js';
import { encodeNativeBlock } from './test-native-format.js';

const [dataFolder = '', start = '0'] = process.argv.slice(2);
const KEEP = { retentionDays: 3650, rollupRetentionDays: 3650 };
const store = new ChdbStore({ dataFolder, ...KEEP });
const spool = new Spool({
  folder: join(dataFolder, 'spool'),
  take: ({ files, token }) =>
    store.insertFiles(
      files.map(({ path }) => path),
      token,
    ),
  recordsTogether: 3000,
  mostBytes: Number.POSITIVE_INFINITY,
  reserveBytes: 0,
  sync: 'never',
  log: (level, message, fields) => console.error(level, message, fields),
  onDrop: (reason, records) => console.error('dropped', reason, records),
});
await store.open();
await spool.open();
const names = createNameTable();
for (let first = Number(start), file = 0; ; file++) {
  const count = 200 + ((file * 997) % 1500);
  const now = Date.now();
  const columns = randomFlows(names, { count, seed: first, from: now - 100_000, to: now });
  columns.receivedMilliseconds.fill(now);
  for (let row = 0; row < count; row++) columns.observationDomainId[row] = first + row;
  await spool.add(count, (path) => writeFile(path, encodeNativeBlock(columns, names)));
  process.stdout.write(`kept ${first} ${count}\n`);
  first += count;
  // The store is the slower one: a process that is killed leaves some files behind, not hundreds.
  while (spool.state.files > 3) await new Promise((resolve) => setTimeout(resolve, 1));
}
