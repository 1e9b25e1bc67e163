// SPDX-License-Identifier: Apache-2.0
// What was measured of devices, as Markdown.
import { markdownTable } from '../markdown.js';
import type { DeviceResults } from './devices.js';
import {
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

function blockTable(rows: readonly Measured[], cell: (one: Throughput) => string): string {
  const header = ['octets a job', ...blocksOf(rows).map(String)];
  return markdownTable(
    header,
    rows.map(({ configuration, speed }) => [configuration.name, ...speed.throughput.map(cell)]),
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

function throughputText(results: DeviceResults): string {
  return results.sets
    .map(({ name, patterns }) => {
      const rows = ofSet(results, name);
      return [
        `### Throughput, Gbit/s: ${patterns} patterns (${name})`,
        blockTable(rows, (one) => gigabitsPerSecond(one).toFixed(2)),
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
