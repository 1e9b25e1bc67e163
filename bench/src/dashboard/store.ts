// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChdbSessions, ChdbStore, writeGeneratedFlows } from '@weir/collector/bench';
import { say } from '../progress.js';

const ROWS_AN_INSERT = 500_000;
const DAY_MS = 86_400_000;
const MERGE_PATIENCE_SECONDS = 120;

/** Makes a collector's data folder anew, with so many generated flows of the last 24 hours. */
export async function fillStore(dataFolder: string, totalRows: number): Promise<void> {
  rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(dataFolder, { recursive: true });
  const store = new ChdbStore({ dataFolder, retentionDays: 30, rollupRetentionDays: 30 });
  const sessions = new ChdbSessions(path.join(dataFolder, 'flows'));
  const to = Date.now();
  const window = { from: to - DAY_MS, to };
  await store.open();
  try {
    await sessions.open();
    const file = path.join(dataFolder, 'generated.native');
    for (let first = 0; first < totalRows; first += ROWS_AN_INSERT) {
      const rows = Math.min(ROWS_AN_INSERT, totalRows - first);
      await sessions.write(writeGeneratedFlows(file, { ...window, first, rows, totalRows }));
      await store.insertFiles([file], `generated-${first}`);
      say(`stored ${first + rows} of ${totalRows}`);
    }
    rmSync(file, { force: true });
    await untilMerged(sessions);
  } finally {
    await sessions.close();
    await store.close();
  }
}

/** A store that has run for a day has merged most of it. */
async function untilMerged(sessions: ChdbSessions): Promise<void> {
  for (let left = MERGE_PATIENCE_SECONDS; left > 0; left--) {
    const [row] = await sessions.look<{ running: number }>(
      'SELECT toFloat64(count()) AS running FROM system.merges',
    );
    if (row?.running === 0) return;
    await sleep(1000);
  }
}
