// SPDX-License-Identifier: Apache-2.0
import type { Flow, LiveChange, LiveEventName, LiveFlows, LiveTopic, LiveTotals } from '@weir/wire';
import { wideAt, wordsOf } from '../flow-chunk.js';
import { type FlowRows, flowAt } from '../flow-row.js';

/** An event of `GET /api/v1/stream`. */
export type LiveEvent =
  | { readonly event: 'flows'; readonly data: LiveFlows }
  | { readonly event: 'totals'; readonly data: LiveTotals }
  | { readonly event: 'changed'; readonly data: LiveChange };
type Listener = (event: LiveEvent) => void;

const FLOWS_EVERY_MS = 500;
const TOTALS_EVERY_MS = 1000;
/** Changes of so long are told together. */
const CHANGES_EVERY_MS = 250;
/** Flows of one event at most: the newest. */
const MOST_FLOWS = 50;
/** Rows made into objects between two events at most: at high rates not every row can be looked at. */
const MOST_LOOKED_AT = 4 * MOST_FLOWS;

/**
 * What goes on right now: sums for each second, what there is to ask about again, and the newest flows while
 * somebody looks at them.
 */
export class LiveFeed {
  readonly #listeners: Readonly<Record<LiveEventName, Set<Listener>>> = {
    flows: new Set(),
    totals: new Set(),
    changed: new Set(),
  };
  readonly #timers: NodeJS.Timeout[] = [];
  #flows: Flow[] = [];
  #lookedAt = 0;
  #sums = { flows: 0, octets: 0, packets: 0 };
  #sumsSince = 0;
  #topics = new Set<LiveTopic>();
  #changesTimer: NodeJS.Timeout | undefined;

  get listenerCount(): number {
    return new Set(Object.values(this.#listeners).flatMap((all) => [...all])).size;
  }

  start(): void {
    this.#sumsSince = Date.now();
    this.#timers.push(setInterval(() => this.sendNow(), FLOWS_EVERY_MS));
    this.#timers.push(setInterval(() => this.#sendTotals(), TOTALS_EVERY_MS));
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    clearTimeout(this.#changesTimer);
    this.#changesTimer = undefined;
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
  }

  /** Calls back for each of these events until the returned function is called. */
  listen(events: readonly LiveEventName[], listener: Listener): () => void {
    for (const event of events) this.#listeners[event].add(listener);
    return () => {
      for (const event of events) this.#listeners[event].delete(listener);
    };
  }

  /** Answers about it are others from now on. */
  changed(topic: LiveTopic): void {
    if (this.#listeners.changed.size === 0) return;
    this.#topics.add(topic);
    this.#changesTimer ??= setTimeout(() => this.#sendChanges(), CHANGES_EVERY_MS);
  }

  /** Takes new, named rows into account. */
  observe(chunk: FlowRows): void {
    const { rows } = chunk;
    this.#addToSums(chunk);
    if (this.#listeners.flows.size === 0 || this.#lookedAt >= MOST_LOOKED_AT) return;
    for (let row = Math.max(0, rows - MOST_FLOWS); row < rows; row++) {
      this.#flows.push(flowAt(chunk, row));
      this.#lookedAt++;
    }
    this.#flows = this.#flows.slice(-MOST_FLOWS);
  }

  /** Another exporter's record of the same flow does not count again. */
  #addToSums({ rows, columns }: FlowRows): void {
    const octets = wordsOf(columns.octets);
    const packets = wordsOf(columns.packets);
    const { counted } = columns;
    for (let row = 0; row < rows; row++) {
      if (counted[row] === 0) continue;
      this.#sums.octets += wideAt(octets, row);
      this.#sums.packets += wideAt(packets, row);
      this.#sums.flows++;
    }
  }

  /** Sends the flows that were seen since the last time. */
  sendNow(): void {
    const flows = this.#flows;
    this.#flows = [];
    this.#lookedAt = 0;
    if (flows.length > 0) this.#send({ event: 'flows', data: { flows: flows.reverse() } });
  }

  #sendTotals(): void {
    const time = Date.now();
    const seconds = Math.max(0.001, (time - this.#sumsSince) / 1000);
    const { flows, octets, packets } = this.#sums;
    this.#sums = { flows: 0, octets: 0, packets: 0 };
    this.#sumsSince = time;
    const rate = (sum: number) => Math.round(sum / seconds);
    const data = {
      time,
      flowsPerSecond: rate(flows),
      octetsPerSecond: rate(octets),
      packetsPerSecond: rate(packets),
    };
    this.#send({ event: 'totals', data });
  }

  #sendChanges(): void {
    const topics = [...this.#topics];
    this.#topics.clear();
    this.#changesTimer = undefined;
    this.#send({ event: 'changed', data: { topics } });
  }

  #send(event: LiveEvent): void {
    for (const listener of [...this.#listeners[event.event]]) listener(event);
  }
}
