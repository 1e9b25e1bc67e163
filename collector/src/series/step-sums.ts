// SPDX-License-Identifier: Apache-2.0
import { MEASUREMENT_NAMES, type Measurement, otherKeyOf } from './measurements.js';
import { type Amounts, BoundedSums } from './sums.js';

/** Keys of one measurement in one step; names come out of datagrams that anybody may have sent. */
const MOST_KEYS = 2000;

/** `StepSums` on disk: measurement -> key, octets, packets, flows. */
export interface SavedStep {
  readonly startMilliseconds: number;
  readonly sealAtMilliseconds: number;
  readonly sums: Partial<Record<Measurement, [string, number, number, number][]>>;
}

/** The sums of one step of time, for all measurements. */
export class StepSums {
  readonly startMilliseconds: number;
  /** When nothing more is waited for. */
  readonly sealAtMilliseconds: number;
  readonly #sums = new Map<Measurement, BoundedSums>();

  constructor(startMilliseconds: number, sealAtMilliseconds: number) {
    this.startMilliseconds = startMilliseconds;
    this.sealAtMilliseconds = sealAtMilliseconds;
    for (const measurement of MEASUREMENT_NAMES) {
      const overflowKey = (key: string) => otherKeyOf(measurement, key);
      this.#sums.set(measurement, new BoundedSums({ mostKeys: MOST_KEYS, overflowKey }));
    }
  }

  add(measurement: Measurement, key: string, amounts: Amounts): void {
    this.#sums.get(measurement)?.add(key, amounts);
  }

  entries(measurement: Measurement): Iterable<[string, Amounts]> {
    return this.#sums.get(measurement)?.entries() ?? [];
  }

  save(): SavedStep {
    const sums: SavedStep['sums'] = {};
    for (const measurement of MEASUREMENT_NAMES) {
      sums[measurement] = [...this.entries(measurement)].map(([key, sum]) => [
        key,
        sum.octets,
        sum.packets,
        sum.flows,
      ]);
    }
    const { startMilliseconds, sealAtMilliseconds } = this;
    return { startMilliseconds, sealAtMilliseconds, sums };
  }

  static load({ startMilliseconds, sealAtMilliseconds, sums }: SavedStep): StepSums {
    const step = new StepSums(startMilliseconds, sealAtMilliseconds);
    for (const measurement of MEASUREMENT_NAMES) {
      for (const [key, octets, packets, flows] of sums[measurement] ?? []) {
        step.add(measurement, key, { octets, packets, flows });
      }
    }
    return step;
  }
}
