// SPDX-License-Identifier: Apache-2.0
// From a question's parameters to what the queries take.
import {
  allOf,
  type Dimension,
  FilterError,
  type FilterValue,
  type FlowCondition,
  isTwoSided,
  parseFilter,
  parseNetwork,
} from '@weir/wire';
import { positionOf } from '../query/flow-page.js';
import type { FlowPosition } from '../query/flow-statements.js';
import type { Window } from '../query/planner.js';
import { ApiError, BadFilter } from './errors.js';
import { CONDITION_PARAMETERS, type SubjectQuery } from './parameters.js';

const HOUR_MS = 3_600_000;
/** DateTime64 ends in 2299; the rollups' DateTime in 2106. */
const LATEST_MS = 4_102_444_800_000;

export interface AskedSubject {
  readonly window: Window;
  readonly condition: FlowCondition;
}

/** Window and condition of a question. @throws ApiError WEIR_API_BAD_PARAMETER, WEIR_API_BAD_FILTER */
export function subjectOf(query: SubjectQuery, now: number): AskedSubject {
  return { window: windowOf(query, now), condition: conditionOf(query) };
}

function windowOf(query: SubjectQuery, now: number): Window {
  const to = wholeMilliseconds(query.to ?? now);
  const from = wholeMilliseconds(query.from ?? to - HOUR_MS);
  checkWindow({ from, to });
  return { from, to };
}

/** The store's times are whole: the same records end before, and not before, the next whole one. */
const wholeMilliseconds = (time: number): number => Math.ceil(time) + 0;

function checkWindow({ from, to }: Window): void {
  if (from >= 0 && from < to && to <= LATEST_MS) return;
  throw badParameter(
    `"from" (${from}) must be before "to" (${to}), both in milliseconds from 1970 to 2100`,
  );
}

function conditionOf(query: SubjectQuery): FlowCondition {
  const names = Object.keys(CONDITION_PARAMETERS) as (keyof typeof CONDITION_PARAMETERS)[];
  const conditions = names.flatMap((name): FlowCondition[] => {
    const given = query[name];
    if (given === undefined || given.length === 0) return [];
    const values = given.map((value) => valueFor(name, value));
    return [{ kind: 'comparison', field: CONDITION_PARAMETERS[name], operator: 'in', values }];
  });
  return allOf([readFilter(query.filter), ...conditions]);
}

function valueFor(name: string, value: string | number): FilterValue {
  if (typeof value === 'number') return { kind: 'number', value };
  if (name === 'applicationName') return { kind: 'text', value };
  const network = value.includes('/') ? undefined : parseNetwork(value);
  if (network !== undefined) return { kind: 'network', ...network };
  throw badParameter(`"${name}" must be an IPv4 or IPv6 address, not "${value}"`);
}

/** A filter as text; every flow without one. @throws ApiError WEIR_API_BAD_FILTER with its position */
export function readFilter(text: string | undefined): FlowCondition {
  try {
    return parseFilter(text ?? '');
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new BadFilter(error);
  }
}

const MOST_POINTS = 5000;

/** @throws ApiError WEIR_API_BAD_PARAMETER when the step asked for gives a series of too many points */
export function checkStep(window: Window, asked: number | undefined): void {
  const seconds = (window.to - window.from) / 1000;
  if (asked === undefined || seconds / asked <= MOST_POINTS) return;
  const least = Math.ceil(seconds / MOST_POINTS);
  throw badParameter(
    `"stepSeconds" gives more than ${MOST_POINTS} points; take at least ${least}, or a shorter window`,
  );
}

/** @throws ApiError WEIR_API_BAD_PARAMETER when pairs of ends would be mixed up */
export function checkDimensions(by: readonly Dimension[]): void {
  const [first, second] = by.filter(isTwoSided);
  if (second === undefined) return;
  throw badParameter(
    `"by" has ${first} and ${second}, which both stand for either end of a flow; take the one of the source or of the destination`,
  );
}

/** The window as long as another one that begins at `start`. @throws ApiError WEIR_API_BAD_PARAMETER */
export function windowAgainst({ from, to }: Window, start: number | undefined): Window {
  const begin = wholeMilliseconds(start ?? from - (to - from));
  const against = { from: begin, to: begin + (to - from) };
  checkWindow(against);
  return against;
}

const DAY_MS = 24 * HOUR_MS;

/**
 * How much earlier the other series is, in ms; undefined when none is asked for.
 * @throws ApiError WEIR_API_BAD_PARAMETER when that is before 1970
 */
export function shiftOf(
  { from, to }: Window,
  previous: 'window' | 'day' | 'week' | undefined,
): number | undefined {
  if (previous === undefined) return undefined;
  const shift = { window: to - from, day: DAY_MS, week: 7 * DAY_MS }[previous];
  checkWindow({ from: from - shift, to: to - shift });
  return shift;
}

/** Where a page begins. @throws ApiError WEIR_API_BAD_PARAMETER when the cursor is none of ours */
export function pageOf(cursor: string | undefined): FlowPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = positionOf(cursor);
  if (position === undefined) throw badParameter('"cursor" is not one that this API gave');
  checkWindow(position);
  return position;
}

function badParameter(message: string): ApiError {
  return new ApiError('WEIR_API_BAD_PARAMETER', message);
}
