// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BenchError } from '../errors.js';
import { toolPath } from '../paths.js';
import { Child } from './child.js';

/** What tools/measure says of a command and all that it has started. */
export interface Measured {
  readonly exitCode: number;
  readonly ended: 'itself' | 'the limit' | 'a signal';
  readonly wallSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly peakResidentOctets: number;
  /** without mapped files: a trace that is mapped is not the program's memory */
  readonly peakAnonymousOctets: number;
  readonly output: string;
}

export interface MeasureOptions {
  readonly command: readonly string[];
  /** for what the command prints, and for what it leaves behind */
  readonly folder: string;
  /** for the stopwatch itself */
  readonly core: number;
  readonly limitSeconds: number;
}

/** @throws BenchError when the command could not be run at all */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { command, folder, core, limitSeconds } = options;
  const file = path.join(folder, 'measured.json');
  const child = Child.start(
    [
      ...['taskset', '-c', String(core), toolPath('measure'), file, String(limitSeconds)],
      ...command,
    ],
    path.join(folder, 'program'),
  );
  await child.finished();
  if (child.exitCode !== 0) {
    throw new BenchError(
      'WEIR_BENCH_TOOL_FAILED',
      `${command.join(' ')}\ncould not be measured: ${child.complaint}`,
    );
  }
  const measured = JSON.parse(readFileSync(file, 'utf8')) as Omit<Measured, 'output'>;
  if (measured.exitCode !== 0 && measured.ended === 'itself') {
    throw new BenchError(
      'WEIR_BENCH_TOOL_FAILED',
      `${command.join(' ')}\nended with ${measured.exitCode}: ${child.complaint}`,
    );
  }
  return { ...measured, output: child.output };
}
