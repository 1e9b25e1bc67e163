// SPDX-License-Identifier: Apache-2.0
// How counters have grown lately.

interface Sample {
  readonly timeMs: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Remembers samples of counters for `spanMs`; all of a sample's keys are counters that only grow. */
export class RecentGrowth {
  readonly #spanMs: number;
  #samples: Sample[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  add(timeMs: number, values: Readonly<Record<string, number>>): void {
    this.#samples.push({ timeMs, values });
    // One sample at or before the start of the span stays, so that the span is whole.
    const isOld = (sample: Sample | undefined): boolean =>
      sample !== undefined && sample.timeMs <= timeMs - this.#spanMs;
    while (isOld(this.#samples[1])) this.#samples.shift();
  }

  /** Seconds between the oldest and the newest sample. */
  get spanSeconds(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    return first && last ? (last.timeMs - first.timeMs) / 1000 : 0;
  }

  /** By how much `key` has grown in the span; what appeared meanwhile grew from zero. */
  growth(key: string): number {
    return (this.#samples.at(-1)?.values[key] ?? 0) - (this.#samples[0]?.values[key] ?? 0);
  }

  perSecond(key: string): number {
    const seconds = this.spanSeconds;
    return seconds > 0 ? this.growth(key) / seconds : 0;
  }
}
