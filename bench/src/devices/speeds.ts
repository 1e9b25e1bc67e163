// SPDX-License-Identifier: Apache-2.0
// What tools/devicespeed measures of a device, and what follows from it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { BenchError } from '../errors.js';
import { toolPath } from '../paths.js';
import { say } from '../progress.js';
import { Child } from '../run/child.js';
import type { Configuration } from './configurations.js';
import type { PatternSet } from './patterns.js';

export interface Throughput {
  readonly blockOctets: number;
  readonly jobs: number;
  readonly events: number;
  readonly seconds: number;
  /** of all threads */
  readonly processorSeconds: number;
}

export interface Latency {
  readonly batchJobs: number;
  readonly jobs: number;
  readonly medianNs: number;
  readonly percentile99Ns: number;
}

/** What the tool prints. */
export interface Speed {
  readonly implementation: string;
  readonly patterns: number;
  readonly accepted: number;
  readonly openSeconds: number;
  readonly throughput: readonly Throughput[];
  readonly latency: readonly Latency[];
}

export interface Measured {
  readonly configuration: Configuration;
  readonly patterns: string;
  readonly speed: Speed;
}

/** Of each job of a latency measurement. */
export const LATENCY_JOB_OCTETS = 500;
export const STREAM_OCTETS = 2000;
const STREAMS = 4000;

export function gigabitsPerSecond({ jobs, blockOctets, seconds }: Throughput): number {
  return (8 * jobs * blockOctets) / seconds / 1e9;
}

/** Of the card's timing, in octets' worth of a channel's time: see ncore-shim/README.md. */
const CARD = { nanosecondsPerOctet: 80, writeOctetsLeast: 80, switchOctets: 16 } as const;

/** What the card's timing gives, when each job is of another stream than the one before. */
export function cardGigabits(channels: number, blockOctets: number): number {
  const cost = Math.max(blockOctets, CARD.writeOctetsLeast) + CARD.switchOctets;
  return (channels * 8 * blockOctets) / (cost * CARD.nanosecondsPerOctet);
}

export function processorSecondsPerGigabit(one: Throughput): number {
  return (one.processorSeconds / (8 * one.jobs * one.blockOctets)) * 1e9;
}

export function throughputAt({ speed }: Measured, blockOctets: number): Throughput | undefined {
  return speed.throughput.find((one) => one.blockOctets === blockOctets);
}

/** What a device takes at most: longest jobs, all of the channels measured. */
export function limitOf(measured: readonly Measured[], family: Configuration['family']): number {
  const own = measured.filter(({ configuration }) => configuration.family === family);
  const most = Math.max(...own.map(({ configuration }) => configuration.channels));
  const rates = own
    .filter(({ configuration }) => configuration.channels === most)
    .flatMap(({ speed }) => speed.throughput.slice(-1).map(gigabitsPerSecond));
  return Math.max(0, ...rates);
}

export interface SpeedPlan {
  readonly seconds: number;
  readonly blocks: readonly number[];
  readonly batches: readonly number[];
}

async function outputOf(command: readonly string[], folder: string): Promise<string> {
  await using child = Child.start(command, path.join(folder, 'tool'));
  await child.finished();
  if (child.exitCode !== 0) throw new BenchError('WEIR_BENCH_TOOL_FAILED', child.complaint);
  return child.output;
}

/** @returns the file that devicespeed reads */
export async function writeStreams(capture: string, folder: string): Promise<string> {
  const file = path.join(folder, 'streams');
  const words = [capture, file, String(STREAM_OCTETS), String(STREAMS)];
  const written = Number(await outputOf([toolPath('payloadstreams'), ...words], folder));
  say(`  ${written} streams of ${STREAM_OCTETS} octets`);
  return file;
}

export function writePatterns({ lines }: PatternSet, file: string): string {
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

export interface SpeedOptions {
  readonly configuration: Configuration;
  readonly patterns: PatternSet;
  readonly streams: string;
  readonly folder: string;
  readonly plan: SpeedPlan;
}

export async function measureSpeed(options: SpeedOptions): Promise<Measured> {
  const { configuration, patterns, streams, folder, plan } = options;
  say(`  ${configuration.name}, ${patterns.lines.length} patterns`);
  const file = writePatterns(patterns, path.join(folder, 'patterns'));
  const output = await outputOf(
    [
      ...[toolPath('devicespeed'), streams, String(STREAM_OCTETS), file],
      ...[configuration.device, configuration.settings, String(plan.seconds)],
      ...[plan.blocks.join(','), plan.batches.join(',')],
    ],
    folder,
  );
  return { configuration, patterns: patterns.name, speed: JSON.parse(output) as Speed };
}
