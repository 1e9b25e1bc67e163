// SPDX-License-Identifier: Apache-2.0
// Several things at once, as many as there are cores.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Does `work` for each item; rejects with the first error, once what had begun is over. */
export async function inParallel(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const workers = Array.from({ length: availableParallelism() }, worker);
  const outcomes = await Promise.allSettled(workers);
  const broken = outcomes.find(({ status }) => status === 'rejected');
  if (broken) throw broken.reason;
}

/** What a command printed, and whether it failed. */
export function outputOf(command, args, options) {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 1 << 28, ...options }, (error, stdout, stderr) =>
      resolve({ text: stdout + stderr, hasFailed: error !== null }),
    );
  });
}
