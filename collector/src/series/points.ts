// SPDX-License-Identifier: Apache-2.0
import type { SeriesAdmission } from './admission.js';
import { MEASUREMENT_NAMES, type Measurement, otherKeyOf, tagsOf } from './measurements.js';
import type { StepSums } from './step-sums.js';
import { type Amounts, addAmounts } from './sums.js';

/** A point as it waits on disk and as `influx` takes it. */
export interface Point {
  readonly measurement: Measurement;
  readonly tags: Record<string, string>;
  readonly fields: Amounts;
  /** Nanoseconds since the epoch. */
  readonly timestamp: string;
}

export interface PointOptions {
  /** Series with a name of their own for each measurement and step; the rest is one series "other". */
  readonly mostSeries: number;
  /** Tag `collector`: several collectors may write into one database. */
  readonly collectorName: string;
  readonly admission: SeriesAdmission;
}

/** InfluxDB refuses whole numbers beyond its 63 bits; a forged record can claim them. */
const MOST = 2 ** 62;

/**
 * The points of a step that is over. A step that gets late records is sealed more than once, and its
 * sums are what all its points add up to: each sealing has nanoseconds of its own behind the step's
 * start, so no point replaces another, and a point that is written twice replaces itself.
 * @param sealedMilliseconds a time that no other sealing has
 */
export function pointsOf(
  step: StepSums,
  sealedMilliseconds: number,
  options: PointOptions,
): Point[] {
  const nanoseconds = BigInt(Math.max(0, sealedMilliseconds - step.startMilliseconds));
  const timestamp = String(BigInt(step.startMilliseconds) * 1_000_000n + nanoseconds);
  const { collectorName: collector } = options;
  return MEASUREMENT_NAMES.flatMap((measurement) =>
    [...namedSums(measurement, step, options)].map(([key, amounts]) => ({
      measurement,
      tags: { ...tagsOf(measurement, key), collector },
      fields: within(amounts),
      timestamp,
    })),
  );
}

/** The largest sums by key, and the rest together. */
function namedSums(
  measurement: Measurement,
  step: StepSums,
  { mostSeries, admission }: PointOptions,
): Map<string, Amounts> {
  const named = new Map<string, Amounts>();
  const largestFirst = [...step.entries(measurement)].sort(([, a], [, b]) => b.octets - a.octets);
  for (const [key, amounts] of largestFirst) {
    const hasName =
      named.size < mostSeries && admission.admit(measurement, key, step.startMilliseconds);
    const at = hasName ? key : otherKeyOf(measurement, key);
    const sum = named.get(at);
    if (sum === undefined) named.set(at, { ...amounts });
    else addAmounts(sum, amounts);
  }
  return named;
}

function within({ octets, packets, flows }: Amounts): Amounts {
  return { octets: Math.min(octets, MOST), packets: Math.min(packets, MOST), flows };
}
