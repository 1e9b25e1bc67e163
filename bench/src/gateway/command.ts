// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- gateway`: how fast decisions come into the kernel, what they cost packets, how exact rates are.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { BenchError } from '../errors.js';
import { takeTurn } from '../lock.js';
import { assignCores, describeMachine, machineLine } from '../machine.js';
import { ROOT } from '../paths.js';
import { say } from '../progress.js';
import { prioritize } from '../run/priority.js';
import { type Changes, measureChanges } from './changes.js';
import { measureFilling } from './filling.js';
import { measurePackets } from './packets.js';
import { measureRates, measureShares } from './rates.js';
import { changesTable, fillingTable, packetsTable, ratesTable, sharesTable } from './report.js';

interface Words {
  readonly elements: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly nice?: number;
}

const RESULTS_FILE = path.join(ROOT, 'bench', 'results', 'gateway.md');

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number from 1 on is needed.');
  return value;
}

/** @returns sections of the report */
async function sections({ elements, rounds, seconds }: Words): Promise<string[]> {
  say(`${elements} addresses into the kernel`);
  const filling = fillingTable(await measureFilling({ elements, rounds }));
  const changes: Changes[] = [];
  for (const standing of [0, 1000, elements]) {
    say(`one change while ${standing} stand`);
    changes.push(await measureChanges(standing));
  }
  const cores = assignCores();
  const standing = [0, 1000, elements];
  const packets = await measurePackets({ standing, rounds, seconds, cores });
  const rates = await measureRates({ seconds: 2 * seconds });
  const shares = await measureShares({ seconds: 2 * seconds });
  return [
    `### Addresses into the kernel\n\n${filling}`,
    `### One change\n\n${changesTable(changes)}`,
    `### What a packet costs\n\n${packetsTable(packets)}`,
    `### Shaped rates\n\n${ratesTable(rates)}\n\n${sharesTable(shares)}`,
  ];
}

async function gateway(words: Words): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new BenchError('WEIR_BENCH_NEEDS_ROOT', 'namespaces can only be made by root.');
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = machineLine(describeMachine());
  const spread = 'Median (least–most) of all rounds.';
  const text = ['## Gateway', machine, spread, ...(await sections(words))].join('\n\n');
  console.log(`\n${text}`);
  mkdirSync(path.dirname(RESULTS_FILE), { recursive: true });
  writeFileSync(RESULTS_FILE, `${text}\n`);
  say(`wrote ${RESULTS_FILE}`);
}

export const gatewayCommand: Command = new Command('gateway')
  .description(
    'decisions into the kernel beside nft and ipset, what they cost packets, how exact shaped rates are (root)',
  )
  .option('--elements <number>', 'that stand at most', whole, 100_000)
  .option('--rounds <number>', 'of everything but rates', whole, 5)
  .option('--seconds <number>', 'that packets are sent; rates are measured twice as long', whole, 3)
  .option('--nice <level>', 'run everything at this priority', Number)
  .action(gateway);
