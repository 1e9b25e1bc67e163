// SPDX-License-Identifier: Apache-2.0
// What was measured, as Markdown.
import { markdownTable } from '../markdown.js';
import { type Spread, spreadOf } from '../statistics.js';
import type { Measured, Round, Speed } from './classify.js';

const HEADER = [
  'patterns',
  'raw Hyperscan, Gbit/s',
  'raw until a match',
  'classifier',
  'classifier ÷ raw',
  '÷ raw until a match',
];

const text = ({ median, minimum, maximum }: Spread) =>
  `${median.toFixed(2)} (${minimum.toFixed(2)}–${maximum.toFixed(2)})`;

/** Of all payload in the heads, whatever of it was looked at. */
function gigabits({ octets, rounds }: Speed, pass: keyof Round): string {
  return text(spreadOf(rounds.map((round) => (8 * octets) / round[pass].processorNs)));
}

/** Worked out in each round: what disturbs a round disturbs all. */
function ratio({ rounds }: Speed, ruler: keyof Round): string {
  const ratios = rounds.map((round) => round[ruler].processorNs / round.classifier.processorNs);
  return text(spreadOf(ratios));
}

function speedRow({ signatures, speed }: Measured): string[] {
  return [
    `${signatures} (${speed.patterns})`,
    gigabits(speed, 'raw'),
    gigabits(speed, 'rawUntilMatch'),
    gigabits(speed, 'classifier'),
    ratio(speed, 'raw'),
    ratio(speed, 'rawUntilMatch'),
  ];
}

const megabytes = (octets: number) => `${(octets / 1e6).toFixed(1)} MB`;

function detailLine({ signatures, speed }: Measured): string {
  const { memory, rounds, flows } = speed;
  const [round] = rounds;
  const named = `${round?.classifier.namedFlows} of ${flows} flows named, raw matched in ${round?.raw.namedFlows}`;
  const least = memory.slotBytes + memory.streamBytes;
  const most = megabytes(memory.undecidedFlowsMax * least);
  return (
    `- ${signatures}: ${named}. Undecided flows, when none ends: at most ${memory.undecidedFlows} ` +
    `with ${megabytes(memory.undecidedFlowBytes)}. A slot takes ${memory.slotBytes} octets, both ` +
    `streams ${memory.streamBytes}: ${most} for the ${memory.undecidedFlowsMax} slots of a lane.`
  );
}

function captureText(capture: string, measured: readonly Measured[]): string {
  const speed = measured[0]?.speed;
  const heads = `${speed?.octets} octets in ${speed?.pieces} pieces of ${speed?.flows} flows`;
  return [
    `### ${capture}: ${heads}`,
    markdownTable(HEADER, measured.map(speedRow)),
    measured.map(detailLine).join('\n'),
  ].join('\n\n');
}

export function classifyText(measured: readonly Measured[]): string {
  const captures = [...new Set(measured.map(({ capture }) => capture))];
  return captures
    .map((capture) =>
      captureText(
        capture,
        measured.filter((one) => one.capture === capture),
      ),
    )
    .join('\n\n');
}
