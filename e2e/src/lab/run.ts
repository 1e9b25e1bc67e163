// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';

export interface RunOptions {
  /** Standard input. */
  readonly input?: string;
  readonly limitMs?: number;
}

/** Standard output of a program that ends by itself; throws with its standard error. */
export function run(
  program: string,
  args: readonly string[],
  { input, limitMs = 30_000 }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: limitMs, maxBuffer: 64 << 20, killSignal: 'SIGKILL' as const };
    const child = execFile(program, args, limits, (error, output, errors) => {
      if (!error) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')}: ${errors.trim() || error.message}`));
    });
    // A program that reads nothing closes its end early: its exit status tells whether that was right.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
