// SPDX-License-Identifier: Apache-2.0
// What flows can be grouped by, and what can be summed up.
import Type from 'typebox';
import { findField } from '../filter/fields.js';
import { DIMENSION_COLUMNS, METRICS } from './grouping.js';

export type Dimension = keyof typeof DIMENSION_COLUMNS;
export const DIMENSIONS = Object.keys(DIMENSION_COLUMNS) as readonly Dimension[];
export const Dimension = Type.Unsafe<Dimension>(
  Type.Union(
    DIMENSIONS.map((name) => Type.Literal(name)),
    { description: 'dimension to group by; one without a side counts each flow for both its ends' },
  ),
);

export type Metric = (typeof METRICS)[number];
export const Metric = Type.Unsafe<Metric>(
  Type.Union(
    METRICS.map((name) => Type.Literal(name)),
    { description: 'what to sum up' },
  ),
);

/** The dimension of a name in any case, or of a word of the filter language: "srcip", "app", "dst port". */
export function findDimension(word: string): Dimension | undefined {
  const exact = DIMENSIONS.find((name) => name.toLowerCase() === word.toLowerCase());
  const columns = exact === undefined ? findField(word)?.columns.join() : undefined;
  return exact ?? DIMENSIONS.find((name) => DIMENSION_COLUMNS[name].join() === columns);
}

/** The metric of a word: "bytes" and "octets", "packets" and "pkts", "flows" and "records". */
export function findMetric(word: string): Metric | undefined {
  const lower = word.toLowerCase();
  const field = findField(word)?.name;
  if (lower === 'flows' || lower === 'records') return 'flows';
  return METRICS.find(
    (metric) => metric === lower || (metric === 'octets' ? 'bytes' : metric) === field,
  );
}
