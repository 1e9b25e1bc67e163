// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- gather`: how much of a card the probe uses. Flows of nothing but payload that has
// to be searched come faster than the card can take them.
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { configurations } from '../devices/configurations.js';
import { generatedPatterns } from '../devices/patterns.js';
import {
  gigabitsPerSecond,
  measureSpeed,
  STREAM_OCTETS,
  writePatterns,
  writeStreams,
} from '../devices/speeds.js';
import { BenchError } from '../errors.js';
import { Namespace, RECEIVER_PORT } from '../live/namespace.js';
import { degradingWeir, type Receiver } from '../live/receivers.js';
import { runTrial, type TrialResult } from '../live/trial.js';
import { assignCores } from '../machine.js';
import { fromCaller, toolPath } from '../paths.js';
import { engineFailures, readStats, type WeirStats } from '../programs/weir.js';
import { say } from '../progress.js';
import { scratchFolder } from '../run/job.js';
import { type Spread, spreadOf } from '../statistics.js';
import { HEAD_SEGMENTS, headsRecipe, LAST_OCTETS, mixedRecipe } from '../trace/recipes.js';
import { makeTrace, TRACES_FOLDER, type Trace } from '../trace/traces.js';

export interface GatherOptions {
  readonly channels: readonly number[];
  readonly rounds: number;
  readonly traces?: string;
}

export interface GatherRow {
  readonly channels: number;
  /** Gbit/s of payload: jobs of 2000 octets, tools/devicespeed */
  readonly limit: number;
  /** what Weir searched of what nearly fills the card */
  readonly filled: Spread;
  /** offered to Weir and to the model: more than the card takes */
  readonly offered: Spread;
  readonly weir: Spread;
  /** one packet a write, the thread sleeps meanwhile */
  readonly blocking: Spread;
}

const PATTERNS = 144;
const LIMIT_SECONDS = 1;
/** What was searched between the ends of both counts: the start does not. */
const SHORT_SECONDS = 1;
const LONG_SECONDS = 2.5;
/** Of a probe that is asked while packets come: what waits at the end is not the card's rate. */
const ASKED_AFTER_MS = 1250;
const ASKED_AGAIN_AFTER_MS = 2250;
const WATCHED_SECONDS = 4;
/** So many that none comes a second time at the highest rate: it would be known. */
const FLOWS = 200_000;
const CONTROL_SOCKET = 'control.sock';
const FLOW_OCTETS = HEAD_SEGMENTS.count * HEAD_SEGMENTS.octets;

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

const settings = (channels: number) => `timing=card,channels=${channels}`;

function weirOnCard(channels: number, signatures: string): Receiver {
  return {
    ...degradingWeir,
    name: 'Weir, 2 lanes',
    command: (folder, port) => [
      ...degradingWeir.command(folder, port),
      ...['--lanes', '2', '--on-overload', 'drop', '--signatures', signatures],
      ...['--engine', 'emulator', '--ncore-options', settings(channels)],
      ...['--control', path.join(folder, CONTROL_SOCKET)],
    ],
    received: (folder, output) => {
      const stats = readStats(folder);
      const [failure] = engineFailures(stats);
      if (failure) throw new BenchError('WEIR_BENCH_TOOL_FAILED', `the device failed: ${failure}`);
      return degradingWeir.received(folder, output);
    },
  };
}

function blocking(channels: number, patterns: string): Receiver {
  return {
    name: 'model that blocks',
    exports: false,
    command: () => [
      ...[toolPath('blockingloop'), RECEIVER_PORT, patterns],
      ...['emulator', settings(channels), '0'],
    ],
    ready: /ready/,
    received: (_folder, output) => {
      const counted = JSON.parse(output.split('\n')[1] ?? '');
      return { ...counted, matchedOctets: counted.writes * HEAD_SEGMENTS.octets };
    },
  };
}

/** Gbit/s between the ends of both. */
export function rateBetween(short: TrialResult, long: TrialResult): number {
  const octets = (long.received.matchedOctets ?? 0) - (short.received.matchedOctets ?? 0);
  return (8 * octets) / (long.sent.seconds - short.sent.seconds) / 1e9;
}

/** One packet of each flow has no payload: its SYN. */
export function offeredGigabits({ sent }: TrialResult): number {
  const { count, octets } = HEAD_SEGMENTS;
  const segments = (sent.packets * count) / (count + 1);
  return (8 * segments * octets) / sent.seconds / 1e9;
}

interface Context {
  readonly namespace: Namespace;
  readonly trace: Trace;
  /** Gbit/s of payload */
  readonly offered: number;
}

interface Rate {
  readonly offered: number;
  readonly matched: number;
}

/** Packets, SYNs among them. */
function packetsPerSecond(offered: number): number {
  const { count, octets } = HEAD_SEGMENTS;
  return ((offered * 1e9) / (8 * octets)) * ((count + 1) / count);
}

