// SPDX-License-Identifier: Apache-2.0
// A process that takes rows in is killed, again and again. WEIR_KILL_ROUNDS=100 for a long look.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Spool, type SpoolDrop } from '../spool/spool.js';
import { ChdbStore } from './chdb-store.js';
import { VIEWS } from './schema.js';
import { tableOf } from './tables.js';

const ROUNDS = Number(process.env.WEIR_KILL_ROUNDS ?? 10);
const KEEP = { retentionDays: 3650, rollupRetentionDays: 3650 };
let dataFolder = '';
beforeAll(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-crash-'));
});
afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

interface Kept {
  readonly first: number;
  readonly count: number;
}

/** Ends at a moment that differs from round to round: somewhere after so many files. */
async function ingestUntilKilled(start: number, files: number): Promise<Kept[]> {
  const program = join(import.meta.dirname, '../../dist/store/test-ingest.js');
  const child = spawn(process.execPath, [program, dataFolder, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kept: Kept[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [, first, count] = line.split(' ').map(Number);
    kept.push({ first: first as number, count: count as number });
    if (kept.length === files) setTimeout(() => child.kill('SIGKILL'), (files * 7) % 40);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return kept;
}

async function drain(store: ChdbStore): Promise<Partial<Record<SpoolDrop, number>>> {
  const drops: Partial<Record<SpoolDrop, number>> = {};
  const spool = new Spool({
    folder: join(dataFolder, 'spool'),
    take: ({ files, token }) =>
      store.insertFiles(
        files.map(({ path }) => path),
        token,
      ),
    mostBytes: Number.POSITIVE_INFINITY,
    reserveBytes: 0,
    sync: 'never',
    log: () => undefined,
    onDrop: (reason, records) => {
      drops[reason] = (drops[reason] ?? 0) + records;
    },
  });
  await spool.open();
  await spool.flushed();
  expect(spool.state).toMatchObject({ files: 0, problem: undefined });
  await spool.stop(0);
  return drops;
}

it('keeps what was in the spool, and nothing twice', async () => {
  const kept: Kept[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The last file may be in the spool without anybody having heard of it: its numbers are not used again.
    const start = round * 1_000_000;
    kept.push(...(await ingestUntilKilled(start, 3 + ((round * 5) % 17))));
  }
  const store = new ChdbStore({ dataFolder, ...KEEP });
  await store.open();
  const drops = await drain(store);
  expect(Object.keys(drops).filter((reason) => reason !== 'unfinished')).toEqual([]);

  const ask = async (sql: string) => (await store.query<object>({ sql, parameters: {} }))[0];
  const raw = 'count() AS rows, sum(octets) AS octetSum, sum(packets) AS packetSum';
  const records = await ask(`SELECT ${raw} FROM weir.flows`);
  const distinct = 'SELECT uniqExact(observationDomainId) AS rows FROM weir.flows';
  expect({ ...records, ...(await ask(distinct)) }).toEqual(records);

  const numbers = await store.query<{ start: number; rows: number }>({
    sql: 'SELECT intDiv(observationDomainId, 1000000) AS start, count() AS rows, max(observationDomainId) % 1000000 + 1 AS last FROM weir.flows GROUP BY start HAVING rows = last',
    parameters: {},
  });
  const stored = new Map(numbers.map(({ start, rows }) => [start, rows]));
  for (const { first, count } of kept) {
    const end = (first % 1_000_000) + count;
    expect(stored.get(Math.floor(first / 1_000_000))).toBeGreaterThanOrEqual(end);
  }
  for (const name of Object.keys(VIEWS) as (keyof typeof VIEWS)[]) {
    const { octets, packets, flows } = tableOf(name).oneDimension
      ? { octets: 'sentOctets', packets: 'sentPackets', flows: 'sentFlows' }
      : { octets: 'octets', packets: 'packets', flows: 'flows' };
    const sums = `sum(${flows}) AS rows, sum(${octets}) AS octetSum, sum(${packets}) AS packetSum`;
    expect({ name, ...(await ask(`SELECT ${sums} FROM weir.${name}`)) }).toEqual({
      name,
      ...records,
    });
  }
  await store.close();
}, 600_000);
