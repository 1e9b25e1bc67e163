// SPDX-License-Identifier: Apache-2.0
// The highest rate at which each collector loses nothing: rounds are interleaved, since what disturbs
// a round disturbs all.
import { highestRate, type Trial } from '../live/search.js';
import type { Cores } from '../machine.js';
import { say } from '../progress.js';
import type { FlowReceiver } from './receivers.js';
import { type FlowProtocol, runFlowTrial } from './trial.js';

export interface RateOptions {
  readonly receivers: readonly FlowReceiver[];
  readonly protocols: readonly FlowProtocol[];
  readonly rounds: number;
  readonly trialSeconds: number;
  readonly cores: Cores;
}

export interface RateRow {
  readonly receiver: FlowReceiver;
  readonly protocol: FlowProtocol;
  /** flows per second, by round */
  readonly rates: number[];
  /** whether the sender was the limit, by round */
  readonly senderLimited: boolean[];
}

const LEAST = 20_000;
const MOST = 12_000_000;
const PRECISION = 0.06;
/** What is sent less than asked for by so much was the sender's own limit. */
const SENDER_SLACK = 0.9;

async function trialAt(
  row: RateRow,
  rate: number,
  { trialSeconds, cores }: RateOptions,
): Promise<Trial> {
  const { receiver, protocol } = row;
  const { sent, kernelDrops } = await runFlowTrial({
    ...{ receiver, protocol, cores, seconds: trialSeconds },
    flowsPerSecond: rate,
  });
  const achieved = sent.flows / sent.seconds;
  const isLoss = kernelDrops > 0 || sent.refused > 0;
  say(
    `    ${Math.round(achieved / 1000)} k flows/s: ${isLoss ? `${kernelDrops} lost` : 'no loss'}`,
  );
  if (isLoss) return { verdict: 'loss', achieved };
  return { verdict: achieved < SENDER_SLACK * rate ? 'sender-limited' : 'loss-free', achieved };
}

export async function measureRates(options: RateOptions): Promise<RateRow[]> {
  const { receivers, protocols, rounds } = options;
  const rows: RateRow[] = protocols.flatMap((protocol) =>
    receivers.map((receiver) => ({ receiver, protocol, rates: [], senderLimited: [] })),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      say(`  round ${round}: ${row.receiver.name}, ${row.protocol}`);
      const search = { least: LEAST, most: MOST, precision: PRECISION };
      const found = await highestRate((rate) => trialAt(row, rate, options), search);
      row.rates.push(found.rate);
      row.senderLimited.push(found.limit === 'sender');
    }
  }
  return rows;
}
