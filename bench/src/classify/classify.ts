// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- classify`: the classifier beside raw Hyperscan with the same patterns over the
// same payloads, on one core.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BenchError } from '../errors.js';
import { assignCores } from '../machine.js';
import { fromCaller, ROOT, toolPath } from '../paths.js';
import { say } from '../progress.js';
import { Child } from '../run/child.js';
import { mixedRecipe } from '../trace/recipes.js';
import { makeTrace, TRACES_FOLDER } from '../trace/traces.js';

export interface ClassifyOptions {
  /** besides the trace `mixed` */
  readonly captures: readonly string[];
  /** folders, besides Weir's own */
  readonly signatures: readonly string[];
  readonly runs: number;
  readonly traces?: string;
}

export interface Pass {
  readonly processorNs: number;
  readonly scannedOctets: number;
  readonly namedFlows: number;
}

export interface Round {
  readonly raw: Pass;
  readonly rawUntilMatch: Pass;
  readonly classifier: Pass;
}

/** What tools/classifyspeed prints. */
export interface Speed {
  readonly patterns: number;
  readonly flows: number;
  readonly pieces: number;
  /** of payload, within the budget */
  readonly octets: number;
  readonly rounds: readonly Round[];
  readonly memory: {
    readonly undecidedFlows: number;
    readonly undecidedFlowBytes: number;
    readonly slotBytes: number;
    readonly streamBytes: number;
    readonly undecidedFlowsMax: number;
  };
}

export interface Measured {
  readonly capture: string;
  readonly signatures: string;
  readonly speed: Speed;
}

interface PatternSet {
  readonly name: string;
  readonly folder: string;
  readonly words: readonly string[];
}

const OWN_SIGNATURES = path.join(ROOT, 'signatures');
const DUMP_SCRIPT = path.join(ROOT, 'probe', 'dist', 'signatures', 'dump.js');
const DUMP_OCTETS_MAX = 1 << 28;

function patternSets(folders: readonly string[]): PatternSet[] {
  return [
    { name: 'Weir’s own', folder: OWN_SIGNATURES, words: [] },
    ...folders.map((folder) => ({ name: folder, folder: fromCaller(folder), words: [] })),
    { name: 'one of each part', folder: OWN_SIGNATURES, words: ['one'] },
  ];
}

function writeDump({ folder }: PatternSet, file: string): void {
  const words = [DUMP_SCRIPT, folder];
  writeFileSync(file, execFileSync(process.execPath, words, { maxBuffer: DUMP_OCTETS_MAX }));
}

async function measureOne(set: PatternSet, capture: string, runs: number): Promise<Speed> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'weir-classify-'));
  try {
    const dump = path.join(scratch, 'signatures.dump');
    writeDump(set, dump);
    const core = String(assignCores().program[0]);
    const words = [dump, capture, String(runs), ...set.words];
    const command = ['taskset', '-c', core, toolPath('classifyspeed'), ...words];
    await using child = Child.start(command, path.join(scratch, 'tool'));
    await child.finished();
    if (child.exitCode !== 0) throw new BenchError('WEIR_BENCH_TOOL_FAILED', child.complaint);
    return JSON.parse(child.output) as Speed;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export async function measureClassifier(options: ClassifyOptions): Promise<Measured[]> {
  const folder = options.traces ? fromCaller(options.traces) : TRACES_FOLDER;
  const mixed = { name: 'mixed', file: makeTrace(mixedRecipe(), folder).path };
  const given = options.captures.map((name) => ({ name, file: fromCaller(name) }));
  const measured: Measured[] = [];
  for (const { name: capture, file } of [mixed, ...given]) {
    for (const set of patternSets(options.signatures)) {
      say(`${capture}, ${set.name} …`);
      const speed = await measureOne(set, file, options.runs);
      measured.push({ capture, signatures: set.name, speed });
    }
  }
  return measured;
}
