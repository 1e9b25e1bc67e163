// SPDX-License-Identifier: Apache-2.0
// For tests: chDB in a process of its own, with the config.xml of the folder where it runs. It is given statements and
// questions, {"write": […], "ask": […]}, on the standard input, prints the questions' rows as JSON, and kills itself:
// replicated tables without other servers never let go.
import { text } from 'node:stream/consumers';
import { Session } from 'chdb';

const { write, ask } = JSON.parse(await text(process.stdin)) as { write: string[]; ask: string[] };
const session = new Session('data');
for (const sql of write) await session.queryAsync(sql);
const answers: unknown[] = [];
for (const sql of ask) {
  const result = await session.queryAsync(sql, { format: 'JSON' });
  answers.push(result.json<{ data: unknown }>().data);
}
process.stdout.write(JSON.stringify(answers), () => process.kill(process.pid, 'SIGKILL'));
