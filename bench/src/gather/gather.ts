// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- gather`: how much of a card the probe uses. Flows of nothing but payload that has
// to be searched come faster than the card can take them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurations } from '../devices/configurations.js';
import { generatedPatterns } from '../devices/patterns.js';
import {
  gigabitsPerSecond,
  measureSpeed,
  STREAM_OCTETS,
  throughputAt,
  writePatterns,
  writeStreams,
} from '../devices/speeds.js';
import { Namespace } from '../live/namespace.js';
import { fromCaller } from '../paths.js';
import { say } from '../progress.js';
import { scratchFolder } from '../run/job.js';
import { type Spread, spreadOf } from '../statistics.js';
import {
  HEADS,
  type HeadsShape,
  headsRecipe,
  LAST_OCTETS,
  mixedRecipe,
  SHORT_HEADS,
} from '../trace/recipes.js';
import { makeTrace, TRACES_FOLDER, type Trace } from '../trace/traces.js';
import {
  blocking,
  type Context,
  type Rate,
  rateOf,
  watchedRateOf,
  weirInSoftware,
  weirOnCard,
} from './trials.js';

export interface GatherOptions {
  readonly channels: readonly number[];
  readonly rounds: number;
  readonly traces?: string;
}

export interface GatherRow {
  readonly channels: number;
  /** Gbit/s of payload: jobs of that many octets on all channels, tools/devicespeed */
  readonly limit: number;
  readonly jobOctets: number;
  /** of each segment of the trace */
  readonly segmentOctets: number;
  /** what Weir searched of what nearly fills the card */
  readonly filled: Spread;
  /** offered to the next three: more than the card takes */
  readonly offered: Spread;
  readonly weir: Spread;
  /** the same probe without a card */
  readonly software: Spread;
  /** one packet a write, the thread sleeps meanwhile */
  readonly blocking: Spread;
}

const PATTERNS = 144;
const LIMIT_SECONDS = 1;
/** Each trace, the jobs whose limit stands beside it, and the cards that it is sent to. */
const PARTS = [
  { shape: HEADS, jobOctets: STREAM_OCTETS, channelsMax: Number.POSITIVE_INFINITY },
  // For larger cards as many small packets are more than the sender can send.
  { shape: SHORT_HEADS, jobOctets: SHORT_HEADS.segments.octets, channelsMax: 2 },
];

/** Gbit/s: as much as the card takes, but for what the trial's own rate varies by. */
export const fillFor = (limit: number): number => 0.97 * limit;

/** Gbit/s: more than the card takes, but not so much that receiving it leaves no time to search. */
export const overloadFor = (limit: number): number => 1.1 * limit + 0.05;

/** l7-filter's files, since their patterns may begin anywhere: no first octets rule them out. */
function writeSignatures(lines: readonly string[], folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const [index, line] of lines.entries()) {
    const regex = Buffer.from(line.split(' ')[0] ?? '', 'hex').toString();
    writeFileSync(path.join(folder, `bench${index}.pat`), `bench${index}\n${regex}\n`);
  }
  return folder;
}

/** Generated ones that are not bound to the start, and that which the end of each flow matches. */
function floatingPatterns(): string[] {
  const anchor = Buffer.from('^').toString('hex');
  return generatedPatterns(4 * PATTERNS)
    .filter((line) => !line.startsWith(anchor))
    .slice(1, PATTERNS)
    .concat(`${Buffer.from(LAST_OCTETS).toString('hex')} exact`);
}

interface Limit {
  readonly channels: number;
  readonly jobOctets: number;
  /** Gbit/s */
  readonly limit: number;
}

/** Of whole jobs, and of jobs as small as the segments of short heads. */
async function limitsOf(options: GatherOptions, folder: string, traces: string): Promise<Limit[]> {
  const streams = await writeStreams(makeTrace(mixedRecipe(), traces).path, folder);
  const patterns = { name: 'generated', lines: floatingPatterns() };
  const blocks = PARTS.map(({ jobOctets }) => jobOctets);
  const plan = { seconds: LIMIT_SECONDS, blocks, batches: [] };
  const limits: Limit[] = [];
  const cards = configurations(options.channels).filter(({ family }) => family === 'card');
  for (const configuration of cards) {
    const measured = await measureSpeed({ configuration, patterns, streams, folder, plan });
    for (const jobOctets of blocks) {
      const speed = throughputAt(measured, jobOctets);
      if (!speed) continue;
      limits.push({
        channels: configuration.channels,
        jobOctets,
        limit: gigabitsPerSecond(speed),
      });
    }
  }
  return limits;
}

interface Bench {
  readonly namespace: Namespace;
  readonly rounds: number;
  /** file and folder of the same patterns */
  readonly patterns: string;
  readonly signatures: string;
}

const matchedOf = (rates: readonly Rate[]) => spreadOf(rates.map(({ matched }) => matched));

async function rowOf(
  { channels, jobOctets, limit }: Limit,
  { trace, shape }: { trace: Trace; shape: HeadsShape },
  { namespace, rounds, patterns, signatures }: Bench,
): Promise<GatherRow> {
  const { segments } = shape;
  say(
    `${channels} channels, segments of ${segments.octets} octets, limit ${limit.toFixed(3)} Gbit/s`,
  );
  const beyond: Context = { namespace, trace, segments, offered: overloadFor(limit) };
  const filling = { ...beyond, offered: fillFor(limit) };
  const rates = { filled: [] as Rate[], weir: [] as Rate[], software: [] as Rate[] };
  const model: Rate[] = [];
  for (let round = 0; round < rounds; ++round) {
    rates.filled.push(await watchedRateOf(weirOnCard(channels, signatures), filling));
    rates.weir.push(await watchedRateOf(weirOnCard(channels, signatures), beyond));
    rates.software.push(await watchedRateOf(weirInSoftware(signatures), beyond));
    model.push(await rateOf(blocking(channels, patterns), beyond));
  }
  return {
    ...{ channels, limit, jobOctets, segmentOctets: segments.octets },
    filled: matchedOf(rates.filled),
    offered: spreadOf(rates.weir.map(({ offered }) => offered)),
    weir: matchedOf(rates.weir),
    software: matchedOf(rates.software),
    blocking: matchedOf(model),
  };
}

/** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
export async function measureGathering(options: GatherOptions): Promise<GatherRow[]> {
  using namespace = Namespace.create();
  const folder = scratchFolder();
  try {
    const traces = options.traces ? fromCaller(options.traces) : TRACES_FOLDER;
    const lines = floatingPatterns();
    const patterns = writePatterns({ name: 'generated', lines }, path.join(folder, 'blocking'));
    const signatures = writeSignatures(lines, path.join(folder, 'signatures'));
    const bench = { namespace, rounds: options.rounds, patterns, signatures };
    const limits = await limitsOf(options, folder, traces);
    const rows: GatherRow[] = [];
    for (const { shape, jobOctets, channelsMax } of PARTS) {
      const trace = makeTrace(headsRecipe(shape), traces);
      for (const limit of limits) {
        if (limit.jobOctets !== jobOctets || limit.channels > channelsMax) continue;
        rows.push(await rowOf(limit, { trace, shape }, bench));
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
