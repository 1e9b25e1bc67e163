// SPDX-License-Identifier: Apache-2.0
// One trial of gathering: who searches, what it is offered, and what of it was searched.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../errors.js';
import { type Namespace, RECEIVER_PORT } from '../live/namespace.js';
import { degradingWeir, type Receiver } from '../live/receivers.js';
import { runTrial, type TrialResult } from '../live/trial.js';
import { assignCores } from '../machine.js';
import { toolPath } from '../paths.js';
import { engineFailures, readStats, type WeirStats } from '../programs/weir.js';
import { say } from '../progress.js';
import type { HeadSegments } from '../trace/recipes.js';
import type { Trace } from '../trace/traces.js';

/** What was searched between the ends of both counts: the start does not. */
const SHORT_SECONDS = 1;
const LONG_SECONDS = 2.5;
/** Of a probe that is asked while packets come: what waits at the end is not the card's rate. */
const ASKED_AFTER_MS = 1250;
const ASKED_AGAIN_AFTER_MS = 2250;
const WATCHED_SECONDS = 4;
const CONTROL_SOCKET = 'control.sock';

const settings = (channels: number) => `timing=card,channels=${channels}`;

function weir(name: string, words: readonly string[]): Receiver {
  return {
    ...degradingWeir,
    name,
    command: (folder, port) => [
      ...degradingWeir.command(folder, port),
      ...['--lanes', '2', '--on-overload', 'drop', ...words],
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

/** @param signatures folder, here and below */
export const weirOnCard = (channels: number, signatures: string): Receiver =>
  weir('Weir on the card', [
    ...['--engine', 'emulator', '--ncore-options', settings(channels)],
    ...['--signatures', signatures],
  ]);

/** What the same processor cores do without a card. */
export const weirInSoftware = (signatures: string): Receiver =>
  weir('Weir, hyperscan', ['--engine', 'hyperscan', '--signatures', signatures]);

/** @param patterns file, see devices/patterns.ts */
export function blocking(channels: number, patterns: string): Receiver {
  return {
    name: 'model that blocks',
    exports: false,
    command: () => [
      ...[toolPath('blockingloop'), RECEIVER_PORT, patterns],
      ...['emulator', settings(channels), '0'],
    ],
    ready: /ready/,
    received: (_folder, output) => JSON.parse(output.split('\n')[1] ?? ''),
  };
}

export interface Context {
  readonly namespace: Namespace;
  readonly trace: Trace;
  readonly segments: HeadSegments;
  /** Gbit/s of payload */
  readonly offered: number;
}

/** Gbit/s of payload */
export interface Rate {
  readonly offered: number;
  readonly matched: number;
}

/** Gbit/s of segments that were written to the card one by one, between the ends of both trials. */
export function rateBetween(
  short: TrialResult,
  long: TrialResult,
  { octets }: HeadSegments,
): number {
  const writes = (long.received.writes ?? 0) - (short.received.writes ?? 0);
  return (8 * writes * octets) / (long.sent.seconds - short.sent.seconds) / 1e9;
}

/** One packet of each flow has no payload: its SYN. */
export function offeredGigabits({ sent }: TrialResult, { count, octets }: HeadSegments): number {
  const segments = (sent.packets * count) / (count + 1);
  return (8 * segments * octets) / sent.seconds / 1e9;
}

/** Packets, SYNs among them. */
export function packetsPerSecond(offered: number, { count, octets }: HeadSegments): number {
  return ((offered * 1e9) / (8 * octets)) * ((count + 1) / count);
}

interface Look {
  readonly flows: number;
  readonly atMs: number;
}

/** Gbit/s */
export function rateOfFlows(first: Look, last: Look, { count, octets }: HeadSegments): number {
  return (8 * (last.flows - first.flows) * count * octets) / (last.atMs - first.atMs) / 1e6;
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

function told(receiver: Receiver, rate: Rate): Rate {
  const [matched, offered] = [rate.matched.toFixed(3), rate.offered.toFixed(3)];
  say(`  ${receiver.name}: ${matched} of ${offered} Gbit/s offered`);
  return rate;
}

/** @throws BenchError WEIR_BENCH_TOOL_FAILED also when flows came twice */
export async function watchedRateOf(receiver: Receiver, context: Context): Promise<Rate> {
  const { offered: asked, segments, ...where } = context;
  const looks: Look[] = [];
  const watch = async (folder: string) => {
    for (const waitMs of [ASKED_AFTER_MS, ASKED_AGAIN_AFTER_MS]) {
      await sleep(waitMs);
      looks.push(await lookAt(folder));
    }
  };
  const rate = packetsPerSecond(asked, segments);
  const cores = assignCores();
  // The card is a program here: a core that it shares with the lanes alone would be the limit in its place.
  const given = { ...where, cores, receiverCores: cores.program };
  const result = await runTrial({ ...given, receiver, rate, seconds: WATCHED_SECONDS, watch });
  if (result.sent.packets > context.trace.facts.packets) {
    throw new BenchError('WEIR_BENCH_TOOL_FAILED', 'the trace is too short: its flows came twice');
  }
  const matched = rateOfFlows(looks[0] as Look, looks[1] as Look, segments);
  return told(receiver, { offered: offeredGigabits(result, segments), matched });
}

/** Of who ends what it searches before it looks at the next packet. */
export async function rateOf(receiver: Receiver, context: Context): Promise<Rate> {
  const { offered: asked, segments, ...where } = context;
  const rate = packetsPerSecond(asked, segments);
  const trial = (seconds: number) =>
    runTrial({ ...where, receiver, rate, seconds, cores: assignCores() });
  const short = await trial(SHORT_SECONDS);
  const long = await trial(LONG_SECONDS);
  const matched = rateBetween(short, long, segments);
  return told(receiver, { offered: offeredGigabits(long, segments), matched });
}
