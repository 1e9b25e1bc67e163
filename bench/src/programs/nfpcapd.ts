// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FinishedJob, Outcome, Program } from './program.js';

const filesOf = (folder: string) => path.join(folder, 'nfcapd');

/** "Flows: 999" and the like, as nfdump -I prints them. */
function nfpcapdOutcome({ job }: FinishedJob): Outcome {
  const run = (...args: string[]) =>
    execFileSync('nfdump', ['-R', filesOf(job.folder), ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
  const summary = run('-I');
  const read = (key: string) => Number(new RegExp(`^${key}: (\\d+)`, 'm').exec(summary)?.[1]);
  const keys = 'proto,srcip,dstip,srcport,dstport';
  const listed = run('-q', '-A', keys, '-o', 'fmt:%pr,%sa,%da,%sp,%dp');
  const uniflows = new Set(listed.split('\n').filter((line) => line.trim() !== ''));
  return { packets: read('Packets'), records: read('Flows'), uniflows: uniflows.size };
}

export const nfpcapd: Program = {
  name: 'nfpcapd',
  describes: 'nfpcapd, into nfcapd files',
  namesApplications: false,
  output: 'files',
  prepare: ({ folder }) => mkdirSync(filesOf(folder)),
  command: ({ trace, folder }) => [
    'nfpcapd',
    ...['-r', trace.path],
    ...['-w', filesOf(folder)],
    ...['-B', '3000000'],
  ],
  outcome: nfpcapdOutcome,
  expected: ({ ipPackets, uniflows }) => ({ packets: ipPackets, uniflows }),
};
