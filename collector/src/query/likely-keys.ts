// SPDX-License-Identifier: Apache-2.0
// Which keys may be among the largest. Of hundreds of thousands of addresses nearly all are out of the question,
// and to sum up each of them is what the largest of them cost.
import type { Metric } from '@weir/wire';
import type { Binder } from './binder.js';
import type { PlannedTable, Window } from './planner.js';
import { keyNames, planFor, type Subject, sourceOf } from './sources.js';

/** The largest keys of a subject. */
export interface Ranking {
  readonly subject: Subject;
  readonly metric: Metric;
  readonly limit: number;
}

/** Keys fall into so many groups: few enough for their sums to stay in a core's cache. */
const GROUPS = 4096;

/**
 * SQL that holds for all keys that may be among the largest; undefined where no table has a row for each
 * address, or the window is too short to tell. A key has no more than its group together, and no less than any
 * row of its own: so a group with less than the largest rows of `limit` groups holds none of the keys.
 */
export function likelyKeysSql(
  { subject, metric, limit }: Ranking,
  tables: readonly PlannedTable[],
  binder: Binder,
): string | undefined {
  const addresses = tables.filter(({ oneDimension }) => oneDimension);
  const around = { ...subject, window: aroundOf(subject.window, addresses) };
  const { segments } = planFor(around, addresses);
  const widest = Math.max(0, ...segments.map(({ table }) => table.stepSeconds));
  const first = Math.ceil(subject.window.from);
  const last = Math.floor(subject.window.to) - widest * 1000;
  if (lengthOf(segments) < lengthOf([around.window]) || last < first) return undefined;
  const [from, to] = [first, last].map((time) => binder.bind('Int64', time));
  const group = `toUInt16(bitAnd(cityHash64(${keyNames(subject.by).join(', ')}), ${GROUPS - 1}))`;
  return `${group} IN (
  SELECT arrayJoin(arrayFilter((name, whole) -> whole >= least, names, wholes)) FROM (
    SELECT groupArray(name) AS names, groupArray(whole) AS wholes,
      arrayElement(arrayReverseSort(groupArray(largest)), ${binder.bind('UInt32', limit)}) AS least
    FROM (SELECT ${group} AS name, sum(${metric}) AS whole,
        maxIf(${metric}, milliseconds >= ${from} AND milliseconds <= ${to}) AS largest
      FROM (${sourceOf(around, addresses, binder).sql}) GROUP BY name)))`;
}

/** The window with the rest of its first and last buckets: nobody has less there than inside. */
function aroundOf({ from, to }: Window, tables: readonly PlannedTable[]): Window {
  const step = Math.min(...tables.map(({ stepSeconds }) => stepSeconds)) * 1000;
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}

const lengthOf = (windows: readonly Window[]): number =>
  windows.reduce((sum, { from, to }) => sum + to - from, 0);
