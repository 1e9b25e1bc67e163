// SPDX-License-Identifier: Apache-2.0
// For tests: brings the tables of a data folder into shape and says so before each statement, so that it
// can be killed there.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChdbSessions } from './chdb-sessions.js';
import { Migration } from './migration.js';
import { LOCAL, versionTables } from './schema.js';

const sessions = new ChdbSessions(join(process.argv[2] as string, 'flows'));
await sessions.open();
for (const sql of versionTables(LOCAL)) await sessions.write(sql);
const migration = new Migration({
  write: async (sql) => {
    process.stdout.write(`${sql.slice(0, 60).replaceAll('\n', ' ')}\n`);
    // Who kills must have heard of it.
    await sleep(1);
    await sessions.write(sql);
  },
  look: (sql) => sessions.look(sql),
  freeOctets: async () => Number.POSITIVE_INFINITY,
  log: (level, message, fields) => console.error(level, message, fields),
  onDone: () => undefined,
});
await migration.start();
while (migration.progress !== undefined && migration.problem === undefined) await sleep(5);
await migration.stop();
await sessions.close();
