// SPDX-License-Identifier: Apache-2.0
// A probe's status for a person at a terminal.
import type { ProbeStatus } from '@weir/probe';
import { textTable } from './text-table.js';

const number = (value = 0): string => Math.round(value).toLocaleString('en');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** 1234567890 and "bit/s" as "1.23 Gbit/s". */
function scaled(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const digits = power === 0 ? 0 : 2;
  return `${(value / 1000 ** power).toFixed(digits)} ${prefixes[power]}${unit}`;
}

export function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

function heading(status: ProbeStatus): string {
  const { version, state, uptimeSeconds, processId, source, stats, cores, engine } = status;
  const lanes = stats.lanes.length === 1 ? '1 lane' : `${stats.lanes.length} lanes`;
  const pinned =
    cores.length > 0 ? ` on cores ${cores.slice(0, stats.lanes.length).join(', ')}` : '';
  return (
    `weir ${version} ${state}, up ${durationText(uptimeSeconds)}, process ${processId}\n` +
    `${source.kind} ${source.name}, ${lanes}${pinned}, engine ${engineText(engine, stats)}\n`
  );
}

/** As configured, with what is at work when that is not the first. */
function engineText(configured: string, { engines: { order } }: ProbeStatus['stats']): string {
  const used = order.filter(({ matchers }) => matchers > 0).map(({ name }) => name);
  const isAsWished = order.length < 2 || used.length === 0 || used.join() === order[0]?.name;
  return isAsWished ? configured : `${configured} (now ${used.join(', ')})`;
}

function dropText({ stats: { drops } }: ProbeStatus): string {
  const reasons = Object.entries(drops).filter(([, { packets }]) => packets > 0);
  const all = reasons.reduce((sum, [, { packets }]) => sum + packets, 0);
  const listed = reasons.map(([reason, { packets }]) => `${reason} ${number(packets)}`);
  return listed.length === 0 ? 'none' : `${number(all)} (${listed.join(', ')})`;
}

function samplingText({ stats: { notSampled, lanes } }: ProbeStatus): string {
  const interval = Math.max(
    ...lanes.map(({ samplingInterval, samplingFactor }) => samplingInterval * samplingFactor),
  );
  if (interval <= 1 && notSampled.packets === 0) return 'off';
  return `1 in ${number(interval)}; ${number(notSampled.packets)} packets were passed over`;
}

function reloadText({ lastReload, reloads }: ProbeStatus): string {
  if (lastReload === null) return 'none since the start';
  const outcome = lastReload.result === 'reloaded' ? 'well' : 'FAILED';
  return `${reloads.succeeded} well, ${reloads.failed} failed; the last, ${lastReload.at}: ${outcome}`;
}

function overview(status: ProbeStatus): string {
  const { stats, maximumFlows, decidedShare } = status;
  const room = maximumFlows * stats.lanes.length;
  const { kernelDroppedPackets = 0 } = stats.capture;
  const share =
    decidedShare === null ? 'no flow decided yet' : `${percent(decidedShare)} of flows named`;
  const rows = [
    [
      'traffic',
      `${number(status.packetsPerSecond)} packets/s, ${scaled(status.bitsPerSecond, 'bit/s')}`,
    ],
    [
      'captured',
      `${number(stats.packets)} packets; the kernel dropped ${number(kernelDroppedPackets)}`,
    ],
    ['in no flow', dropText(status)],
    ['sampling', samplingText(status)],
    [
      'flows',
      `${number(stats.liveFlows)} live, room for ${number(room)} (${percent(stats.liveFlows / room)})`,
    ],
    ['applications', `${share}, ${number(stats.classifier.undecidedFlows)} undecided`],
    ['records', number(stats.records)],
    ['memory', scaled(status.residentBytes, 'B')],
    ['reloads', reloadText(status)],
  ];
  return rows.map(([label = '', text]) => `  ${label.padEnd(14)}${text}\n`).join('');
}

function targetTable({ stats: { targets } }: ProbeStatus): string {
  const rows = Object.entries(targets).map(([target, counters]) => {
    const { records, failedRecords, unsupportedRecords, unreachableMessages, lagSeconds } =
      counters;
    const lag = tenths(lagSeconds);
    return [target, records, failedRecords, unsupportedRecords, unreachableMessages, lag];
  });
  if (rows.length === 0) return 'Nothing is exported: give --export or --records.\n';
  return textTable(['target', 'given', 'failed', 'unsupported', 'unreachable', 'lag (s)'], rows);
}

function laneTable({ stats: { lanes }, laneRates }: ProbeStatus): string {
  const rows = lanes.map(({ capture, classifier, liveFlows, overloadLevel, targets }, lane) => [
    lane,
    Math.round(laneRates[lane]?.packetsPerSecond ?? 0),
    percent(laneRates[lane]?.busyShare ?? 0),
    capture.kernelDroppedPackets ?? 0,
    overloadLevel,
    liveFlows,
    classifier.undecidedFlows ?? 0,
    tenths(Math.max(0, ...Object.values(targets).map(({ lagSeconds }) => lagSeconds))),
  ]);
  return textTable(
    ['lane', 'packets/s', 'busy', 'kernel dropped', 'overload', 'flows', 'undecided', 'lag (s)'],
    rows,
  );
}

/** All of it, warnings last: they stay on the screen. */
export function statusText(status: ProbeStatus): string {
  const warnings = status.warnings.map((warning) => `  ! ${warning}\n`).join('');
  return [
    `${heading(status)}\n${overview(status)}`,
    targetTable(status),
    laneTable(status),
    warnings === '' ? 'All is well.\n' : `Warnings\n${warnings}`,
  ].join('\n');
}
