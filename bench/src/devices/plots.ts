// SPDX-License-Identifier: Apache-2.0
import { barOption, lineOption, type NamedPlot, type Series } from '../plot/plot.js';
import type { Configuration } from './configurations.js';
import type { DeviceResults } from './devices.js';
import { ofSet } from './report.js';
import {
  gigabitsPerSecond,
  LATENCY_JOB_OCTETS,
  type Measured,
  processorSecondsPerGigabit,
  type Throughput,
} from './speeds.js';

const BLOCKS = { name: 'octets a job', scale: 'category' } as const;
const GIGABITS = 'throughput, Gbit/s';

type Chosen = (configuration: Configuration) => boolean;

/** Not the emulator's and the card's every number of channels. */
const isTypical: Chosen = ({ family, channels }) =>
  family === 'example' ||
  family === 'engine' ||
  (family === 'emulator' && channels < 2) ||
  (family === 'card' && channels === 12);

function byBlock(
  rows: readonly Measured[],
  chosen: Chosen,
  value: (one: Throughput) => number,
): Series[] {
  return rows
    .filter(({ configuration }) => chosen(configuration))
    .map(({ configuration, speed }) => ({
      name: configuration.name,
      points: speed.throughput.map((one) => [String(one.blockOctets), value(one)] as const),
    }));
}

const familyPlot = (
  rows: readonly Measured[],
  { name, title, chosen }: { name: string; title: string; chosen: Chosen },
): NamedPlot => ({
  name,
  option: lineOption({
    title,
    x: BLOCKS,
    y: { name: GIGABITS, scale: 'linear' },
    series: byBlock(rows, chosen, gigabitsPerSecond),
  }),
});

function latencySeries(rows: readonly Measured[]): Series[] {
  return rows
    .filter(({ configuration }) => isTypical(configuration))
    .flatMap(({ configuration: { name }, speed }): Series[] => {
      const points = (value: 'medianNs' | 'percentile99Ns') =>
        speed.latency.map((one) => [String(one.batchJobs), one[value] / 1000] as const);
      const high = `${name}, 99 %`;
      return [
        { name, points: points('medianNs') },
        { name: high, points: points('percentile99Ns'), like: name },
      ];
    });
}

function latencyPlot(rows: readonly Measured[]): NamedPlot {
  return {
    name: 'devices-latency',
    height: 500,
    option: lineOption({
      title: `Latency of a job of ${LATENCY_JOB_OCTETS} octets: median, dashed 99th percentile`,
      x: { name: 'jobs a batch', scale: 'category' },
      y: { name: 'latency, µs', scale: 'log' },
      series: latencySeries(rows),
    }),
  };
}

function patternsPlot(results: DeviceResults): NamedPlot {
  const names = ofSet(results, results.mainSet)
    .filter(({ configuration }) => isTypical(configuration))
    .map(({ configuration }) => configuration.name);
  const series = results.sets.map(({ name, patterns }) => ({
    name: `${patterns} patterns`,
    values: names.map((device) => {
      const row = ofSet(results, name).find(({ configuration }) => configuration.name === device);
      const longest = row?.speed.throughput.at(-1);
      return longest ? gigabitsPerSecond(longest) : 0;
    }),
  }));
  return {
    name: 'devices-patterns',
    height: 520,
    option: barOption({
      title: 'Throughput by number of patterns, longest jobs',
      value: { name: GIGABITS, scale: 'linear' },
      categories: names,
      series,
    }),
  };
}

function processorPlot(rows: readonly Measured[]): NamedPlot {
  return {
    name: 'devices-processor',
    option: lineOption({
      title: 'Processor time for each Gbit, all threads',
      x: BLOCKS,
      y: { name: 'processor seconds for each Gbit', scale: 'log' },
      series: byBlock(rows, isTypical, processorSecondsPerGigabit),
    }),
  };
}

export function devicePlots(results: DeviceResults): NamedPlot[] {
  const rows = ofSet(results, results.mainSet);
  const patterns = `${rows[0]?.speed.patterns ?? 0} patterns`;
  return [
    familyPlot(rows, {
      name: 'devices-throughput',
      title: `Throughput by block size, ${patterns}`,
      chosen: isTypical,
    }),
    familyPlot(rows, {
      name: 'devices-card',
      title: `The emulator in the card’s timing, by channels, ${patterns}`,
      chosen: ({ family }) => family === 'card',
    }),
    familyPlot(rows, {
      name: 'devices-channels',
      title: `The emulator as fast as it can be, by channels, ${patterns}`,
      chosen: ({ family }) => family === 'emulator',
    }),
    latencyPlot(rows),
    patternsPlot(results),
    processorPlot(rows),
  ];
}
