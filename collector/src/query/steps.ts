// SPDX-License-Identifier: Apache-2.0
import type { Window } from './planner.js';

/** Widths of buckets that people read easily; from a minute on the rollup can serve them. */
const STEPS_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800,
];
/** Points of a series when the caller does not ask for a step. */
const MOST_POINTS = 120;

/** The smallest step that gives at most about 120 points. */
export function chooseStepSeconds({ from, to }: Window): number {
  const least = (to - from) / 1000 / MOST_POINTS;
  return STEPS_SECONDS.find((step) => step >= least) ?? Math.ceil(least / 604800) * 604800;
}

/** Starts of all buckets that the window touches, aligned to the epoch. */
export function bucketTimes({ from, to }: Window, stepSeconds: number): number[] {
  const step = stepSeconds * 1000;
  const first = Math.floor(from / step);
  const count = Math.max(0, Math.ceil(to / step) - first);
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}
