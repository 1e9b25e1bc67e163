// SPDX-License-Identifier: Apache-2.0
// What `--stats` names: a file, or - for standard output.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import type { ProbeStats } from '@weir/probe';
import { CommandError } from './errors.js';

const STANDARD_OUTPUT = 1;

function cannotWrite(path: string, error: unknown): CommandError {
  return new CommandError(
    'WEIR_CLI_CANNOT_WRITE_STATS',
    `cannot write the counters to ${path}: ${(error as Error).message}. ` +
      'Give --stats a file in a folder that you may write to.',
  );
}

/** Finds out at the start what would otherwise be found out after hours of capturing. */
export function openStats(path: string | undefined): void {
  if (path === undefined || path === '-') return;
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** @throws CommandError WEIR_CLI_CANNOT_WRITE_STATS */
export function writeStats(path: string | undefined, stats: ProbeStats): void {
  if (path === undefined) return;
  const text = `${JSON.stringify(stats)}\n`;
  try {
    if (path === '-') writeSync(STANDARD_OUTPUT, text);
    else writeFileSync(path, text);
  } catch (error) {
    // A reader that has seen enough (head) is no failure.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw cannotWrite(path, error);
  }
}
