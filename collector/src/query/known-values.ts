// SPDX-License-Identifier: Apache-2.0
// Values that flows lately had: what completion offers.
import { ANY, DIMENSION_COLUMNS, DIMENSIONS, type Dimension, type Field } from '@weir/wire';
import { TABLES } from '../store/tables.js';
import { canAnswer, type Window } from './planner.js';
import type { Queries } from './queries.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of what only single records have: to read a day of them for each letter that is typed would be too much. */
const RECORDS_MS = 900_000;
/** Who types does not wait longer. */
const LIMIT_SECONDS = 2;
const KEPT_MS = 60_000;
const MOST_VALUES = 300;

/** Of a field, the most frequent first. */
export interface KnownValues {
  /** An aborted signal ends the question when nobody else waits for it. */
  of(field: Field, signal?: AbortSignal): Promise<readonly string[]>;
}

function dimensionOf({ columns, nameColumns }: Field): Dimension | undefined {
  const wanted = (nameColumns ?? columns).join();
  return DIMENSIONS.find((dimension) => DIMENSION_COLUMNS[dimension].join() === wanted);
}

/** One question to the store, for whoever asks within a minute. */
class SharedValues {
  readonly sinceMilliseconds = Date.now();
  readonly values: Promise<string[]>;
  readonly #leaving = new AbortController();
  #waiting = 0;

  constructor(queries: Pick<Queries, 'keys'>, by: Dimension) {
    this.values = valuesOf(queries, by, this.#leaving.signal);
  }

  /** Whether everybody has left before there was an answer. */
  get isLeft(): boolean {
    return this.#leaving.signal.aborted;
  }

  async wait(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const leave = () => {
      if (--this.#waiting === 0) this.#leaving.abort();
    };
    this.#waiting++;
    signal?.addEventListener('abort', leave, { once: true });
    const values = await this.values;
    signal?.removeEventListener('abort', leave);
    return values;
  }
}

/** Asks the store for the values of a field at most once a minute; a store that fails offers none. */
export function createKnownValues(queries: Pick<Queries, 'keys'>): KnownValues {
  const kept = new Map<Dimension, SharedValues>();
  return {
    async of(field, signal) {
      const by = dimensionOf(field);
      if (by === undefined || signal?.aborted === true) return [];
      const known = kept.get(by);
      const isFresh = known && !known.isLeft && Date.now() - known.sinceMilliseconds < KEPT_MS;
      const values = isFresh ? known : new SharedValues(queries, by);
      kept.set(by, values);
      return values.wait(signal);
    },
  };
}

function windowOf(by: Dimension, now: number): Window {
  // On whole hours: sums answer, not single records.
  const to = Math.ceil(now / HOUR_MS) * HOUR_MS;
  const window = { from: to - DAY_MS, to };
  const need = { window, by: [by], columns: new Set<string>(), everyRecord: false };
  const isSummed = TABLES.some((table) => table.stepSeconds > 0 && canAnswer(table, need));
  return isSummed ? window : { from: now - RECORDS_MS, to: now };
}

async function valuesOf(
  queries: Pick<Queries, 'keys'>,
  by: Dimension,
  signal: AbortSignal,
): Promise<string[]> {
  const window = windowOf(by, Date.now());
  const rest = { condition: ANY, metric: 'flows', limit: MOST_VALUES } as const;
  try {
    const keys = await queries.keys({ window, by, ...rest, limitSeconds: LIMIT_SECONDS }, signal);
    return keys.filter((key) => key !== '');
  } catch {
    // Completion is a help, not a question: what the store says to questions, they will show.
    return [];
  }
}
