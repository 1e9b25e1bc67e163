// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError } from 'commander';
import { takeTurn } from '../lock.js';
import { describeMachine, machineLine } from '../machine.js';
import { prioritize } from '../run/priority.js';
import { type LoopResult, measureLoop } from './loop.js';
import { quantileOf } from './packets.js';

interface Words {
  readonly connections: number;
  readonly standing: number;
  readonly lasts: number;
  readonly nice?: number;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number is needed.');
  return value;
}

const STAGES = [
  ['exported', 'the probe has sent a record'],
  ['delivered', 'the collector has sent a decision'],
  ['dropped', 'the gateway drops a packet'],
] as const;

/** Markdown: a row for each stage, milliseconds after the packet that completes the evidence. */
export function loopTable({ connections, delays }: LoopResult): string {
  if (delays.length === 0) return `Of ${connections} connections none was stopped.`;
  const rows = STAGES.map(([stage, meaning]) => {
    const values = delays.map((delay) => delay[stage]).filter((value) => !Number.isNaN(value));
    const shown = [0.5, 0.9, 0.99, 1].map((share) => quantileOf(values, share).toFixed(1));
    return `| ${meaning} | ${shown.join(' | ')} |`;
  });
  return [
    `${delays.length} of ${connections} connections were stopped. Milliseconds after the packet that completes the evidence:`,
    '',
    '| until | median | 90 % | 99 % | longest |',
    '|---|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

export function loopCommand(): Command {
  return new Command('loop')
    .description(
      'how long it takes from a named packet on the mirror port to a drop on the gateway',
    )
    .option('--connections <n>', 'connections to stop, one after the other', whole, 200)
    .option('--standing <n>', 'decisions that stand meanwhile', whole, 1000)
    .option('--lasts <ms>', 'how long a connection goes on that is not stopped', whole, 1000)
    .option('--nice <level>', 'runs with this nice level, e.g. -19 beside other work', Number)
    .action(async (words: Words) => {
      await using _turn = await takeTurn();
      if (words.nice !== undefined) prioritize(words.nice);
      const { connections, standing, lasts: lastsMs } = words;
      const result = await measureLoop({ connections, standing, lastsMs });
      process.stdout.write(`${machineLine(describeMachine())}\n\n${loopTable(result)}\n`);
    });
}
