// SPDX-License-Identifier: Apache-2.0
// The live table's rows: newest first, bounded, filtered by application, and held while somebody reads.
import type { Flow } from '@weir/wire';

export interface LiveRow {
  /** Unique while the page lives: two records may be equal in all fields. */
  readonly id: number;
  readonly flow: Flow;
}

export interface LiveRows {
  readonly rows: readonly LiveRow[];
  /** Rows that came while the table is held; they are shown when it goes on. */
  readonly waiting: readonly LiveRow[];
  /** How many came while held, also those that `waiting` has no room for. */
  readonly waitingCount: number;
  readonly nextId: number;
}

export const NO_ROWS: LiveRows = { rows: [], waiting: [], waitingCount: 0, nextId: 0 };
export const MAX_ROWS = 100;

/** Takes a batch in, newest first as the stream sends it. */
export function takeFlows(
  state: LiveRows,
  flows: readonly Flow[],
  options: { readonly held: boolean },
): LiveRows {
  if (flows.length === 0) return state;
  const fresh = flows.map((flow, index) => ({ id: state.nextId + index, flow }));
  const nextId = state.nextId + flows.length;
  if (!options.held) return { ...state, rows: newest(fresh, state.rows), nextId };
  return {
    ...state,
    waiting: newest(fresh, state.waiting),
    waitingCount: state.waitingCount + flows.length,
    nextId,
  };
}

/** Puts stored flows, newest first, below what the stream has brought meanwhile; it may have brought some of them. */
export function takeStored(state: LiveRows, flows: readonly Flow[]): LiveRows {
  const oldest = Math.min(
    ...[...state.rows, ...state.waiting].map(({ flow }) => flow.receivedMilliseconds),
  );
  const older = flows
    .filter((flow) => flow.receivedMilliseconds < oldest)
    .toSorted((a, b) => b.receivedMilliseconds - a.receivedMilliseconds)
    .map((flow, index) => ({ id: state.nextId + index, flow }));
  return { ...state, rows: newest(state.rows, older), nextId: state.nextId + older.length };
}

/** Shows what has waited. */
export function release(state: LiveRows): LiveRows {
  if (state.waitingCount === 0) return state;
  return { ...state, rows: newest(state.waiting, state.rows), waiting: [], waitingCount: 0 };
}

export function matches(flow: Flow, application: string | undefined): boolean {
  return application === undefined || flow.applicationName === application;
}

function newest(fresh: readonly LiveRow[], old: readonly LiveRow[]): readonly LiveRow[] {
  return [...fresh, ...old].slice(0, MAX_ROWS);
}
