// SPDX-License-Identifier: Apache-2.0
import { type ObservedChunk, wideAt, wordsOf } from '../flow-chunk.js';
import { SeriesAdmission } from './admission.js';
import { ChunkSums, createScratch } from './chunk-sums.js';
import { type Point, pointsOf } from './points.js';
import { type SavedStep, StepSums } from './step-sums.js';

export interface AggregationOptions {
  readonly stepMs: number;
  /** A step waits so long after its end: records tell of flows that ended some time ago. */
  readonly latenessMs: number;
  readonly mostSeries: number;
  readonly collectorName: string;
}

/** What another process needs to go on without losing or doubling anything. */
export interface SavedAggregation {
  readonly steps: readonly SavedStep[];
  /** Sealed, and not known to be in the spool yet. */
  readonly sealed: readonly SealedPoints[];
  readonly admitted: readonly (readonly [string, number])[];
}

export interface SealedPoints {
  /** Unique to this sealing. */
  readonly sealedMilliseconds: number;
  readonly points: readonly Point[];
}

/** Steps that are open at the same time: each holds sums, and senders choose the time of a record. */
const MOST_STEPS = 16;
/** Sealed steps that the disk did not take yet. */
const MOST_SEALED = 120;
/** Step of a row that does not count. */
const NOT_COUNTED = 0xffff;
const DAY_MS = 24 * 3600 * 1000;
/** Different series of one measurement in a day, as a multiple of those of a step. */
const SERIES_A_DAY = 5;

/** Sums flow records by the step of time in which they ended. No clock, no disk: both are the caller's. */
export class Aggregation {
  /** Records that were counted in the present step, because their own time cannot be or is too long ago. */
  movedRecords = 0;
  countedRecords = 0;
  /** Steps whose points were thrown away: the disk did not take them for too long. */
  lostSteps = 0;
  /** Grows when there is something new to keep. */
  changes = 0;
  readonly #options: AggregationOptions;
  readonly #admission: SeriesAdmission;
  readonly #scratch = createScratch();
  readonly #steps = new Map<number, StepSums>();
  readonly #sealed: SealedPoints[] = [];
  #lastSealed = 0;

  constructor(options: AggregationOptions) {
    this.#options = options;
    this.#admission = new SeriesAdmission(options.mostSeries * SERIES_A_DAY);
  }

  get openSteps(): number {
    return this.#steps.size;
  }

  /** Adds the records that count. @param now milliseconds since the epoch */
  observe(chunk: ObservedChunk, now: number): void {
    const sums = new ChunkSums(chunk, this.#scratch);
    const { steps, stepOfRow } = this.#stepsOf(chunk, now);
    steps.forEach((step, number) => {
      for (let row = 0; row < chunk.rows; row++) if (stepOfRow[row] === number) sums.add(row);
      sums.drain((measurement, key, amounts) => step.add(measurement, key, amounts));
    });
    if (steps.length > 0) this.changes++;
  }

  /** Closes the steps whose time has come; `Infinity` closes all. */
  seal(until: number, now: number): void {
    for (const [start, step] of this.#steps) {
      if (step.sealAtMilliseconds > until) continue;
      this.#steps.delete(start);
      this.#lastSealed = Math.max(now, this.#lastSealed + 1);
      const { mostSeries, collectorName } = this.#options;
      const options = { mostSeries, collectorName, admission: this.#admission };
      const points = pointsOf(step, this.#lastSealed, options);
      this.#sealed.push({ sealedMilliseconds: this.#lastSealed, points });
      this.changes++;
    }
    const excess = Math.max(0, this.#sealed.length - MOST_SEALED);
    this.lostSteps += excess;
    this.#sealed.splice(0, excess);
  }

  /** What was sealed, oldest first, until `forget`. */
  get sealed(): readonly SealedPoints[] {
    return this.#sealed;
  }

  /** These points are safe elsewhere. */
  forget(kept: SealedPoints): void {
    this.#sealed.splice(this.#sealed.indexOf(kept) >>> 0, 1);
    this.changes++;
  }

  save(): SavedAggregation {
    return {
      steps: [...this.#steps.values()].map((step) => step.save()),
      sealed: this.#sealed,
      admitted: this.#admission.save(),
    };
  }

  /** Takes up what a process before this one had; before the first record. */
  load({ steps, sealed, admitted }: SavedAggregation): void {
    for (const saved of steps) this.#steps.set(saved.startMilliseconds, StepSums.load(saved));
    this.#sealed.push(...sealed);
    this.#lastSealed = sealed.at(-1)?.sealedMilliseconds ?? 0;
    this.#admission.load(admitted);
  }

  /** The steps that a chunk is about, and which of them each row is in. */
  #stepsOf(chunk: ObservedChunk, now: number) {
    const { counted, flowEndMilliseconds } = chunk.columns;
    const ends = wordsOf(flowEndMilliseconds);
    const { stepMs } = this.#options;
    const steps: StepSums[] = [];
    const stepOfRow = new Uint16Array(chunk.rows).fill(NOT_COUNTED);
    const numbers = new Map<number, number>();
    for (let row = 0; row < chunk.rows; row++) {
      if (counted[row] === 0) continue;
      this.countedRecords++;
      // Small whole numbers: a remainder of a time in milliseconds would cost more than all the rest.
      const index = Math.floor(wideAt(ends, row) / stepMs);
      let number = numbers.get(index);
      if (number === undefined) {
        const step = this.#stepFor(index * stepMs, now);
        number = steps.indexOf(step);
        if (number < 0) number = steps.push(step) - 1;
        numbers.set(index, number);
      }
      stepOfRow[row] = number;
      if (steps[number]?.startMilliseconds !== index * stepMs) this.movedRecords++;
    }
    return { steps, stepOfRow };
  }

  #stepFor(start: number, now: number): StepSums {
    const { stepMs } = this.#options;
    if (start >= now - DAY_MS && start <= now + stepMs) {
      const step = this.#steps.get(start);
      if (step !== undefined) return step;
      if (this.#steps.size < MOST_STEPS) return this.#open(start, now);
    }
    const present = now - (now % stepMs);
    return this.#steps.get(present) ?? this.#open(present, now);
  }

  #open(start: number, now: number): StepSums {
    const { stepMs, latenessMs } = this.#options;
    // What comes later still is waited for a whole step, so that it does not come in drops.
    const sealAt = Math.max(start + stepMs + latenessMs, now + stepMs);
    const step = new StepSums(start, sealAt);
    this.#steps.set(start, step);
    return step;
  }
}
