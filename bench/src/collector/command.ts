// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { assignCores, describeMachine, machineLine } from '../machine.js';
import { fromCaller, ROOT } from '../paths.js';
import { say } from '../progress.js';
import { prioritize } from '../run/priority.js';
import { storeTable } from '../store/report.js';
import { measureStore } from '../store/store.js';
import { measureRates } from './rates.js';
import { RECEIVERS } from './receivers.js';
import { ratesTable, wholeWayText } from './report.js';
import type { FlowProtocol } from './trial.js';
import { measureWholeWay } from './whole-way.js';

interface Words {
  readonly protocol: FlowProtocol[];
  readonly rounds: number;
  readonly trialSeconds: number;
  readonly rate: number;
  readonly minutes: number;
  readonly rows: number;
  readonly config?: string;
  readonly nice?: number;
}

const PROTOCOLS: readonly FlowProtocol[] = ['netflow9', 'netflow5', 'ipfix', 'sflow5'];
const RESULTS_FILE = path.join(ROOT, 'bench', 'results', 'collector.md');

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('a number is needed.');
  return value;
}

function protocol(text: string, others: FlowProtocol[]): FlowProtocol[] {
  const known = PROTOCOLS.find((name) => name === text);
  if (known === undefined) throw new InvalidArgumentError(`one of ${PROTOCOLS.join(', ')}.`);
  return [...others, known];
}

/** @returns sections of the report */
async function sections(words: Words): Promise<string[]> {
  const found: string[] = [];
  if (words.rounds > 0) {
    say('highest rate without loss');
    const protocols: readonly FlowProtocol[] =
      words.protocol.length > 0 ? words.protocol : ['netflow9'];
    const rows = await measureRates({
      ...{ receivers: RECEIVERS, protocols, rounds: words.rounds },
      ...{ trialSeconds: words.trialSeconds, cores: assignCores() },
    });
    found.push(`### Highest rate without loss, over loopback\n\n${ratesTable(rows)}`);
  }
  if (words.minutes > 0) {
    say(`the whole way, ${words.minutes} minutes at ${words.rate} flows/s`);
    const { config } = words;
    const text = config === undefined ? {} : { config: readFileSync(fromCaller(config), 'utf8') };
    const whole = await measureWholeWay({
      ...{ flowsPerSecond: words.rate, minutes: words.minutes },
      ...text,
    });
    found.push(`### The whole way into the database\n\n${wholeWayText(whole)}`);
  }
  if (words.rows > 0) {
    say(`questions over ${words.rows} stored flows`);
    const folder = path.join(tmpdir(), 'weir-bench-store');
    found.push(storeTable(await measureStore({ rows: words.rows, folder, rounds: 7 })));
  }
  return found;
}

async function collector(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = machineLine(describeMachine());
  const text = [`## Collectors`, machine, ...(await sections(words))].join('\n\n');
  console.log(`\n${text}`);
  mkdirSync(path.dirname(RESULTS_FILE), { recursive: true });
  writeFileSync(RESULTS_FILE, `${text}\n`);
  say(`wrote ${RESULTS_FILE}`);
}

export const collectorCommand: Command = new Command('collector')
  .description(
    'Weir, nfcapd and nfacctd receiving flow records; then all the way into the database, and questions to it',
  )
  .option('--protocol <name>', `${PROTOCOLS.join(', ')}; several may be given`, protocol, [])
  .option('--rounds <number>', 'of the search for the highest rate; 0: none', number, 3)
  .option('--trial-seconds <seconds>', 'how long is sent at each rate', number, 3)
  .option('--rate <flows>', 'per second, on the whole way', number, 400_000)
  .option('--minutes <minutes>', 'on the whole way; 0: not at all', number, 5)
  .option('--rows <number>', 'stored, of the questions; 0: none', number, 100_000_000)
  .option('--config <file>', "the collector's configuration on the whole way (YAML)")
  .option('--nice <level>', 'run everything at this priority', Number)
  .action((words: Words) => collector(words));