interface Look {
  readonly flows: number;
  readonly atMs: number;
}

/** Gbit/s */
export function rateOfFlows(first: Look, last: Look): number {
  return (8 * (last.flows - first.flows) * FLOW_OCTETS) / (last.atMs - first.atMs) / 1e6;
}

/** How many flows a running probe has named. */
async function lookAt(folder: string): Promise<Look> {
  const socketPath = path.join(folder, CONTROL_SOCKET);
  const [response] = (await once(get({ socketPath, path: '/status' }), 'response')) as [
    IncomingMessage,
  ];
  const { stats } = (await json(response)) as { stats: WeirStats };
  return { flows: stats.classifier.decidedFlows ?? 0, atMs: performance.now() };
}

async function watchedRateOf(receiver: Receiver, { offered: asked, ...context }: Context) {
  const looks: Look[] = [];
  const watch = async (folder: string) => {
    for (const waitMs of [ASKED_AFTER_MS, ASKED_AGAIN_AFTER_MS]) {
      await sleep(waitMs);
      looks.push(await lookAt(folder));
    }
  };
  const rate = packetsPerSecond(asked);
  const cores = assignCores();
  // The card is a program here: a core that it shares with the lanes alone would be the limit in its place.
  const where = { cores, receiverCores: cores.program };
  const trial = { ...context, ...where, receiver, rate, seconds: WATCHED_SECONDS, watch };
  const result = await runTrial(trial);
  if (result.sent.packets > context.trace.facts.packets) {
    throw new BenchError('WEIR_BENCH_TOOL_FAILED', 'the trace is too short: its flows came twice');
  }
  const offered = offeredGigabits(result);
  return told(receiver, { offered, matched: rateOfFlows(looks[0] as Look, looks[1] as Look) });
}

function told(receiver: Receiver, rate: Rate): Rate {
  const [matched, offered] = [rate.matched.toFixed(3), rate.offered.toFixed(3)];
  say(`  ${receiver.name}: ${matched} of ${offered} Gbit/s offered`);
  return rate;
}

async function rateOf(receiver: Receiver, { offered: asked, ...context }: Context): Promise<Rate> {
  const rate = packetsPerSecond(asked);
  const trial = (seconds: number) =>
    runTrial({ ...context, receiver, rate, seconds, cores: assignCores() });
  const short = await trial(SHORT_SECONDS);
  const long = await trial(LONG_SECONDS);
  return told(receiver, { offered: offeredGigabits(long), matched: rateBetween(short, long) });
}

async function limitsOf(options: GatherOptions, folder: string, traces: string) {
  const streams = await writeStreams(makeTrace(mixedRecipe(), traces).path, folder);
  const patterns = { name: 'generated', lines: floatingPatterns() };
  const plan = { seconds: LIMIT_SECONDS, blocks: [STREAM_OCTETS], batches: [] };
  const limits: { channels: number; limit: number }[] = [];
  const cards = configurations(options.channels).filter(({ family }) => family === 'card');
  for (const configuration of cards) {
    const given = { configuration, patterns, streams, folder, plan };
    const { speed } = await measureSpeed(given);
    const [longest] = speed.throughput;
    if (!longest) continue;
    limits.push({ channels: configuration.channels, limit: gigabitsPerSecond(longest) });
  }
  return limits;
}

/** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
export async function measureGathering(options: GatherOptions): Promise<GatherRow[]> {
  using namespace = Namespace.create();
  const folder = scratchFolder();
  try {
    const traces = options.traces ? fromCaller(options.traces) : TRACES_FOLDER;
    const trace = makeTrace(headsRecipe(FLOWS), traces);
    const lines = floatingPatterns();
    const patterns = writePatterns({ name: 'generated', lines }, path.join(folder, 'blocking'));
    const signatures = writeSignatures(lines, path.join(folder, 'signatures'));
    const rows: GatherRow[] = [];
    for (const { channels, limit } of await limitsOf(options, folder, traces)) {
      say(`${channels} channels, limit ${limit.toFixed(3)} Gbit/s`);
      const context = { namespace, trace, offered: overloadFor(limit) };
      const filling = { ...context, offered: fillFor(limit) };
      const filled: Rate[] = [];
      const weir: Rate[] = [];
      const model: Rate[] = [];
      for (let round = 0; round < options.rounds; ++round) {
        filled.push(await watchedRateOf(weirOnCard(channels, signatures), filling));
        weir.push(await watchedRateOf(weirOnCard(channels, signatures), context));
        model.push(await rateOf(blocking(channels, patterns), context));
      }
      rows.push({
        channels,
        limit,
        filled: spreadOf(filled.map(({ matched }) => matched)),
        offered: spreadOf(weir.map(({ offered }) => offered)),
        weir: spreadOf(weir.map(({ matched }) => matched)),
        blocking: spreadOf(model.map(({ matched }) => matched)),
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
