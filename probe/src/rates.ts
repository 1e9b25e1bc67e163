// SPDX-License-Identifier: Apache-2.0
// How counters have grown lately.

export interface GrowthOptions {
  readonly spanMs: number;
  /** at most so many are remembered; with more of them the span is shorter */
  readonly samples: number;
  /** of a sample; all of them are counters that only grow, or are not asked for */
  readonly values: number;
}

/** Remembers samples of counters. All memory is taken at once, since it lives as long as the probe. */
export class RecentGrowth {
  readonly #options: GrowthOptions;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  #first = 0;
  #count = 0;

  constructor(options: GrowthOptions) {
    this.#options = options;
    this.#times = new Float64Array(options.samples);
    this.#values = new Float64Array(options.samples * options.values);
  }

  add(timeMs: number, values: Float64Array): void {
    if (this.#count === this.#options.samples) this.#forgetFirst();
    const at = this.#place(this.#count++);
    this.#times[at] = timeMs;
    this.#values.set(values, at * this.#options.values);
    // One sample at or before the start of the span stays, so that the span is whole.
    const startMs = timeMs - this.#options.spanMs;
    while (this.#count > 1 && this.#timeOf(1) <= startMs) this.#forgetFirst();
  }

  #place(index: number): number {
    return (this.#first + index) % this.#options.samples;
  }

  #timeOf(index: number): number {
    return this.#times[this.#place(index)] ?? 0;
  }

  #forgetFirst(): void {
    this.#first = this.#place(1);
    this.#count--;
  }

  /** Seconds between the oldest and the newest sample. */
  get spanSeconds(): number {
    return this.#count === 0 ? 0 : (this.#timeOf(this.#count - 1) - this.#timeOf(0)) / 1000;
  }

  /** By how much the values at these places have grown in the span, added up. */
  growth(places: readonly number[]): number {
    if (this.#count === 0) return 0;
    const oldest = this.#place(0) * this.#options.values;
    const newest = this.#place(this.#count - 1) * this.#options.values;
    let sum = 0;
    for (const place of places) {
      sum += (this.#values[newest + place] ?? 0) - (this.#values[oldest + place] ?? 0);
    }
    return sum;
  }

  perSecond(places: readonly number[]): number {
    const seconds = this.spanSeconds;
    return seconds > 0 ? this.growth(places) / seconds : 0;
  }
}
