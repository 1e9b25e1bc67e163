// SPDX-License-Identifier: Apache-2.0
// The highest rate without loss over a veth pair, for Weir and for a bare loop.
import type { Cores } from '../machine.js';
import { say } from '../progress.js';
import type { Trace } from '../trace/traces.js';
import { Namespace } from './namespace.js';
import { bareLoop, type Receiver } from './receivers.js';
import { highestRate, type Trial } from './search.js';
import { runTrial, type TrialResult } from './trial.js';

export interface LiveRow {
  readonly receiver: string;
  readonly packetsPerSecond: number;
  readonly octetsPerPacket: number;
  readonly limit: 'receiver' | 'sender';
  readonly trials: number;
}

export interface Live {
  readonly trace: Trace;
  readonly rows: readonly LiveRow[];
  readonly program: { readonly bare: string };
}

export interface LiveOptions {
  readonly receivers: readonly Receiver[];
  readonly traces: readonly Trace[];
  readonly cores: Cores;
  readonly trialSeconds: number;
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

async function searchFor(receiver: Receiver, trace: Trace, options: SearchContext) {
  const { namespace, cores, trialSeconds } = options;
  say(`    ${receiver.name}`);
  const seconds = trialSeconds;
  // What the sender reaches at all bounds the search from above.
  const fastest = await runTrial({ receiver, trace, namespace, cores, rate: 0, seconds });
  const most = Math.min(MOST_PACKETS_PER_SECOND, fastest.sent.packets / fastest.sent.seconds);
  const first = judge(fastest, 0);
  tell(0, fastest, first);
  const found =
    first.verdict === 'loss-free'
      ? { rate: first.achieved, limit: 'sender' as const, trials: 1 }
      : await highestRate(
          async (rate) => {
            const result = await runTrial({ receiver, trace, namespace, cores, rate, seconds });
            const trial = judge(result, rate);
            tell(rate, result, trial);
            return trial;
          },
          { least: LEAST_PACKETS_PER_SECOND, most, precision: PRECISION },
        );
  return {
    receiver: receiver.name,
    packetsPerSecond: found.rate,
    octetsPerPacket: trace.facts.meanOctets,
    limit: found.limit,
    trials: found.trials,
  };
}

interface SearchContext {
  readonly namespace: Namespace;
  readonly cores: Cores;
  readonly trialSeconds: number;
}

/** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
export async function runLive(options: LiveOptions): Promise<Live[]> {
  const { receivers, traces, cores, trialSeconds } = options;
  using namespace = Namespace.create();
  const found: Live[] = [];
  for (const trace of traces) {
    say(`  live: ${trace.name}`);
    const rows: LiveRow[] = [];
    for (const receiver of receivers) {
      rows.push(await searchFor(receiver, trace, { namespace, cores, trialSeconds }));
    }
    found.push({ trace, rows, program: { bare: bareLoop.name } });
  }
  return found;
}
