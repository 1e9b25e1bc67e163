// SPDX-License-Identifier: Apache-2.0
// Values that flows of the last day had: what completion offers.
import { ANY, DIMENSION_COLUMNS, DIMENSIONS, type Dimension, type Field } from '@weir/wire';
import type { Queries } from './queries.js';

const DAY_MS = 86_400_000;
const KEPT_MS = 60_000;
const MOST_VALUES = 300;

/** Of a field, the most frequent first. */
export interface KnownValues {
  of(field: Field): Promise<readonly string[]>;
}

function dimensionOf({ columns, nameColumns }: Field): Dimension | undefined {
  const wanted = (nameColumns ?? columns).join();
  return DIMENSIONS.find((dimension) => DIMENSION_COLUMNS[dimension].join() === wanted);
}

/** Asks the store for the values of a field at most once a minute; a store that fails offers none. */
export function createKnownValues(queries: Pick<Queries, 'top'>): KnownValues {
  const kept = new Map<Dimension, { readonly since: number; readonly values: Promise<string[]> }>();
  return {
    async of(field) {
      const by = dimensionOf(field);
      if (by === undefined) return [];
      const now = Date.now();
      const known = kept.get(by);
      if (known !== undefined && now - known.since < KEPT_MS) return known.values;
      const values = valuesOf(queries, by, now);
      kept.set(by, { since: now, values });
      return values;
    },
  };
}

async function valuesOf(
  queries: Pick<Queries, 'top'>,
  by: Dimension,
  now: number,
): Promise<string[]> {
  // On whole hours: sums answer, not single records.
  const to = Math.ceil(now / (DAY_MS / 24)) * (DAY_MS / 24);
  const window = { from: to - DAY_MS, to };
  try {
    const { rows } = await queries.top({
      window,
      condition: ANY,
      by: [by],
      metric: 'flows',
      limit: MOST_VALUES,
    });
    return rows.map(({ key }) => key).filter((key) => key !== '');
  } catch {
    // Completion is a help, not a question: what the store says to questions, they will show.
    return [];
  }
}
