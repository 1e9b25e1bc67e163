// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FinishedJob, Job, Outcome, Program } from './program.js';

const summaryFile = ({ folder }: Job) => path.join(folder, 'ndpi.txt');

/** Its only output when quiet: a line with name, packets, octets and flows for each protocol. */
function ndpiOutcome({ job }: FinishedJob): Outcome {
  const lines = readFileSync(summaryFile(job), 'utf8')
    .split('\n')
    .map((line) => /^\S.*\t(\d+)\t\d+\t(\d+)\s*$/.exec(line))
    .filter((match) => match !== null);
  const sum = (index: 1 | 2) => lines.reduce((total, match) => total + Number(match[index]), 0);
  return { packets: sum(1), flows: sum(2) };
}

export const ndpiReader: Program = {
  name: 'ndpiReader',
  describes: 'ndpiReader -q',
  namesApplications: true,
  output: 'files',
  command: (job) => ['ndpiReader', '-q', '-i', job.trace.path, '-w', summaryFile(job)],
  outcome: ndpiOutcome,
  // Later fragments are not its.
  expected: ({ ipPackets, laterFragments, flows }) => ({
    packets: ipPackets - laterFragments,
    flows,
  }),
};
