// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- accuracy`: how often Weir names what a labelled capture's flows are.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../paths.js';
import { say } from '../progress.js';
import { parseLabels } from './labels.js';
import { readNames } from './names.js';
import { type NamesOfFlows, nameFlows } from './records.js';
import { compareNames, type Findings } from './score.js';

export interface AccuracyOptions {
  /** CSV: file, l4, ip_a, port_a, ip_b, port_b, protocol, service; others are not read */
  readonly labels: string;
  /** folder of the captures that the labels name */
  readonly captures: string;
}

/** Each is a process with its own threads. */
const PROCESSES_AT_ONCE = 2;
const SIGNATURES_FOLDER = path.join(ROOT, 'signatures');
const NO_FLOWS: NamesOfFlows = new Map();

async function nameAll(files: readonly string[], captures: string, scratch: string) {
  const flows = new Map<string, NamesOfFlows>();
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      flows.set(file, await nameFlows(path.join(captures, file), scratch));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES_AT_ONCE }, work));
  return flows;
}

export async function measureAccuracy({ labels, captures }: AccuracyOptions): Promise<Findings> {
  const rows = parseLabels(readFileSync(labels, 'utf8'));
  const files = [...new Set(rows.map(({ file }) => file))];
  say(`${rows.length} labelled flows in ${files.length} captures …`);
  const scratch = mkdtempSync(path.join(tmpdir(), 'weir-accuracy-'));
  try {
    const flows = await nameAll(files, captures, scratch);
    const flowsOf = (file: string) => flows.get(file) ?? NO_FLOWS;
    return compareNames(rows, flowsOf, readNames(SIGNATURES_FOLDER));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
