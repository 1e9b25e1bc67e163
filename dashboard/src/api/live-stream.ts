// SPDX-License-Identifier: Apache-2.0
// The collector's server-sent events, opened once for the whole page.
import type { Flow, LiveFlows, LiveTotals } from '@weir/wire';
import { meanRates, type Rates, withTotals } from './mean-rates';

export type StreamStatus = 'connecting' | 'open' | 'lost';

export interface StreamState {
  readonly status: StreamStatus;
  /** Present rates; undefined while the stream is not open, so that nobody reads old ones as live. */
  readonly rates: Rates | undefined;
}

const REOPEN_MS = 3_000;

/**
 * Owner of the EventSource. A browser reconnects by itself after a dropped connection, but gives up for good
 * after an HTTP error (a proxy's 502 while the collector restarts): then the stream is opened anew.
 */
export class LiveStream {
  readonly #url: string;
  #source: EventSource | undefined;
  #reopenTimer: ReturnType<typeof setTimeout> | undefined;
  #state: StreamState = { status: 'connecting', rates: undefined };
  #totals: LiveTotals[] = [];
  readonly #stateListeners = new Set<() => void>();
  readonly #flowListeners = new Set<(flows: readonly Flow[]) => void>();

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener('open', () => this.#change({ status: 'open' }));
    source.addEventListener('error', () => this.#lost(source));
    source.addEventListener('totals', (event) => {
      this.#totals = withTotals(this.#totals, JSON.parse(event.data) as LiveTotals);
      this.#change({ status: 'open', rates: meanRates(this.#totals) });
    });
    source.addEventListener('flows', (event) => {
      const { flows } = JSON.parse(event.data) as LiveFlows;
      for (const listener of this.#flowListeners) listener(flows);
    });
  }

  stop(): void {
    clearTimeout(this.#reopenTimer);
    this.#source?.close();
  }

  // Arrow functions: React takes them unbound.
  readonly state = (): StreamState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  readonly subscribeFlows = (listener: (flows: readonly Flow[]) => void): (() => void) => {
    this.#flowListeners.add(listener);
    return () => this.#flowListeners.delete(listener);
  };

  #lost(source: EventSource): void {
    this.#totals = [];
    this.#change({ status: 'lost', rates: undefined });
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#reopenTimer);
    this.#reopenTimer = setTimeout(() => this.start(), REOPEN_MS);
  }

  #change(change: Partial<StreamState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#stateListeners) listener();
  }
}
