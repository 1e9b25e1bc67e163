// SPDX-License-Identifier: Apache-2.0
import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CollectorError, reasonOf } from '../errors.js';

const RETRY_MS = 20;
const GIVE_UP_MS = 5000;
/** Nobody holds the lock longer than it takes to write a small file. */
const STALE_MS = 30_000;

/** Who waits in this process; so a file with its number is never its own, but of one before (in containers). */
const turns = new Map<string, Promise<unknown>>();

/**
 * Runs `task` while no other process does with the same lock file. What a killed process has left is
 * taken away. @throws CollectorError WEIR_COLLECTOR_ACCESS_NOT_KEPT when it stays taken
 */
export function withFileLock<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  const before = turns.get(path) ?? Promise.resolve();
  const done = before.then(() => runLocked(path, task));
  turns.set(
    path,
    done.catch(() => undefined),
  );
  return done;
}

async function runLocked<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  await take(path);
  try {
    return await task();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  const until = performance.now() + GIVE_UP_MS;
  while (!(await tryTake(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    else if (performance.now() > until) {
      throw new CollectorError(
        'WEIR_COLLECTOR_ACCESS_NOT_KEPT',
        `${path} is held by process ${await holder(path)}; wait for it, or delete the file when no such process runs`,
      );
    }
    await sleep(RETRY_MS);
  }
}

async function tryTake(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(process.pid)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    const detail = `${reasonOf(error)}; see that the data folder is writable and its disk has room`;
    throw new CollectorError('WEIR_COLLECTOR_ACCESS_NOT_KEPT', detail, error);
  }
}

async function holder(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')) || 'unknown';
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await holder(path));
  const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
  if (pid === process.pid) return true;
  return age > STALE_MS || (pid > 0 && !isRunning(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
