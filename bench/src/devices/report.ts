// SPDX-License-Identifier: Apache-2.0
// What was measured of devices, as Markdown.
import { markdownTable } from '../markdown.js';
import type { Configuration } from './configurations.js';
import type { DeviceResults } from './devices.js';
import {
  cardGigabits,
  gigabitsPerSecond,
  LATENCY_JOB_OCTETS,
  type Measured,
  processorSecondsPerGigabit,
  type Throughput,
} from './speeds.js';

export function ofSet({ measured }: DeviceResults, name: string): Measured[] {
  return measured.filter(({ patterns }) => patterns === name);
}

const blocksOf = (rows: readonly Measured[]) =>
  rows[0]?.speed.throughput.map(({ blockOctets }) => blockOctets) ?? [];

type Cell = (one: Throughput, configuration: Configuration) => string;

function blockTable(rows: readonly Measured[], cell: Cell): string {
  const header = ['octets a job', ...blocksOf(rows).map(String)];
  return markdownTable(
    header,
    rows.map(({ configuration, speed }) => [
      configuration.name,
      ...speed.throughput.map((one) => cell(one, configuration)),
    ]),
  );
}

/** Devices that do not take all of a set's patterns. */
function refusals(rows: readonly Measured[]): string[] {
  return rows
    .filter(({ speed }) => speed.accepted < speed.patterns)
    .map(
      ({ configuration, speed }) =>
        `- ${configuration.name} takes ${speed.accepted} of ${speed.patterns} patterns.`,
    );
}

/** A card is never slower than its timing says; what stands in for it may be. */
const SLOWER_SIGN = '↓';
const SLOWER_SHARE = 0.97;

export function throughputCell(one: Throughput, { family, channels }: Configuration): string {
  const speed = gigabitsPerSecond(one);
  const isCard = family === 'card';
  const isSlower = isCard && speed < SLOWER_SHARE * cardGigabits(channels, one.blockOctets);
  return `${isSlower ? SLOWER_SIGN : ''}${speed.toFixed(2)}`;
}

function slowerLegend(rows: readonly Measured[]): string[] {
  const cells = rows.flatMap(({ configuration, speed }) =>
    speed.throughput.map((one) => throughputCell(one, configuration)),
  );
  if (!cells.some((cell) => cell.startsWith(SLOWER_SIGN))) return [];
  return [
    `${SLOWER_SIGN} less than ${SLOWER_SHARE} of what the card’s timing gives: here this machine’s processor, ` +
      'which matches in the card’s place, is the limit.',
  ];
}

function throughputText(results: DeviceResults): string {
  return results.sets
    .map(({ name, patterns }) => {
      const rows = ofSet(results, name);
      return [
        `### Throughput, Gbit/s: ${patterns} patterns (${name})`,
        blockTable(rows, throughputCell),
        ...slowerLegend(rows),
        ...(refusals(rows).length > 0 ? [refusals(rows).join('\n')] : []),
      ].join('\n\n');
    })
    .join('\n\n');
}

/** 1.2 µs and 3,450 µs. */
export function microseconds(nanoseconds: number): string {
  const value = nanoseconds / 1000;
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

function latencyText(rows: readonly Measured[]): string {
  const batches = rows[0]?.speed.latency.map(({ batchJobs }) => batchJobs) ?? [];
  const table = markdownTable(
    ['jobs a batch', ...batches.map(String)],
    rows.map(({ configuration, speed }) => [
      configuration.name,
      ...speed.latency.map(
        (one) => `${microseconds(one.medianNs)} / ${microseconds(one.percentile99Ns)}`,
      ),
    ]),
  );
  return `### Latency of a job of ${LATENCY_JOB_OCTETS} octets, µs: median / 99th percentile\n\n${table}`;
}

export function devicesText(results: DeviceResults): string {
  const rows = ofSet(results, results.mainSet);
  const seconds = (one: Throughput) => processorSecondsPerGigabit(one).toFixed(2);
  return [
    throughputText(results),
    latencyText(rows),
    `### Processor seconds for each Gbit, all threads: ${results.mainSet}\n\n${blockTable(rows, seconds)}`,
  ].join('\n\n');
}
