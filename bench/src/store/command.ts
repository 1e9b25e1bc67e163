// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine, machineLine } from '../machine.js';
import { fromCaller } from '../paths.js';
import { prioritize } from '../run/priority.js';
import { storeTable } from './report.js';
import { measureStore, type StoreOptions } from './store.js';

interface Words extends StoreOptions {
  readonly json?: string;
  readonly nice?: number;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number.');
  return value;
}

async function storeQueries(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = describeMachine();
  const measured = await measureStore({ ...words, folder: fromCaller(words.folder) });
  console.log(`\n${machineLine(machine)}\n\n${storeTable(measured)}`);
  if (words.json) {
    writeFileSync(fromCaller(words.json), JSON.stringify({ machine, measured }, undefined, 2));
  }
}

export const storeCommand: Command = new Command('store-queries')
  .description('questions over generated flows, octets on disk and processor time of a flow')
  .option('--rows <number>', 'generated over 24 hours', whole, 100_000_000)
  .option('--folder <folder>', 'of the database', path.join(tmpdir(), 'weir-bench-store'))
  .option('--keep', 'leave the database there')
  .option('--rounds <number>', 'of each question', whole, 7)
  .option('--nice <level>', 'run everything at this priority', Number)
  .option('--json <file>', 'also write all results as JSON')
  .action(storeQueries);
