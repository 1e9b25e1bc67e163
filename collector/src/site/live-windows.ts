// SPDX-License-Identifier: Apache-2.0
import { type ObservedChunk, wideAt, wordsOf } from '../flow-chunk.js';
import { type Amounts, addAmounts, IdSums } from '../series/sums.js';
import { AddressSums } from './address-sums.js';
import { largest, mergeSums } from './largest.js';
import type { LiveSum, SiteLive } from './site.js';

/** What one collector saw in a window of time. */
export interface LiveWindow {
  readonly startMilliseconds: number;
  readonly totals: Amounts;
  readonly applications: readonly LiveSum[];
  readonly talkers: readonly LiveSum[];
}

export const WINDOW_MS = 5000;
/** Windows that are kept: one minute. */
export const WINDOWS = 12;
/** Of each list in a window; more than are shown, because the largest of the site may be smaller in each part. */
const MOST_SUMS = 200;
const MOST_SHOWN = 50;
/** Applications of one window; their names come from exporters. */
const MOST_APPLICATIONS = 5000;

/** Sums what this collector sees right now. No clock. */
export class LiveWindows {
  readonly #ids = new IdSums();
  readonly #talkers = new AddressSums();
  #applications = new Map<string, LiveSum>();
  #totals: Amounts = { octets: 0, packets: 0, flows: 0 };
  #start: number;

  constructor(now: number) {
    this.#start = now;
  }

  observe(chunk: ObservedChunk): void {
    const { columns, rows } = chunk;
    const { counted, applicationName } = columns;
    const octets = wordsOf(columns.octets);
    const packets = wordsOf(columns.packets);
    const reverseOctets = wordsOf(columns.reverseOctets);
    const reversePackets = wordsOf(columns.reversePackets);
    const source = addressWords(columns.sourceAddress);
    const destination = addressWords(columns.destinationAddress);
    for (let row = 0; row < rows; row++) {
      if (counted[row] === 0) continue;
      const allOctets = wideAt(octets, row) + wideAt(reverseOctets, row);
      const allPackets = wideAt(packets, row) + wideAt(reversePackets, row);
      this.#ids.add(applicationName[row] as number, allOctets, allPackets);
      const amounts = { octets: allOctets, packets: allPackets, flows: 1 };
      this.#talkers.add(source, row, amounts);
      this.#talkers.add(destination, row, amounts);
    }
    this.#ids.drain((id, amounts) => this.#addApplication(chunk.names[id] ?? '', amounts));
  }

  /** The window that is over, when one is; a new one begins. */
  next(now: number): LiveWindow | undefined {
    if (now - this.#start < WINDOW_MS && now >= this.#start) return undefined;
    const window: LiveWindow = {
      startMilliseconds: this.#start,
      totals: this.#totals,
      applications: largest([...this.#applications.values()], MOST_SUMS),
      talkers: this.#talkers.drain(MOST_SUMS),
    };
    this.#start = now;
    this.#applications = new Map();
    this.#totals = { octets: 0, packets: 0, flows: 0 };
    return window;
  }

  #addApplication(name: string, amounts: Amounts): void {
    addAmounts(this.#totals, amounts);
    const known = this.#applications.get(name);
    if (known !== undefined) addAmounts(known, amounts);
    else if (this.#applications.size < MOST_APPLICATIONS) {
      this.#applications.set(name, { key: name, ...amounts });
    }
  }
}

/** Four words an address; a column begins where its element size says. */
function addressWords(octets: Uint8Array): Uint32Array {
  if (octets.byteOffset % 4 !== 0) return addressWords(octets.slice());
  return new Uint32Array(octets.buffer, octets.byteOffset, octets.length / 4);
}

/** All collectors' windows of the last minute as one picture. */
export function mergeWindows(
  windowsOf: ReadonlyMap<string, readonly LiveWindow[]>,
  now: number,
): SiteLive {
  const spanMs = WINDOWS * WINDOW_MS;
  const totals: Amounts = { octets: 0, packets: 0, flows: 0 };
  const collectors: string[] = [];
  const recent: LiveWindow[] = [];
  for (const [collector, all] of windowsOf) {
    const windows = all.filter(({ startMilliseconds }) => startMilliseconds > now - spanMs);
    if (windows.length > 0) collectors.push(collector);
    recent.push(...windows);
  }
  for (const window of recent) addAmounts(totals, window.totals);
  return {
    spanMs,
    collectors: collectors.sort(),
    totals,
    applications: mergeSums(
      recent.map(({ applications }) => applications),
      MOST_SHOWN,
    ),
    talkers: mergeSums(
      recent.map(({ talkers }) => talkers),
      MOST_SHOWN,
    ),
  };
}
