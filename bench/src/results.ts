// SPDX-License-Identifier: Apache-2.0
// From single runs to what is said of a program: pure.
import type { Counts, Outcome, Program } from './programs/program.js';
import type { Measured } from './run/measured.js';
import { type Spread, spreadOf } from './statistics.js';
import type { TraceFacts } from './trace/traces.js';

/** One run, reduced to its numbers. */
export interface Sample {
  /** start to end of the process and all that it started */
  readonly wholeSeconds: number;
  /** without start-up: a lane's own clock, or the whole less what a single packet takes */
  readonly seconds: number;
  /** likewise, of processor time */
  readonly cpuSeconds: number;
  readonly anonymousOctets: number;
  readonly residentOctets: number;
  readonly outcome: Outcome;
  readonly complaints: readonly string[];
  /** of two lanes' cores */
  readonly coreDistanceNs?: number;
}

export interface Startup {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export type Clock = 'seconds' | 'wholeSeconds' | 'cpuSeconds';

/** Below this a difference of two clocks is noise. */
const LEAST_SECONDS = 1e-3;

const cpuOf = ({ userSeconds, systemSeconds }: Measured) => userSeconds + systemSeconds;

export function startupOf(measured: Measured): Startup {
  return { wallSeconds: measured.wallSeconds, cpuSeconds: cpuOf(measured) };
}

export interface SampleOptions {
  readonly program: Program;
  readonly facts: TraceFacts;
  readonly measured: Measured;
  readonly outcome: Outcome;
  readonly startup: Startup;
  readonly coreDistanceNs?: number;
}

export function sampleOf(options: SampleOptions): Sample {
  const { program, facts, measured, outcome, startup } = options;
  const { laneSeconds, laneCpuSeconds } = outcome;
  const { coreDistanceNs } = options;
  const without = (whole: number, start: number) => Math.max(whole - start, LEAST_SECONDS);
  return {
    wholeSeconds: measured.wallSeconds,
    seconds: laneSeconds ?? without(measured.wallSeconds, startup.wallSeconds),
    cpuSeconds: laneCpuSeconds ?? without(cpuOf(measured), startup.cpuSeconds),
    anonymousOctets: measured.peakAnonymousOctets,
    residentOctets: measured.peakResidentOctets,
    outcome,
    complaints: [
      ...(measured.ended === 'itself'
        ? countComplaints(outcome, program.expected(facts))
        : [`ended by ${measured.ended}`]),
      ...(outcome.complaints ?? []),
    ],
    ...(coreDistanceNs === undefined ? {} : { coreDistanceNs }),
  };
}

/** What a program counted differently from what the trace holds. */
export function countComplaints(counted: Counts, expected: Counts): string[] {
  return (['packets', 'flows', 'uniflows'] as const).flatMap((key) => {
    const right = expected[key];
    const found = counted[key];
    if (right === undefined || found === right) return [];
    return [found === undefined ? `no ${key}` : `${found} ${key} instead of ${right}`];
  });
}

/** Several runs of a program over a trace. */
export interface Result {
  readonly program: string;
  readonly describes: string;
  readonly namesApplications: boolean;
  readonly command: string;
  readonly startup: Startup;
  readonly samples: readonly Sample[];
}

export interface Summary {
  readonly packetsPerSecond: Spread;
  readonly wholePacketsPerSecond: Spread;
  readonly packetsPerCpuSecond: Spread;
  readonly bitsPerSecond: number;
  readonly anonymousOctets: number;
  readonly residentOctets: number;
  /** processor time of wall time; below 1 for one process: others were on its core */
  readonly cpuShare: number;
  readonly complaints: readonly string[];
}

export function summarize({ samples }: Result, { packets, octets }: TraceFacts): Summary {
  const rates = (key: Clock) => spreadOf(samples.map((sample) => packets / sample[key]));
  const medianOf = (value: (sample: Sample) => number) => spreadOf(samples.map(value)).median;
  const packetsPerSecond = rates('seconds');
  return {
    packetsPerSecond,
    wholePacketsPerSecond: rates('wholeSeconds'),
    packetsPerCpuSecond: rates('cpuSeconds'),
    bitsPerSecond: (packetsPerSecond.median * octets * 8) / packets,
    anonymousOctets: medianOf((sample) => sample.anonymousOctets),
    residentOctets: medianOf((sample) => sample.residentOctets),
    cpuShare: medianOf((sample) => sample.cpuSeconds / sample.seconds),
    complaints: [...new Set(samples.flatMap((sample) => sample.complaints))],
  };
}

/** How many times as fast as a peer, round by round: what disturbs a round disturbs both in it. */
export function ratioOf(own: Result, peer: Result, key: Clock): Spread | undefined {
  const ratios = ratiosOf(own, peer, key);
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}

export function ratiosOf(own: Result, peer: Result, key: Clock): number[] {
  const rounds = Math.min(own.samples.length, peer.samples.length);
  return Array.from({ length: rounds }, (_, round) => {
    const [mine, theirs] = [own.samples[round], peer.samples[round]];
    return (theirs?.[key] ?? Number.NaN) / (mine?.[key] ?? Number.NaN);
  });
}
