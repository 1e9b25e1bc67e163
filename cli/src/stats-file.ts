// SPDX-License-Identifier: Apache-2.0
// What `--stats` names: a file, or - for standard output.
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
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

/**
 * Open from the start to the end: what would go wrong is found out before hours of capturing, and
 * the rights that it took to open it may be given up.
 */
export class StatsFile {
  readonly #path: string;
  readonly #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** @throws CommandError WEIR_CLI_CANNOT_WRITE_STATS */
  static open(path: string | undefined): StatsFile | undefined {
    if (path === undefined) return undefined;
    if (path === '-') return new StatsFile(path, STANDARD_OUTPUT);
    try {
      return new StatsFile(path, openSync(path, 'a'));
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /** @throws CommandError WEIR_CLI_CANNOT_WRITE_STATS */
  write(stats: ProbeStats): void {
    try {
      this.#replace(`${JSON.stringify(stats)}\n`);
    } catch (error) {
      // A reader that has seen enough (head) is no failure.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw cannotWrite(this.#path, error);
    }
  }

  #replace(text: string): void {
    if (this.#descriptor === STANDARD_OUTPUT) {
      writeSync(STANDARD_OUTPUT, text);
      return;
    }
    if (fstatSync(this.#descriptor).isFile()) ftruncateSync(this.#descriptor);
    writeSync(this.#descriptor, text);
    closeSync(this.#descriptor);
  }
}
