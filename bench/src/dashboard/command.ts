// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine, machineLine } from '../machine.js';
import { fromCaller, ROOT } from '../paths.js';
import { say } from '../progress.js';
import { prioritize } from '../run/priority.js';
import { type DashboardOptions, measureDashboard } from './dashboard.js';
import { dashboardText } from './report.js';

interface Words extends DashboardOptions {
  readonly nice?: number;
}

const RESULTS_FILE = path.join(ROOT, 'bench', 'results', 'dashboard.md');

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number.');
  return value;
}

async function dashboard(words: Words): Promise<void> {
  await using _turn = await takeTurn();
  if (words.nice !== undefined) prioritize(words.nice);
  const machine = machineLine(describeMachine());
  const folder = fromCaller(words.folder);
  try {
    const measured = await measureDashboard({ ...words, folder });
    const text = ['## The dashboard', machine, dashboardText(measured)].join('\n\n');
    console.log(`\n${text}`);
    mkdirSync(path.dirname(RESULTS_FILE), { recursive: true });
    writeFileSync(RESULTS_FILE, `${text}\n`);
    say(`wrote ${RESULTS_FILE}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const dashboardCommand: Command = new Command('dashboard')
  .description('first paint, answers and long tasks in Chromium, over a store of generated flows')
  .option('--rows <number>', 'generated over the last 24 hours', count, 10_000_000)
  .option('--rounds <number>', 'of each page', count, 7)
  .option(
    '--folder <folder>',
    "for the collector's data",
    path.join(tmpdir(), 'weir-bench-dashboard'),
  )
  .option('--nice <level>', 'run everything at this priority', Number)
  .action(dashboard);
