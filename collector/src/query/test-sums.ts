// SPDX-License-Identifier: Apache-2.0
// For tests: rows that a store is filled with, and what they sum up to, worked out in JavaScript.
import {
  DIMENSION_COLUMNS,
  type Dimension,
  type Flow,
  type FlowCondition,
  flowTest,
  type Metric,
  parseFilter,
} from '@weir/wire';
import type { Window } from './planner.js';
import { randomRows, type TestStore } from './test-store.js';

export const START = Date.UTC(2026, 4, 5, 22, 12, 34, 567);
export const HOUR = 3_600_000;
export const END = START + 5 * HOUR;
/** It sends nothing. */
export const RECEIVER = '198.51.100.77';
export const flows = [1, 2, 3]
  .flatMap((seed) => randomRows({ count: 1000, seed, from: START, to: END }))
  .map((flow, i) =>
    i % 50 === 0 ? { ...flow, exporterAddress: '10.0.0.1', exporterName: 'Only1' } : flow,
  )
  .map((flow, i) => (i % 70 === 1 ? { ...flow, destinationAddress: RECEIVER } : flow));

/** In several inserts, so that tables of sums have parts to fold. */
export async function fill(store: TestStore): Promise<void> {
  await store.open();
  for (let at = 0; at < flows.length; at += 1000) await store.insert(flows.slice(at, at + 1000));
}

export const ANYTHING = parseFilter('');
/** Of one metric. */
export const SUM = (rows: readonly Flow[], metric: Metric) =>
  rows.reduce((total, flow) => total + (metric === 'flows' ? 1 : flow[metric]), 0);
export const sums = (rows: readonly Flow[]) => ({
  octets: SUM(rows, 'octets'),
  packets: SUM(rows, 'packets'),
  flows: SUM(rows, 'flows'),
});

/** Rows that count for a question. */
export function rowsOf(
  { from, to }: Window,
  condition: FlowCondition = ANYTHING,
  all = false,
): Flow[] {
  const holds = flowTest(condition);
  return flows.filter(
    (flow) =>
      flow.flowEndMilliseconds >= from &&
      flow.flowEndMilliseconds < to &&
      (all || flow.counted === 1) &&
      holds(flow),
  );
}

/** The keys that a row counts for: several where a dimension has two columns. */
export function keysOf(flow: Flow, by: readonly Dimension[]): string[] {
  let keys: string[][] = [[]];
  for (const dimension of by) {
    const values = new Set(DIMENSION_COLUMNS[dimension].map((column) => String(flow[column])));
    keys = keys.flatMap((key) => [...values].map((value) => [...key, value]));
  }
  return keys.map((key) => key.join(', '));
}

export function groupsOf(rows: readonly Flow[], by: readonly Dimension[]): Map<string, Flow[]> {
  const groups = new Map<string, Flow[]>();
  for (const flow of rows) {
    for (const key of keysOf(flow, by)) groups.set(key, [...(groups.get(key) ?? []), flow]);
  }
  return groups;
}
