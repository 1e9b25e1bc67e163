// SPDX-License-Identifier: Apache-2.0
// Results as Markdown, to be pasted into documents.
import type { Live, LiveRow } from './live/live.js';
import { bareLoop } from './live/receivers.js';
import { type Machine, machineLine } from './machine.js';
import { markdownTable } from './markdown.js';
import { type Result, ratioOf, ratiosOf, type Summary, summarize } from './results.js';
import type { SoakReport } from './soak.js';
import { type Spread, spreadOf } from './statistics.js';
import type { Trace } from './trace/traces.js';

/** All that one call has measured; also what --json writes. */
export interface Report {
  readonly machine: Machine;
  readonly rounds: number;
  readonly comparisons: { readonly trace: Trace; readonly results: readonly Result[] }[];
  readonly lanes: { readonly trace: Trace; readonly results: readonly Result[] }[];
  readonly live: Live[];
  soak?: SoakReport;
}

const millions = (value: number) => (value / 1e6).toFixed(2);
const megabytes = (octets: number) => Math.round(octets / 1e6).toLocaleString('en');

const spread = ({ median, minimum, maximum }: Spread, scale: (value: number) => string) =>
  `${scale(median)} (${scale(minimum)}–${scale(maximum)})`;

const factor = (ratio: Spread | undefined) =>
  ratio === undefined ? '' : spread(ratio, (value) => value.toFixed(2));

export function traceLine({ name, describes, facts }: Trace): string {
  const { packets, meanOctets, flows, seconds } = facts;
  return (
    `\`${name}\`: ${describes}; ${packets.toLocaleString('en')} packets of ${meanOctets} octets in the mean, ` +
    `${flows.toLocaleString('en')} flows, ${seconds.toFixed(0)} s`
  );
}

const COMPARISON_HEADER = [
  'program',
  'Mpps',
  'Gbit/s',
  'Mpps, whole process',
  'Mpps by CPU time',
  'memory, MB',
  'CPU',
  'names applications',
  'Weir is … × as fast',
  'by CPU time',
];

function comparisonRow(result: Result, summary: Summary, own: Result | undefined): string[] {
  const isPeer = own !== undefined && own !== result;
  return [
    result.describes,
    spread(summary.packetsPerSecond, millions),
    (summary.bitsPerSecond / 1e9).toFixed(1),
    millions(summary.wholePacketsPerSecond.median),
    millions(summary.packetsPerCpuSecond.median),
    megabytes(summary.anonymousOctets),
    `${Math.round(summary.cpuShare * 100)} %`,
    result.namesApplications ? 'yes' : 'no',
    isPeer ? factor(ratioOf(own, result, 'seconds')) : '',
    isPeer ? factor(ratioOf(own, result, 'cpuSeconds')) : '',
  ];
}

function checkLine(result: Result, summary: Summary): string {
  const { outcome } = result.samples[0] ?? {};
  const counts = (['packets', 'flows', 'uniflows', 'records'] as const)
    .filter((key) => outcome?.[key] !== undefined)
    .map((key) => `${outcome?.[key]?.toLocaleString('en')} ${key}`);
  const verdict = summary.complaints.length === 0 ? 'right' : summary.complaints.join('; ');
  return `- ${result.program}: ${counts.join(', ') || 'no counts'}: ${verdict}`;
}

function comparisonText(trace: Trace, results: readonly Result[]): string {
  const own = results.find(({ program }) => program === 'weir');
  const summaries = results.map((result) => ({ result, summary: summarize(result, trace.facts) }));
  const rows = summaries.map(({ result, summary }) => comparisonRow(result, summary, own));
  return [
    `### ${traceLine(trace)}`,
    '',
    markdownTable(COMPARISON_HEADER, rows),
    '',
    'Counted (against an independent count of the trace, by each program’s own conventions):',
    '',
    ...summaries.map(({ result, summary }) => checkLine(result, summary)),
    '',
    'Commands:',
    '',
    ...results.map(({ command }) => `    ${command}`),
  ].join('\n');
}

function lanesText(trace: Trace, results: readonly Result[]): string {
  const [one] = results;
  const rows = results.map((result) => {
    const { packetsPerSecond, complaints } = summarize(result, trace.facts);
    const ratio = one && one !== result ? factor(ratioOf(result, one, 'seconds')) : '';
    return [
      result.program,
      spread(packetsPerSecond, millions),
      ratio,
      complaints.join('; ') || 'right',
    ];
  });
  return [
    `### Lanes, ${traceLine(trace)}`,
    '',
    markdownTable(['lanes', 'Mpps', '× one lane', 'counts'], rows),
    ...results.flatMap((result) => (one && one !== result ? ['', roundsLine(result, one)] : [])),
  ].join('\n');
}

/** Where the host has put the cores decides what two lanes can gain. */
function roundsLine(result: Result, one: Result): string {
  const ratios = ratiosOf(result, one, 'seconds');
  const rounds = result.samples.map(
    ({ coreDistanceNs }, round) => `${ratios[round]?.toFixed(2)} × (${coreDistanceNs} ns)`,
  );
  return `Round by round, with the time that a cache line took from core to core: ${rounds.join(', ')}.`;
}

function liveText({ trace, rows }: Live): string {
  const bare = rows.find(({ receiver }) => receiver === bareLoop.name);
  const cells = rows.map((row) => {
    const { receiver, packetsPerSecond, limits } = row;
    const bits = packetsPerSecond.median * trace.facts.meanOctets * 8;
    return [
      receiver,
      spread(packetsPerSecond, millions),
      (bits / 1e9).toFixed(2),
      bare && row !== bare ? factor(liveRatio(row, bare)) : '',
      limits.join(', '),
    ];
  });
  return [
    `### Live over a veth pair, ${traceLine(trace)}`,
    '',
    'Highest rate without loss:',
    '',
    markdownTable(['receiver', 'Mpps', 'Gbit/s', 'of the bare loop', 'limited by'], cells),
  ].join('\n');
}

function liveRatio(row: LiveRow, bare: LiveRow): Spread {
  return spreadOf(row.rates.map((rate, round) => rate / (bare.rates[round] ?? Number.NaN)));
}

function soakText({ verdict, lines }: SoakReport): string {
  return ['### Soak', '', ...lines.map((line) => `- ${line}`), '', `**${verdict}**`].join('\n');
}

export function reportText(report: Report): string {
  return [
    `Measured on ${machineLine(report.machine)}; medians of ${report.rounds} rounds (least–most).`,
    ...report.comparisons.map(({ trace, results }) => comparisonText(trace, results)),
    ...report.lanes.map(({ trace, results }) => lanesText(trace, results)),
    ...report.live.map(liveText),
    ...(report.soak ? [soakText(report.soak)] : []),
  ].join('\n\n');
}
