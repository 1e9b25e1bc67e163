// SPDX-License-Identifier: Apache-2.0
// Where results of a part go: tables to standard output, plots and JSON to files.
import { writeFileSync } from 'node:fs';
import { type Machine, machineLine } from '../machine.js';
import { fromCaller } from '../paths.js';
import { say } from '../progress.js';
import { type NamedPlot, RESULTS_FOLDER, writePlots } from './plot.js';

export interface ResultOptions {
  readonly json?: string;
  /** folder */
  readonly plots?: string;
}

export interface Results {
  readonly machine: Machine;
  readonly text: string;
  readonly plots: readonly NamedPlot[];
  readonly values: object;
}

export function writeResults(results: Results, { json, plots }: ResultOptions): void {
  const { machine, text, values } = results;
  console.log(`\n${machineLine(machine)}\n\n${text}`);
  const folder = plots ? fromCaller(plots) : RESULTS_FOLDER;
  for (const file of writePlots(results.plots, folder)) say(`wrote ${file}`);
  if (json) writeFileSync(fromCaller(json), JSON.stringify({ machine, ...values }, undefined, 2));
}
