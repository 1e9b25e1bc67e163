// SPDX-License-Identifier: Apache-2.0
// The collector's live events, one connection for the whole page.
import { signal } from '@preact/signals';
import {
  API,
  type Flow,
  LIVE_TOPICS,
  type LiveChange,
  type LiveFlows,
  type LiveTopic,
  type LiveTotals,
} from '@weir/wire';
import { apiUrl } from './client';

export type StreamStatus = 'connecting' | 'open' | 'lost';

const REOPEN_MS = 3_000;
/** Nobody looks at a tab for so long: its connection is one of the six that a browser has to a server. */
const HIDDEN_MS = 20_000;
/** Seconds of totals that are remembered. */
const MOST_TOTALS = 120;
/** What every page wants; records only one that shows them. */
const ALWAYS = ['totals', 'changed'];

/**
 * Owner of the EventSource. A browser reconnects by itself after a dropped connection, but gives up for good
 * after an HTTP error (a proxy's 502 while the collector restarts): then the stream is opened anew.
 */
class LiveStream {
  readonly status = signal<StreamStatus>('connecting');
  /** Of the last two minutes, oldest first; empty while the stream is lost, so that nobody reads old ones as live. */
  readonly totals = signal<readonly LiveTotals[]>([]);
  #source: EventSource | undefined;
  #wasOpen = false;
  #reopenTimer: ReturnType<typeof setTimeout> | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #flowListeners = new Set<(flows: readonly Flow[]) => void>();
  readonly #changeListeners = new Set<(topics: readonly LiveTopic[]) => void>();

  /** Open while somebody looks. */
  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#open();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#close();
  }

  /** Calls back with the newest flows, newest first, until the returned function is called. */
  onFlows(listener: (flows: readonly Flow[]) => void): () => void {
    this.#flowListeners.add(listener);
    if (this.#flowListeners.size === 1) this.#openOtherwise();
    return () => {
      this.#flowListeners.delete(listener);
      if (this.#flowListeners.size === 0) this.#openOtherwise();
    };
  }

  /** Calls back with what there is to ask about again, until the returned function is called. */
  onChanges(listener: (topics: readonly LiveTopic[]) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#close(), HIDDEN_MS);
    else if (this.#source === undefined) this.#open();
  };

  /** With or without records from now on; who looks sees no gap. */
  #openOtherwise(): void {
    if (this.#source === undefined) return;
    clearTimeout(this.#reopenTimer);
    this.#source.close();
    this.#open();
  }

  #open(): void {
    const events = this.#flowListeners.size > 0 ? ['flows', ...ALWAYS] : ALWAYS;
    const query = new URLSearchParams(events.map((name) => ['events', name]));
    const source = new EventSource(`${apiUrl(API.stream)}?${query}`);
    this.#source = source;
    source.addEventListener('open', () => {
      const wasAway = this.#wasOpen && this.status.peek() !== 'open';
      this.#wasOpen = true;
      this.status.value = 'open';
      // What may have changed while nobody could tell.
      if (wasAway) this.#tell(LIVE_TOPICS);
    });
    source.addEventListener('error', () => this.#lost(source));
    source.addEventListener('totals', (event) => {
      const newest = JSON.parse(event.data) as LiveTotals;
      this.totals.value = [...this.totals.peek(), newest].slice(-MOST_TOTALS);
    });
    source.addEventListener('flows', (event) => {
      const { flows } = JSON.parse(event.data) as LiveFlows;
      for (const listener of this.#flowListeners) listener(flows);
    });
    source.addEventListener('changed', (event) => {
      this.#tell((JSON.parse(event.data) as LiveChange).topics);
    });
  }

  #tell(topics: readonly LiveTopic[]): void {
    for (const listener of this.#changeListeners) listener(topics);
  }

  #close(): void {
    clearTimeout(this.#reopenTimer);
    clearTimeout(this.#hiddenTimer);
    this.#source?.close();
    this.#source = undefined;
    this.totals.value = [];
    this.status.value = 'connecting';
  }

  #lost(source: EventSource): void {
    this.totals.value = [];
    this.status.value = 'lost';
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#reopenTimer);
    this.#reopenTimer = setTimeout(() => this.#open(), REOPEN_MS);
  }
}

export const liveStream = new LiveStream();
