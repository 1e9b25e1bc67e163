// SPDX-License-Identifier: Apache-2.0
import type { Flow, LiveFlows, LiveTotals } from '@weir/wire';
import type { FlowColumns } from '../decode/columns.js';
import type { NameTable } from '../enrich/name-table.js';
import { flowAt } from '../enrich/named-flow.js';

/** An event of `GET /api/v1/stream`. */
export type LiveEvent =
  | { readonly event: 'flows'; readonly data: LiveFlows }
  | { readonly event: 'totals'; readonly data: LiveTotals };

const FLOWS_EVERY_MS = 500;
const TOTALS_EVERY_MS = 1000;
/** Flows of one event at most: the newest. */
const MOST_FLOWS = 50;
/** Rows made into objects between two events at most: at high rates not every row can be looked at. */
const MOST_LOOKED_AT = 4 * MOST_FLOWS;

/** What goes on right now: sums for each second, and the newest flows while somebody looks. */
export class LiveFeed {
  readonly #names: NameTable;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  #flows: Flow[] = [];
  #lookedAt = 0;
  #sums = { flows: 0, octets: 0, packets: 0 };
  #sumsSince = 0;

  constructor(names: NameTable) {
    this.#names = names;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  start(): void {
    this.#sumsSince = Date.now();
    this.#timers.push(setInterval(() => this.sendNow(), FLOWS_EVERY_MS));
    this.#timers.push(setInterval(() => this.#sendTotals(), TOTALS_EVERY_MS));
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#listeners.clear();
  }

  /** Calls back for each event until the returned function is called. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes new, named rows into account. */
  observe(columns: FlowColumns, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      this.#sums.octets += columns.octets[row] as number;
      this.#sums.packets += columns.packets[row] as number;
    }
    this.#sums.flows += to - from;
    if (this.#listeners.size === 0 || this.#lookedAt >= MOST_LOOKED_AT) return;
    for (let row = Math.max(from, to - MOST_FLOWS); row < to; row++) {
      this.#flows.push(flowAt(columns, row, this.#names));
      this.#lookedAt++;
    }
    this.#flows = this.#flows.slice(-MOST_FLOWS);
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

  #send(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
