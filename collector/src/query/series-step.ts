// SPDX-License-Identifier: Apache-2.0
// Which step a series has: one that tables can answer that still have its window.
import type { PlannedTable, Window } from './planner.js';
import { QueryError } from './query-error.js';
import { planFor, type Subject } from './sources.js';
import { chooseStepSeconds, coarserSteps, wholeSteps } from './steps.js';

export interface StepAsked {
  readonly subject: Subject;
  /** The step asked for; absent: one that fits the window. */
  readonly stepSeconds?: number | undefined;
  /** The series is also shown as it was so much earlier, rounded up to whole steps. */
  readonly previousMilliseconds?: number | undefined;
}

/**
 * The step in seconds: the one asked for, else the finest of which least of the window is missing, from one on
 * that gives about 120 points.
 * @throws QueryError WEIR_QUERY_STEP_TOO_FINE when a coarser one than that asked for has more of the window
 */
export function seriesStep(asked: StepAsked, tables: readonly PlannedTable[]): number {
  const { subject, stepSeconds } = asked;
  const least = stepSeconds ?? chooseStepSeconds(subject.window);
  const steps = [least, ...coarserSteps(least, tables)];
  const lost = steps.map((step) => missingWith(step, asked, tables));
  const spans = lost.map(lengthOf);
  const best = spans.indexOf(Math.min(...spans));
  const step = steps[best] as number;
  if (stepSeconds !== undefined && best > 0) throw tooFine(stepSeconds, step, lost[0] ?? []);
  return step;
}

/** The windows of a series: the one asked for, and that which it is compared with. */
export function seriesWindows(
  { subject: { window }, previousMilliseconds }: StepAsked,
  stepSeconds: number,
): Window[] {
  if (previousMilliseconds === undefined) return [window];
  const shift = wholeSteps(previousMilliseconds, stepSeconds);
  return [window, { from: window.from - shift, to: window.to - shift }];
}

function missingWith(
  stepSeconds: number,
  asked: StepAsked,
  tables: readonly PlannedTable[],
): Window[] {
  return seriesWindows(asked, stepSeconds).flatMap((window) => [
    ...planFor({ ...asked.subject, window, stepSeconds }, tables).missing,
  ]);
}

function lengthOf(windows: readonly Window[]): number {
  return windows.reduce((sum, { from, to }) => sum + to - from, 0);
}

function tooFine(asked: number, least: number, missing: readonly Window[]): QueryError {
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const spans = missing.map(({ from, to }) => `${iso(from)} to ${iso(to)}`);
  return new QueryError(
    'WEIR_QUERY_STEP_TOO_FINE',
    `"stepSeconds" (${asked}) is finer than what is kept of ${spans.join(' and ')}; ` +
      `take ${least}, leave it out, or ask for a later window`,
  );
}
