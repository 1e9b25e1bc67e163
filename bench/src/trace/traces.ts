// SPDX-License-Identifier: Apache-2.0
// Traces are made once and kept on disk; while something is measured they are in the page cache.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { BenchError } from '../errors.js';
import { ROOT, toolPath } from '../paths.js';
import type { Recipe, TraceName } from './recipes.js';

/** Counted by tools/tracecount, which shares no code with the trace maker. */
export interface TraceFacts {
  readonly packets: number;
  /** of frames, without frame check sequence */
  readonly octets: number;
  readonly meanOctets: number;
  readonly ipPackets: number;
  readonly ipOctets: number;
  readonly ipv6Packets: number;
  readonly laterFragments: number;
  readonly outOfOrder: number;
  /** distinct 5-tuples, direction ignored */
  readonly flows: number;
  readonly uniflows: number;
  /** as seen by who does not put fragments together */
  readonly flowsFragmentsApart: number;
  readonly uniflowsFragmentsApart: number;
  readonly seconds: number;
}

export interface Trace {
  readonly name: TraceName;
  readonly describes: string;
  readonly path: string;
  readonly facts: TraceFacts;
}

/** On disk, where captures are, and read into the page cache before each run. Git ignores it. */
export const TRACES_FOLDER = path.join(ROOT, 'bench', '.traces');
const MAKER_SOURCES = ['mixed_trace.cc', 'small_trace.cc', 'rewrite.cc', 'frame.cc', 'capture.cc'];

/** A change of these makes another trace. */
const SOURCES: Readonly<Record<TraceName, readonly string[]>> = {
  mixed: MAKER_SOURCES,
  small: MAKER_SOURCES,
  heads: [...MAKER_SOURCES, 'heads_trace.cc'],
  short: [...MAKER_SOURCES, 'heads_trace.cc'],
};

const LARGE_OCTETS = 50e6;

function freeOctets(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Removes all traces that the bench has kept; gives the folders that are gone. */
export function removeTraces(): string[] {
  if (!existsSync(TRACES_FOLDER)) return [];
  rmSync(TRACES_FOLDER, { recursive: true });
  return [TRACES_FOLDER];
}

/** Another recipe, another capture or another maker is another trace. */
function digestOf(recipe: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe.words));
  const sources = SOURCES[recipe.name].map((file) => path.join(ROOT, 'bench', 'tools', file));
  for (const file of [...sources, ...recipe.captures]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

function runTool(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new BenchError('WEIR_BENCH_TOOL_FAILED', stderr.trim() || String(error));
  }
}

function checkSpace(recipe: Recipe, folder: string): void {
  const free = freeOctets(folder);
  if (free > recipe.sizeOctets) return;
  const megabytes = (octets: number) => `${Math.ceil(octets / 1e6)} MB`;
  throw new BenchError(
    'WEIR_BENCH_NO_SPACE',
    `the trace "${recipe.name}" needs ${megabytes(recipe.sizeOctets)} and ${folder} has ` +
      `${megabytes(free)} free. Make room, or name another folder with --traces.`,
  );
}

/** Traces that an older recipe has left take gigabytes; nobody else uses them (lock.ts). */
function removeOlder(recipe: Recipe, folder: string): void {
  const older = readdirSync(folder)
    .filter((name) => name.startsWith(`${recipe.name}-`) && name.endsWith('.pcap'))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).size > LARGE_OCTETS);
  for (const file of older)
    for (const name of [file, `${file}.json`]) rmSync(name, { force: true });
}

/**
 * What a process has just written lies in the page cache in pages of 4 KiB, what was read from the disk
 * in much larger folios, which cost a reader half the time. A capture that someone reads was mostly
 * written long ago, so the next to read it finds it on the disk only.
 */
function dropFromPageCache(file: string): void {
  runTool('sync', [file]);
  runTool('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

/** @throws BenchError WEIR_BENCH_NO_SPACE, WEIR_BENCH_TOOL_FAILED */
export function makeTrace(recipe: Recipe, folder: string): Trace {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${recipe.name}-${digestOf(recipe)}.pcap`);
  const factsFile = `${file}.json`;
  if (!existsSync(file) || !existsSync(factsFile)) {
    if (recipe.sizeOctets > LARGE_OCTETS) removeOlder(recipe, folder);
    checkSpace(recipe, folder);
    const [before, after] = recipe.words;
    const unfinished = `${file}.${process.pid}`;
    try {
      runTool(toolPath('maketrace'), [...before, unfinished, ...after]);
      writeFileSync(factsFile, runTool(toolPath('tracecount'), [unfinished]));
      renameSync(unfinished, file);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  dropFromPageCache(file);
  const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as TraceFacts;
  return { name: recipe.name, describes: recipe.describes, path: file, facts };
}
