// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- decide`: what rules cost a flow, and how soon many gateways hear of a decision.
import { Command } from 'commander';
import { markdownTable } from '../markdown.js';
import { measureFanOut } from './fan-out.js';
import { measureMatching } from './matching.js';

const RULES = [0, 1, 10, 100, 1000, 10_000];
const FAN_OUT = [
  { gateways: 100, deaf: 0, changes: 20 },
  { gateways: 1000, deaf: 0, changes: 20 },
  { gateways: 10_000, deaf: 0, changes: 10 },
  { gateways: 10_000, deaf: 1000, changes: 10 },
];

const micro = (ns: number | undefined) => (ns === undefined ? '' : (ns / 1000).toFixed(3));

function matching(): void {
  const rows = RULES.map(measureMatching).map(({ rules, indexedNs, plainNs, decisions }) => [
    ...[String(rules), micro(indexedNs), micro(plainNs), String(decisions)],
  ]);
  const titles = ['rules', 'µs a flow', 'µs a flow, rule by rule', 'decisions'];
  console.log(`\n${markdownTable(titles, rows)}\n`);
}

async function fanOut(): Promise<void> {
  const rows: string[][] = [];
  for (const options of FAN_OUT) {
    const { medianMs, lastMs, longestTurnMs, residentOctets } = await measureFanOut(options);
    const times = [medianMs, lastMs, longestTurnMs].map((ms) => ms.toFixed(1));
    const memory = (residentOctets / 2 ** 20).toFixed(0);
    rows.push([String(options.gateways), String(options.deaf), ...times, memory]);
  }
  const titles = ['gateways', 'deaf', 'median ms', 'last ms', 'longest turn ms', 'MiB resident'];
  console.log(`\n${markdownTable(titles, rows)}\n`);
}

export const decideCommand = new Command('decide')
  .description('what rules cost a flow, and how soon many gateways hear of a decision')
  .action(async () => {
    matching();
    await fanOut();
  });
