// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine } from '../machine.js';
import { type ResultOptions, writeResults } from '../plot/results.js';
import { prioritize } from '../run/priority.js';
import { type DevicesOptions, measureDevices } from './devices.js';
import { devicePlots } from './plots.js';
import { devicesText } from './report.js';

interface Words extends DevicesOptions, ResultOptions {
  readonly nice?: number;
}

async function devices(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = describeMachine();
  const results = await measureDevices(words);
  const text = devicesText(results);
  writeResults({ machine, text, plots: devicePlots(results), values: { results } }, words);
}

export const devicesCommand: Command = new Command('devices')
  .description('pattern-matching devices: throughput, latency, processor time (about 5 minutes)')
  .option('--patterns <folder>', 'signatures or l7-filter’s files (default: Weir’s own)')
  .option('--quick', 'fewer and shorter measurements, about a minute')
  .option('--traces <folder>', 'where traces are kept (default: bench/.traces)')
  .option('--plots <folder>', 'where plots go (default: bench/results)')
  .option('--nice <level>', 'run everything at this priority', Number)
  .option('--json <file>', 'also write all results as JSON')
  .action(devices);
