// SPDX-License-Identifier: Apache-2.0
import type { Flow } from '@weir/wire';
import { useEffect, useReducer } from 'react';
import { fetchFlows } from '../api/client';
import type { LiveStream } from '../api/live-stream';
import {
  type LiveRows,
  MAX_ROWS,
  matches,
  NO_ROWS,
  release,
  takeFlows,
  takeStored,
} from './live-buffer';

/** Batches are gathered this long, so that a thousand flows a second redraw the table twice a second. */
const GATHER_MS = 500;

export interface LiveOptions {
  readonly application: string | undefined;
  readonly held: boolean;
}

type Action =
  | { readonly kind: 'flows'; readonly flows: readonly Flow[]; readonly held: boolean }
  | { readonly kind: 'stored'; readonly flows: readonly Flow[] }
  | { readonly kind: 'release' }
  | { readonly kind: 'clear' };

function reduce(state: LiveRows, action: Action): LiveRows {
  switch (action.kind) {
    case 'flows':
      return takeFlows(state, action.flows, action);
    case 'stored':
      return takeStored(state, action.flows);
    case 'release':
      return release(state);
    case 'clear':
      return { ...NO_ROWS, nextId: state.nextId };
  }
}

/** The newest flows: first what is stored, then what the stream brings. */
export function useLiveRows(stream: LiveStream, { application, held }: LiveOptions): LiveRows {
  const [state, dispatch] = useReducer(reduce, NO_ROWS);

  useEffect(() => {
    dispatch({ kind: 'clear' });
    const abort = new AbortController();
    fetchFlows({ applicationName: application, limit: MAX_ROWS / 2 }, abort.signal).then(
      ({ flows }) => dispatch({ kind: 'stored', flows }),
      // The stream fills the table as well, and the page says already when nothing answers.
      (reason: unknown) =>
        abort.signal.aborted || console.warn('no stored flows to begin with', reason),
    );
    return () => abort.abort();
  }, [application]);

  useEffect(() => {
    if (!held) dispatch({ kind: 'release' });
    let gathered: Flow[] = [];
    const unsubscribe = stream.subscribeFlows((flows) => {
      gathered = [...flows.filter((flow) => matches(flow, application)), ...gathered];
    });
    const flush = () => {
      if (gathered.length > 0) dispatch({ kind: 'flows', flows: gathered, held });
      gathered = [];
    };
    const timer = setInterval(flush, GATHER_MS);
    return () => {
      clearInterval(timer);
      unsubscribe();
      flush();
    };
  }, [stream, application, held]);

  return state;
}
