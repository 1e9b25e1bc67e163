// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine } from '../machine.js';
import { type ResultOptions, writeResults } from '../plot/results.js';
import { prioritize } from '../run/priority.js';
import { type LossOptions, measureLoss } from './loss.js';
import { lossPlot, lossTable } from './report.js';

interface Words extends LossOptions, ResultOptions {
  readonly nice?: number;
}

/** The last is more than a sender on one core reaches. */
const RATES = [25, 50, 100, 200, 400, 800, 1600, 6400];

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (!values.every((value) => value > 0)) throw new InvalidArgumentError('numbers above 0.');
  return values;
}

const seconds = (text: string) => numbers(text)[0] as number;

const collect = (value: string, others: string[]) => [...others, value];

async function loss(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = describeMachine();
  const curves = await measureLoss(words);
  const text = lossTable(curves);
  writeResults({ machine, text, plots: [lossPlot(curves)], values: { curves } }, words);
}

export const lossCommand: Command = new Command('loss')
  .description('packets lost by offered rate, for each engine (root; about 6 minutes)')
  .option('--rates <Mbit/s>', 'offered, with commas between them', numbers, RATES)
  .option('--trial-seconds <seconds>', 'how long is sent at each rate', seconds, 3)
  .option(
    '--receiver <key>',
    'none, hyperscan, emulator, ncore, card, blocking-heads, blocking',
    collect,
    [],
  )
  .option('--traces <folder>', 'where traces are kept (default: bench/.traces)')
  .option('--plots <folder>', 'where plots go (default: bench/results)')
  .option('--nice <level>', 'run everything at this priority', Number)
  .option('--json <file>', 'also write all results as JSON')
  .action(({ receiver, ...words }: Words & { receiver: string[] }) =>
    loss({ ...words, receivers: receiver }),
  );
