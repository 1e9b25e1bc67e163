// SPDX-License-Identifier: Apache-2.0
// The collector's live events, one connection for the whole page.
import { signal } from '@preact/signals';
import { API, type Flow, type LiveFlows, type LiveTotals } from '@weir/wire';
import { apiUrl } from './client';

export type StreamStatus = 'connecting' | 'open' | 'lost';

const REOPEN_MS = 3_000;
/** Nobody looks at a tab for so long: its connection is one of the six that a browser has to a server. */
const HIDDEN_MS = 20_000;
/** Seconds of totals that are remembered. */
const MOST_TOTALS = 120;

/**
 * Owner of the EventSource. A browser reconnects by itself after a dropped connection, but gives up for good
 * after an HTTP error (a proxy's 502 while the collector restarts): then the stream is opened anew.
 */
class LiveStream {
  readonly status = signal<StreamStatus>('connecting');
  /** Of the last two minutes, oldest first; empty while the stream is lost, so that nobody reads old ones as live. */
  readonly totals = signal<readonly LiveTotals[]>([]);
  #source: EventSource | undefined;
  #reopenTimer: ReturnType<typeof setTimeout> | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #flowListeners = new Set<(flows: readonly Flow[]) => void>();

  /** Open while somebody looks. */
  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#open();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#close();
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#close(), HIDDEN_MS);
    else if (this.#source === undefined) this.#open();
  };

  #open(): void {
    const source = new EventSource(apiUrl(API.stream));
    this.#source = source;
    source.addEventListener('open', () => {
      this.status.value = 'open';
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
  }

  #close(): void {
    clearTimeout(this.#reopenTimer);
    clearTimeout(this.#hiddenTimer);
    this.#source?.close();
    this.#source = undefined;
    this.totals.value = [];
    this.status.value = 'connecting';
  }

  /** Calls back with the newest flows, newest first, until the returned function is called. */
  onFlows(listener: (flows: readonly Flow[]) => void): () => void {
    this.#flowListeners.add(listener);
    return () => this.#flowListeners.delete(listener);
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
