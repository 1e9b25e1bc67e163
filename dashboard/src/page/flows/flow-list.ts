// SPDX-License-Identifier: Apache-2.0
// The records that the page has: pages of the past below, live ones on top. Pure.
import type { Flow } from '@weir/wire';

/** A record with an id of this page: records themselves have none. */
export interface FlowRow {
  readonly id: number;
  readonly flow: Flow;
}

export interface FlowList {
  readonly rows: readonly FlowRow[];
  /** Live ones that are not shown yet, newest first. */
  readonly waiting: readonly FlowRow[];
  /** Also of those that did not fit into `waiting`. */
  readonly waitingCount: number;
  /** Where older records go on; undefined: there are none. */
  readonly cursor: string | undefined;
  /** Older records were let go to make room for live ones. */
  readonly isCut: boolean;
  readonly nextId: number;
}

export const EMPTY_LIST: FlowList = {
  rows: [],
  waiting: [],
  waitingCount: 0,
  cursor: undefined,
  isCut: false,
  nextId: 0,
};

/** More are neither read by anybody nor kept by a browser without effort: the CSV has all. */
export const MOST_ROWS = 50_000;
const MOST_WAITING = 2_000;
/** Of a live list: a tail is for what is new. */
const MOST_LIVE_ROWS = 5_000;
/** A record may be both in the first page and among the live ones; it is looked for among so many of the newest. */
const OVERLAP_ROWS = 1_000;

interface FlowPage {
  readonly flows: readonly Flow[];
  readonly cursor?: string | undefined;
}

/** With another page of older records below. */
export function withPage(list: FlowList, { flows, cursor }: FlowPage): FlowList {
  const known = new Set(list.rows.slice(-OVERLAP_ROWS).map(({ flow }) => contentKey(flow)));
  const isFirst = list.cursor === undefined;
  const fresh = isFirst ? flows.filter((flow) => !known.has(contentKey(flow))) : flows;
  const { rows: added, nextId } = numbered(list, fresh);
  const rows = [...list.rows, ...added];
  return { ...list, rows, nextId, cursor: rows.length < MOST_ROWS ? cursor : undefined };
}

export type Following = 'running' | 'held';

/** With live records, newest first: on top while the list runs, else waiting. */
export function withLive(list: FlowList, flows: readonly Flow[], following: Following): FlowList {
  const { rows: added, nextId } = numbered(list, flows);
  const waiting = [...added, ...list.waiting].slice(0, MOST_WAITING);
  const waitingCount = list.waitingCount + added.length;
  const next = { ...list, waiting, waitingCount, nextId };
  return following === 'running' ? released(next) : next;
}

/** What waits is shown. */
export function released(list: FlowList): FlowList {
  if (list.waiting.length === 0) return list;
  const all = [...list.waiting, ...list.rows];
  const rows = all.slice(0, MOST_LIVE_ROWS);
  const isCut = list.isCut || rows.length < all.length;
  const cursor = isCut ? undefined : list.cursor;
  return { ...list, rows, cursor, isCut, waiting: [], waitingCount: 0 };
}

function numbered({ nextId }: FlowList, flows: readonly Flow[]) {
  return {
    rows: flows.map((flow, index) => ({ id: nextId + index, flow })),
    nextId: nextId + flows.length,
  };
}

function contentKey(flow: Flow): string {
  return [
    flow.receivedMilliseconds,
    flow.flowStartMilliseconds,
    flow.flowEndMilliseconds,
    flow.sourceAddress,
    flow.sourceTransportPort,
    flow.destinationAddress,
    flow.destinationTransportPort,
    flow.protocolIdentifier,
    flow.octets,
    flow.exporterAddress,
  ].join(' ');
}
