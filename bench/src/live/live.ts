// SPDX-License-Identifier: Apache-2.0
// The highest rate without loss over a veth pair, for Weir and for a bare loop.
import type { Cores } from '../machine.js';
import { say } from '../progress.js';
import { type Spread, spreadOf } from '../statistics.js';
import type { Trace } from '../trace/traces.js';
import { Namespace } from './namespace.js';
import type { Receiver } from './receivers.js';
import { type Found, highestRate, type Trial } from './search.js';
import { runTrial, type TrialResult } from './trial.js';

export interface LiveRow {
  readonly receiver: string;
  readonly packetsPerSecond: Spread;
  /** who set the limit, in any round */
  readonly limits: readonly Found['limit'][];
  readonly rates: readonly number[];
}

export interface Live {
  readonly trace: Trace;
  readonly rows: readonly LiveRow[];
}

export interface LiveOptions {
  readonly receivers: readonly Receiver[];
  readonly traces: readonly Trace[];
  readonly cores: Cores;
  readonly trialSeconds: number;
  readonly rounds: number;
}

/** More than a sender on one core reaches over a veth pair. */
const MOST_PACKETS_PER_SECOND = 4e6;
const LEAST_PACKETS_PER_SECOND = 1e4;
const PRECISION = 0.03;
/** A sender that keeps this share of its rate has kept it. */
const KEPT_SHARE = 0.98;

function judge({ sent, received }: TrialResult, rate: number): Trial {
  const achieved = sent.packets / sent.seconds;
  const isWhole = received.packets === sent.packets && received.kernelDrops === 0;
  if (!isWhole) return { verdict: 'loss', achieved };
  return { verdict: achieved >= KEPT_SHARE * rate ? 'loss-free' : 'sender-limited', achieved };
}

function tell(rate: number, { sent, received }: TrialResult, { verdict }: Trial): void {
  const asked = (rate / 1e6).toFixed(2);
  const achieved = (sent.packets / sent.seconds / 1e6).toFixed(2);
  const lost = sent.packets - received.packets;
  say(
    `      asked ${asked} Mpps, sent ${achieved} Mpps, lost ${lost.toLocaleString('en')}: ${verdict}`,
  );
}

function search(receiver: Receiver, trace: Trace, context: SearchContext): Promise<Found> {
  say(`    ${receiver.name}`);
  const trial = async (rate: number) => {
    const result = await runTrial({ receiver, trace, rate, ...context });
    const judged = judge(result, rate);
    tell(rate, result, judged);
    return judged;
  };
  return highestRate(trial, {
    least: LEAST_PACKETS_PER_SECOND,
    most: MOST_PACKETS_PER_SECOND,
    precision: PRECISION,
  });
}

interface SearchContext {
  readonly namespace: Namespace;
  readonly cores: Cores;
  readonly seconds: number;
}

function rowOf(receiver: string, found: readonly Found[]): LiveRow {
  return {
    receiver,
    packetsPerSecond: spreadOf(found.map(({ rate }) => rate)),
    limits: [...new Set(found.map(({ limit }) => limit))],
    rates: found.map(({ rate }) => rate),
  };
}

/** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
export async function runLive(options: LiveOptions): Promise<Live[]> {
  const { receivers, traces, cores, trialSeconds: seconds, rounds } = options;
  using namespace = Namespace.create();
  const live: Live[] = [];
  for (const trace of traces) {
    const found = new Map(receivers.map((receiver): [Receiver, Found[]] => [receiver, []]));
    for (let round = 1; round <= rounds; ++round) {
      say(`  live: ${trace.name}, round ${round} of ${rounds}`);
      for (const [receiver, list] of found) {
        list.push(await search(receiver, trace, { namespace, cores, seconds }));
      }
    }
    live.push({ trace, rows: [...found].map(([{ name }, list]) => rowOf(name, list)) });
  }
  return live;
}
