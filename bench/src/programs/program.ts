// SPDX-License-Identifier: Apache-2.0
import type { Measured } from '../run/measured.js';
import type { SinkBooks } from '../run/sink.js';
import type { Trace, TraceFacts } from '../trace/traces.js';

/** One run of a program over a trace. */
export interface Job {
  readonly trace: Trace;
  /** empty, for configuration and results; goes with the run */
  readonly folder: string;
  /** where the sink listens on 127.0.0.1 */
  readonly port: number;
  /** for the program alone; Weir has a lane on each */
  readonly cores: readonly number[];
}

export interface FinishedJob {
  readonly job: Job;
  readonly measured: Measured;
  /** of programs that export to the sink */
  readonly books: SinkBooks | undefined;
}

/** What a program counted; undefined where it does not say. */
export interface Counts {
  readonly packets?: number | undefined;
  /** distinct 5-tuples, direction ignored */
  readonly flows?: number | undefined;
  readonly uniflows?: number | undefined;
}

export interface Outcome extends Counts {
  readonly records?: number | undefined;
  /** without start-up, where the program measures that itself; else the bench subtracts */
  readonly laneSeconds?: number;
  readonly laneCpuSeconds?: number;
  /** what went wrong besides the counts */
  readonly complaints?: readonly string[];
}

/** A program as data: its command line and how to read its result. */
export interface Program {
  readonly name: string;
  readonly describes: string;
  readonly namesApplications: boolean;
  readonly output: 'datagrams' | 'files' | 'none';
  /** writes configuration files */
  readonly prepare?: (job: Job) => void;
  readonly command: (job: Job) => readonly string[];
  readonly outcome: (finished: FinishedJob) => Outcome;
  /** what it should count, by its own conventions */
  readonly expected: (facts: TraceFacts) => Counts;
}

/** Of a program whose flows arrive at the sink. */
export function sinkOutcome({ books }: FinishedJob): Outcome {
  if (!books) return { complaints: ['nothing arrived'] };
  const { packets, flows, uniflows, records, sequenceGaps, kernelDrops } = books;
  const complaints = [
    ...(sequenceGaps > 0 ? [`${sequenceGaps} missing by sequence`] : []),
    ...(kernelDrops > 0 ? [`${kernelDrops} datagrams dropped at the sink`] : []),
    ...(books.malformed + books.withoutTemplate > 0 ? ['sets that could not be decoded'] : []),
  ];
  return { packets, flows, uniflows, records, complaints };
}
