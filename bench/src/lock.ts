// SPDX-License-Identifier: Apache-2.0
// Two benches at once would measure each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { say } from './progress.js';

const LOCK_FILE = path.join(tmpdir(), 'weir-bench.lock');
const PATIENCE_MS = 1000;

/** Waits until no other bench runs on this machine; the turn ends with this process at the latest. */
export async function takeTurn(): Promise<AsyncDisposable> {
  // cat ends when this process does, whatever becomes of it, and flock with it.
  const holder = spawn('flock', [LOCK_FILE, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const timer = setTimeout(() => say('another bench is running; waiting for it'), PATIENCE_MS);
  await once(holder.stdout, 'data');
  clearTimeout(timer);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(holder, 'exit');
      holder.stdin.end();
      await closed;
    },
  };
}
