// SPDX-License-Identifier: Apache-2.0
import { type Flow, type FlowSort, flowTest, type Missing, parseFilter } from '@weir/wire';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { liveStream } from '../../api/live-stream';
import { timeParameter, type Window, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import {
  EMPTY_LIST,
  type FlowList,
  type Following,
  released,
  withLive,
  withPage,
} from './flow-list';

const FIRST_ROWS = 200;
const NEXT_ROWS = 500;

export interface FlowListOptions {
  readonly view: View;
  readonly sort: FlowSort;
  readonly isLive: boolean;
  /** Of a live list: whether new ones are shown at once. */
  readonly following: Following;
}

export interface Loaded {
  readonly list: FlowList;
  /** What the list is about, as of when it was loaded. */
  readonly window: Window;
  readonly missing: Missing;
}

/** The records of the view: pages of the past as they are asked for, and live ones. */
export function useFlowList({ view, sort, isLive, following }: FlowListOptions) {
  const { time, filter } = view;
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<Error>();
  const [asked, setAsked] = useState(0);
  const [fresh, setFresh] = useState(false);
  const question = `${timeParameter(time)} ${filter} ${sort} ${isLive}`;
  const loader = useRef<Loader | undefined>(undefined);
  const latestFollowing = useRef(following);
  latestFollowing.current = following;

  // `asked` loads anew
  useEffect(() => {
    const window = windowOf(time, Date.now());
    const made = new Loader({ window, filter, sort }, setLoaded, setError);
    loader.current = made;
    setFresh(false);
    setError(undefined);
    const stop = isLive ? followFlows(made, filter, latestFollowing) : undefined;
    void made.more().then(() => setFresh(true));
    return () => {
      stop?.();
      made.stop();
    };
  }, [question, asked]);

  useEffect(() => {
    if (following === 'running') loader.current?.change(released);
  }, [following]);

  const more = useCallback(() => void loader.current?.more(), []);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { loaded, error, fresh, more, reload };
}

interface Asked {
  readonly window: Window;
  readonly filter: string;
  readonly sort: FlowSort;
}

/** Owner of one list: asks for one page at a time, and tells of each change. */
class Loader {
  readonly #asked: Asked;
  readonly #tell: (loaded: Loaded) => void;
  readonly #fail: (error: Error | undefined) => void;
  readonly #abort = new AbortController();
  #list = EMPTY_LIST;
  #missing: Missing | undefined;
  #isBusy = false;

  constructor(
    asked: Asked,
    tell: (loaded: Loaded) => void,
    fail: (error: Error | undefined) => void,
  ) {
    this.#asked = asked;
    this.#tell = tell;
    this.#fail = fail;
  }

  stop(): void {
    this.#abort.abort();
  }

  /** The next page, if there is one and none is under way. */
  async more(): Promise<void> {
    const isFirst = this.#missing === undefined;
    const { cursor } = this.#list;
    if (this.#isBusy || (!isFirst && cursor === undefined)) return;
    this.#isBusy = true;
    try {
      const { window, filter, sort } = this.#asked;
      const query = { filter, sort, limit: isFirst ? FIRST_ROWS : NEXT_ROWS };
      const page = await ask(
        '/api/v1/flows',
        isFirst ? { ...query, ...window } : { ...query, cursor: cursor as string },
        this.#abort.signal,
      );
      this.#missing ??= page.missing;
      this.#fail(undefined);
      // Without a cursor yet the page is the first
      this.change((list) => withPage(list, page as { flows: Flow[]; cursor?: string }));
    } catch (cause) {
      if (!this.#abort.signal.aborted) {
        this.#fail(cause instanceof Error ? cause : new Error(String(cause)));
      }
    } finally {
      this.#isBusy = false;
    }
  }

  change(step: (list: FlowList) => FlowList): void {
    if (this.#abort.signal.aborted) return;
    const next = step(this.#list);
    if (next === this.#list && this.#list !== EMPTY_LIST) return;
    this.#list = next;
    const { window } = this.#asked;
    this.#tell({ list: next, window, missing: this.#missing ?? [] });
  }
}

/** Two steps of the stream at once: rows that move more often can be neither read nor clicked. */
const SHOW_EVERY_MS = 1000;

/** Puts what comes live on the list, as far as the filter holds for it. */
function followFlows(
  loader: Loader,
  filter: string,
  following: { readonly current: Following },
): () => void {
  const holds = testOf(filter);
  let gathered: Flow[] = [];
  const stop = liveStream.onFlows((flows) => {
    gathered = [...flows.filter(holds), ...gathered];
  });
  const timer = setInterval(() => {
    const flows = gathered;
    gathered = [];
    if (flows.length > 0) loader.change((list) => withLive(list, flows, following.current));
  }, SHOW_EVERY_MS);
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** A filter that cannot be read holds for nothing: the first page says what is wrong with it. */
function testOf(filter: string): (flow: Flow) => boolean {
  try {
    return flowTest(parseFilter(filter));
  } catch {
    return () => false;
  }
}
