// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- loss`: the packets that are lost at each offered rate, over a veth pair.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { mainSet, patternSets } from '../devices/patterns.js';
import { writePatterns } from '../devices/speeds.js';
import { BenchError } from '../errors.js';
import { Namespace } from '../live/namespace.js';
import { runTrial } from '../live/trial.js';
import { assignCores } from '../machine.js';
import { fromCaller } from '../paths.js';
import { say } from '../progress.js';
import { scratchFolder } from '../run/job.js';
import { mixedRecipe } from '../trace/recipes.js';
import { makeTrace, TRACES_FOLDER, type Trace } from '../trace/traces.js';
import { type LossReceiver, lossReceivers } from './engines.js';

export interface LossOptions {
  /** Mbit/s */
  readonly rates: readonly number[];
  readonly trialSeconds: number;
  /** keys; all when empty */
  readonly receivers: readonly string[];
  readonly traces?: string;
}

export interface LossPoint {
  /** that was really sent */
  readonly offeredBitsPerSecond: number;
  readonly sentPackets: number;
  readonly lostPackets: number;
  /** of receivers that name flows */
  readonly namedShare?: number;
}

export interface LossCurve {
  readonly receiver: string;
  readonly points: readonly LossPoint[];
}

export function lostShare({ sentPackets, lostPackets }: LossPoint): number {
  return sentPackets === 0 ? 0 : lostPackets / sentPackets;
}

/** Frames of the mean length of the trace. */
export function packetsPerSecond(megabitsPerSecond: number, { facts }: Trace): number {
  return (megabitsPerSecond * 1e6 * facts.packets) / (8 * facts.octets);
}

function chosen(all: readonly LossReceiver[], keys: readonly string[]): readonly LossReceiver[] {
  const unknown = keys.filter((key) => !all.some((receiver) => receiver.key === key));
  if (unknown.length > 0) {
    const names = all.map(({ key }) => key).join(', ');
    throw new BenchError(
      'WEIR_BENCH_NO_SUCH_CHOICE',
      `no such receiver: ${unknown.join(', ')}. There are: ${names}.`,
    );
  }
  return all.filter(({ key }) => keys.length === 0 || keys.includes(key));
}

interface Context {
  readonly namespace: Namespace;
  readonly trace: Trace;
  readonly seconds: number;
}

async function pointAt(
  receiver: LossReceiver,
  megabitsPerSecond: number,
  context: Context,
): Promise<LossPoint> {
  const rate = packetsPerSecond(megabitsPerSecond, context.trace);
  const cores = assignCores();
  const where = receiver.hasAllCores ? { cores, receiverCores: cores.program } : { cores };
  const { sent, received } = await runTrial({ ...context, ...where, receiver, rate });
  const point = {
    offeredBitsPerSecond: (8 * sent.octets) / sent.seconds,
    sentPackets: sent.packets,
    lostPackets: sent.packets - received.packets,
    ...(received.namedShare === undefined ? {} : { namedShare: received.namedShare }),
  };
  const offered = Math.round(point.offeredBitsPerSecond / 1e6);
  say(`  ${receiver.name}, ${offered} Mbit/s: ${(100 * lostShare(point)).toFixed(2)} % lost`);
  return point;
}

/** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
export async function measureLoss(options: LossOptions): Promise<LossCurve[]> {
  using namespace = Namespace.create();
  const folder = scratchFolder();
  try {
    const trace = makeTrace(
      mixedRecipe(),
      options.traces ? fromCaller(options.traces) : TRACES_FOLDER,
    );
    const patterns = writePatterns(mainSet(patternSets(undefined)), path.join(folder, 'patterns'));
    const context = { namespace, trace, seconds: options.trialSeconds };
    const curves: LossCurve[] = [];
    for (const receiver of chosen(lossReceivers(patterns), options.receivers)) {
      const points: LossPoint[] = [];
      for (const rate of options.rates) points.push(await pointAt(receiver, rate, context));
      curves.push({ receiver: receiver.name, points });
    }
    return curves;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
