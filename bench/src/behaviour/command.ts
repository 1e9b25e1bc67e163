// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- behaviour`: how well peers are told from other hosts by flows alone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { markdownTable } from '../markdown.js';
import { fromCaller, ROOT } from '../paths.js';
import { WEIR } from '../programs/weir.js';
import { say } from '../progress.js';
import { Child } from '../run/child.js';
import { type FoundHost, JUDGED_PEERS, type Score, scoreOf, sumOf, truthOf } from './score.js';

const ANALYSE = path.join(ROOT, 'collector', 'dist', 'behaviour', 'analyse-records.js');
/** A command line has room for so many files. */
const FILES_AT_ONCE = 50;

interface Words {
  readonly labels: string;
  readonly captures: string;
}

/** The probe's records of a capture; undefined, with the reason said, where it cannot be read. */
async function recordsOf(capture: string, scratch: string): Promise<string | undefined> {
  const records = path.join(scratch, `${path.basename(capture)}.jsonl`);
  const command = [...WEIR, 'probe', '--read', capture, '--records', records];
  await using child = Child.start(command, path.join(scratch, path.basename(capture)));
  await child.finished();
  if (child.exitCode === 0) return records;
  say(`${capture} cannot be read: ${child.complaint}`);
  return undefined;
}

interface Judged {
  readonly file: string;
  readonly hosts: readonly FoundHost[];
}

async function judge(files: readonly string[], scratch: string): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let first = 0; first < files.length; first += FILES_AT_ONCE) {
    const some = files.slice(first, first + FILES_AT_ONCE);
    const log = path.join(scratch, `judged-${first}`);
    await using child = Child.start([process.execPath, ANALYSE, ...some], log);
    await child.finished();
    if (child.exitCode !== 0) throw new Error(`the analysis failed: ${child.complaint}`);
    const lines = child.output.split('\n').filter((line) => line !== '');
    judged.push(...lines.map((line) => JSON.parse(line) as Judged));
  }
  return judged;
}

const percent = (part: number, whole: number) =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;

function scoreRow(title: string, score: Score): string[] {
  const { truePeers, falsePeers, missedPeers, others } = score;
  return [
    title,
    ...[truePeers + missedPeers, others + falsePeers, truePeers, falsePeers].map(String),
    percent(truePeers, truePeers + falsePeers),
    percent(truePeers, truePeers + missedPeers),
  ];
}

function print(judged: readonly Judged[], truth: ReturnType<typeof truthOf>): void {
  const scores = (fewest: number) =>
    judged.map(({ file, hosts }) => {
      const capture = file.replace(/\.jsonl$/, '');
      return { capture, ...scoreOf(truth.get(capture) ?? new Map(), hosts, fewest) };
    });
  const rows = [1, JUDGED_PEERS].map((fewest) =>
    scoreRow(`at least ${fewest}`, sumOf(scores(fewest).map(({ score }) => score))),
  );
  const titles = ['partners', 'peers', 'others', 'found', 'wrongly found', 'precision', 'recall'];
  console.log(`\n${markdownTable(titles, rows)}\n`);
  for (const { capture, mistakes } of scores(JUDGED_PEERS)) {
    for (const mistake of mistakes) console.log(`- ${capture}: ${mistake}`);
  }
}

async function behaviour({ labels, captures }: Words): Promise<void> {
  const truth = truthOf(readFileSync(fromCaller(labels), 'utf8'));
  const scratch = mkdtempSync(path.join(tmpdir(), 'weir-behaviour-'));
  try {
    const files: string[] = [];
    for (const file of truth.keys()) {
      const records = await recordsOf(path.join(fromCaller(captures), file), scratch);
      if (records !== undefined) files.push(records);
    }
    print(await judge(files, scratch), truth);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export const behaviourCommand = new Command('behaviour')
  .description('how well peers are told from other hosts by their flows alone, labels hidden')
  .requiredOption('--labels <file>', 'CSV: file,l4,ip_a,port_a,ip_b,port_b,protocol,service')
  .requiredOption('--captures <folder>', 'where the captures are that the labels name')
  .action(behaviour);
