// SPDX-License-Identifier: Apache-2.0
import type { PlannedTable, Window } from './planner.js';

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

/** Steps from `leastSeconds` on that tables of sums can answer, one for each width of their buckets, the finest first. */
export function coarserSteps(leastSeconds: number, tables: readonly PlannedTable[]): number[] {
  const widths = new Set(tables.map(({ stepSeconds }) => stepSeconds).filter((width) => width > 0));
  const steps = [...widths].map((width) => readableStep(leastSeconds, width));
  return [...new Set(steps)].filter((step) => step > leastSeconds).sort((a, b) => a - b);
}

/** The smallest step from `leastSeconds` on that buckets of a width fit into. */
function readableStep(leastSeconds: number, width: number): number {
  const readable = STEPS_SECONDS.find((step) => step >= leastSeconds && step % width === 0);
  return readable ?? Math.ceil(leastSeconds / width) * width;
}

/** A time in ms, rounded up to whole steps: so the points of two series lie above each other. */
export function wholeSteps(milliseconds: number, stepSeconds: number): number {
  return Math.ceil(milliseconds / (stepSeconds * 1000)) * stepSeconds * 1000;
}

/** Starts of all buckets that the window touches, aligned to the epoch. */
export function bucketTimes({ from, to }: Window, stepSeconds: number): number[] {
  const step = stepSeconds * 1000;
  const first = Math.floor(from / step);
  const count = Math.max(0, Math.ceil(to / step) - first);
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}
