// SPDX-License-Identifier: Apache-2.0
// One measured run of one program over one trace.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cores, coreDistanceNs } from '../machine.js';
import { toolPath } from '../paths.js';
import type { Outcome, Program } from '../programs/program.js';
import type { Trace } from '../trace/traces.js';
import { type Measured, measure } from './measured.js';
import { FlowSink } from './sink.js';

export interface RunOptions {
  readonly program: Program;
  readonly trace: Trace;
  readonly lanes: 1 | 2;
  readonly cores: Cores;
  readonly limitSeconds: number;
}

export interface Run {
  /** as typed at a prompt */
  readonly command: string;
  readonly measured: Measured;
  readonly outcome: Outcome;
  /** of two lanes' cores; see tools/coredistance.cc */
  readonly coreDistanceNs?: number;
}

/** In memory where possible: some programs write their flows to files. */
export function scratchFolder(): string {
  const parent = path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'weir-bench-runs');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, 'run-'));
}

/** As much as the largest program here takes; see tools/touchmemory.cc. */
const READY_MIB = 4096;

function makeMemoryReady() {
  execFileSync(toolPath('touchmemory'), [String(READY_MIB)]);
}

/** A trace on disk stays in memory only as long as nothing else needs the room. */
function readIntoMemory({ path: file }: Trace): void {
  const piece = Buffer.allocUnsafe(1 << 24);
  const handle = openSync(file, 'r');
  while (readSync(handle, piece) > 0);
  closeSync(handle);
}

export async function runOnce(options: RunOptions): Promise<Run> {
  const { program, trace, lanes, cores, limitSeconds } = options;
  const folder = scratchFolder();
  try {
    makeMemoryReady();
    readIntoMemory(trace);
    await using sink =
      program.output === 'datagrams'
        ? await FlowSink.start({ mode: 'keep', core: cores.service, folder })
        : undefined;
    const programCores = cores.program.slice(0, lanes);
    const job = { trace, folder, port: sink?.port ?? 0, cores: programCores };
    program.prepare?.(job);
    const apart = lanes > 1 ? { coreDistanceNs: coreDistanceNs(cores.program) } : {};
    const command = ['taskset', '-c', programCores.join(','), ...program.command(job)];
    const measured = await measure({ command, folder, core: cores.service, limitSeconds });
    const books = await sink?.stop();
    // Who was ended early has left nothing to read.
    const outcome = measured.ended === 'itself' ? program.outcome({ job, measured, books }) : {};
    return { command: command.join(' '), measured, outcome, ...apart };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
