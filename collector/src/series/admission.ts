// SPDX-License-Identifier: Apache-2.0
import { keyOf, type Measurement } from './measurements.js';

/** A series that was not written for so long leaves room for another. */
const FORGET_AFTER_MS = 24 * 3600 * 1000;

/**
 * Which series have a name of their own. The largest of each step change over the day, and InfluxDB's
 * memory grows with each series that it has ever seen: so there is a limit to different ones, too.
 */
export class SeriesAdmission {
  readonly #mostKeys: number;
  /** Measurement and key -> last step, those written last at the end. */
  readonly #steps = new Map<Measurement, Map<string, number>>();

  /** @param mostKeys series of one measurement within a day */
  constructor(mostKeys: number) {
    this.#mostKeys = mostKeys;
  }

  admit(measurement: Measurement, key: string, stepMilliseconds: number): boolean {
    const steps = this.#stepsOf(measurement);
    const last = steps.get(key);
    if (last === undefined && !this.#makeRoom(steps, stepMilliseconds)) return false;
    steps.delete(key);
    steps.set(key, Math.max(last ?? 0, stepMilliseconds));
    return true;
  }

  /** For the next process. */
  save(): [string, number][] {
    return [...this.#steps].flatMap(([measurement, steps]) =>
      [...steps].map(([key, step]): [string, number] => [keyOf(measurement, key), step]),
    );
  }

  load(saved: readonly (readonly [string, number])[]): void {
    for (const [text, step] of saved) {
      const parts = text.split('\t');
      this.#stepsOf(parts[0] as Measurement).set(parts.slice(1).join('\t'), step);
    }
  }

  #makeRoom(steps: Map<string, number>, stepMilliseconds: number): boolean {
    if (steps.size < this.#mostKeys) return true;
    const [oldest] = steps;
    if (oldest === undefined || stepMilliseconds - oldest[1] < FORGET_AFTER_MS) return false;
    return steps.delete(oldest[0]);
  }

  #stepsOf(measurement: Measurement): Map<string, number> {
    const steps = this.#steps.get(measurement) ?? new Map<string, number>();
    this.#steps.set(measurement, steps);
    return steps;
  }
}
