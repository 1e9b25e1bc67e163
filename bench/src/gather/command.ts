// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine } from '../machine.js';
import { type ResultOptions, writeResults } from '../plot/results.js';
import { prioritize } from '../run/priority.js';
import { type GatherOptions, measureGathering } from './gather.js';
import { gatherPlot, gatherTable } from './report.js';

interface Words extends GatherOptions, ResultOptions {
  readonly nice?: number;
}

const CHANNELS = [1, 2, 4, 8, 12];

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('whole numbers.');
  return value;
}

async function gather(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = describeMachine();
  const rows = await measureGathering(words);
  const text = gatherTable(rows);
  writeResults({ machine, text, plots: [gatherPlot(rows)], values: { rows } }, words);
}

export const gatherCommand: Command = new Command('gather')
  .description('how much of a card’s limit the probe uses (root; about 9 minutes)')
  .option('--channels <numbers>', 'of the card', (text) => text.split(',').map(whole), CHANNELS)
  .option('--rounds <number>', 'of each', whole, 3)
  .option('--traces <folder>', 'where traces are kept (default: bench/.traces)')
  .option('--plots <folder>', 'where plots go (default: bench/results)')
  .option('--nice <level>', 'run everything at this priority', Number)
  .option('--json <file>', 'also write all results as JSON')
  .action(gather);
