// SPDX-License-Identifier: Apache-2.0
// What tests with a real server beside them need.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that nobody had a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until `check` gives something. */
export async function until<Found>(
  check: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    await sleep(20);
  }
}
