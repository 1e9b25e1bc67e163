// SPDX-License-Identifier: Apache-2.0
// How much of what a rule is about each flow, host or network has had: of the last seconds, or of the hour,
// day or month. Keys are bounded in number; one that is given up is counted.
import type { Threshold } from '@weir/wire';
import { type CalendarPeriod, periodNumber } from './clock.js';

/** What one record adds. */
export interface Amount {
  readonly octets: number;
  readonly packets: number;
  /** The address at the other end. */
  readonly peer: string;
  /** When it was received. */
  readonly milliseconds: number;
}

/** The last seconds are this many slots: what is counted is between 7/8 of them and all. */
export const SLOTS = 8;
/** Older than the newest by more, records are of a clock that was set back; rules look back at less. */
const MOST_LATE_MS = 300_000;
/** Looked at when one key has to go. */
const CANDIDATES = 32;

/** Who has keys. */
interface KeyHolder {
  readonly keys: number;
  giveUpOne(): void;
}

/** Keys that are given up before it is looked again who has most. */
const LOOK_AFTER = 1000;

/** Keys of all thresholds together. */
export class KeyRoom {
  readonly most: number;
  used = 0;
  /** Keys that were given up because others came. */
  givenUp = 0;
  readonly #holders = new Set<KeyHolder>();
  #largest: KeyHolder | undefined;

  constructor(most: number) {
    this.most = most;
  }

  enter(holder: KeyHolder): void {
    this.#holders.add(holder);
  }

  leave(holder: KeyHolder): void {
    this.#holders.delete(holder);
    if (this.#largest === holder) this.#largest = undefined;
  }

  /** Where it is full, who has most gives one up: whoever invents keys for one rule takes none from others. */
  makeRoom(): void {
    if (this.used < this.most) return;
    const isStale = this.givenUp % LOOK_AFTER === 0 || this.#largest?.keys === 0;
    const most = (a: KeyHolder, b: KeyHolder) => (b.keys > a.keys ? b : a);
    if (isStale || this.#largest === undefined) this.#largest = [...this.#holders].reduce(most);
    this.#largest.giveUpOne();
    this.givenUp++;
  }
}

interface Tally {
  /** Slot or period that was counted in last. */
  at: number;
  sum: number;
  /** Of a sliding window, by slot modulo SLOTS. */
  readonly slots: Float64Array | undefined;
  /** Slot or period in which a peer was met last. */
  readonly peers: Map<string, number> | undefined;
}

/** One threshold's sums by key. */
export class ThresholdCounter {
  readonly threshold: Threshold;
  readonly #timeZone: string;
  readonly #room: KeyRoom;
  readonly #tallies = new Map<string, Tally>();
  #seededUntil = 0;
  /** When the newest record was received. */
  #latest = 0;

  constructor(threshold: Threshold, timeZone: string, room: KeyRoom) {
    this.threshold = threshold;
    this.#timeZone = timeZone;
    this.#room = room;
    room.enter(this);
  }

  get keys(): number {
    return this.#tallies.size;
  }

  get isCalendar(): boolean {
    return typeof this.threshold.per === 'string';
  }

  /** Adds a record of the key, unless the store had it. Whether the threshold is reached with it. */
  add(key: string, amount: Amount): boolean {
    this.#watchClock(amount.milliseconds);
    if (amount.milliseconds < this.#seededUntil) return this.has(key, amount.milliseconds);
    const tally = this.#tallyOf(key);
    const now = this.slotAt(amount.milliseconds);
    this.#advance(tally, now);
    const { metric } = this.threshold;
    if (metric === 'peers') this.#meet(tally, amount.peer, now);
    else this.#grow(tally, now, metric === 'flows' ? 1 : amount[metric]);
    return this.#isReached(tally);
  }

  /** What was received before comes from the store, with `seed`: a record of it adds nothing. */
  countFrom(milliseconds: number): void {
    this.#seededUntil = milliseconds;
  }

  /** What the store has of a key in a slot: a sum, or a peer; the oldest slot first. */
  seed(key: string, slot: number, stored: number | string): void {
    const tally = this.#tallyOf(key);
    this.#advance(tally, slot);
    if (typeof stored === 'string') this.#meet(tally, stored, slot);
    else this.#grow(tally, slot, stored);
  }

  /** Number of the slot, or of the period of the calendar, that a time is in. */
  slotAt(milliseconds: number): number {
    const { per } = this.threshold;
    return typeof per === 'number'
      ? Math.floor((milliseconds * SLOTS) / (per * 1000))
      : periodNumber(per as CalendarPeriod, this.#timeZone, milliseconds);
  }

  /** Whether it is reached without anything more. */
  has(key: string, milliseconds: number): boolean {
    const tally = this.#tallies.get(key);
    if (tally === undefined) return false;
    this.#advance(tally, this.slotAt(milliseconds));
    return this.#isReached(tally);
  }

  /** Forgets keys of which nothing counts any more. */
  sweep(milliseconds: number): void {
    const now = this.slotAt(milliseconds);
    const lives = this.isCalendar ? 1 : SLOTS;
    for (const [key, tally] of this.#tallies) if (now - tally.at >= lives) this.#drop(key);
  }

  /** Gives its room back. */
  clear(): void {
    for (const key of this.#tallies.keys()) this.#drop(key);
    this.#room.leave(this);
  }

  /** A clock that was set back: for what was counted after its time everything that comes would be late. */
  #watchClock(milliseconds: number): void {
    if (milliseconds < this.#latest - MOST_LATE_MS) {
      this.clear();
      this.#seededUntil = 0;
      this.#latest = milliseconds;
    }
    this.#latest = Math.max(this.#latest, milliseconds);
  }

  #isReached({ sum, peers }: Tally): boolean {
    return (peers === undefined ? sum : peers.size) >= this.threshold.atLeast;
  }

  #advance(tally: Tally, now: number): void {
    if (now <= tally.at) return;
    if (tally.slots === undefined) tally.sum = 0;
    else this.#clearSlots(tally, now);
    const oldest = this.isCalendar ? now : now - SLOTS + 1;
    if (tally.peers)
      for (const [peer, met] of tally.peers) if (met < oldest) tally.peers.delete(peer);
    tally.at = now;
  }

  #clearSlots(tally: Tally, now: number): void {
    const { slots } = tally;
    if (slots === undefined) return;
    const passed = Math.min(SLOTS, now - tally.at);
    for (let i = 1; i <= passed; i++) slots[(tally.at + i) % SLOTS] = 0;
    tally.sum = slots.reduce((sum, slot) => sum + slot, 0);
  }

  /** A record that comes late counts for its slot, where that is not over. */
  #grow(tally: Tally, number: number, by: number): void {
    const isOver = this.isCalendar ? number < tally.at : number <= tally.at - SLOTS;
    if (isOver) return;
    tally.sum += by;
    if (tally.slots) tally.slots[number % SLOTS] = (tally.slots[number % SLOTS] as number) + by;
  }

  /** More peers than are asked for change nothing. */
  #meet({ peers, at }: Tally, peer: string, number: number): void {
    const oldest = this.isCalendar ? at : at - SLOTS + 1;
    if (peers === undefined || number < oldest) return;
    const isKnown = peers.has(peer);
    if (!isKnown && peers.size >= this.threshold.atLeast) {
      const [first] = peers.keys();
      if (first !== undefined) peers.delete(first);
    }
    // Behind the others: the one met longest ago comes first.
    if (isKnown) peers.delete(peer);
    peers.set(peer, number);
  }

  #tallyOf(key: string): Tally {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    this.#room.makeRoom();
    const tally: Tally = {
      at: 0,
      sum: 0,
      slots:
        this.isCalendar || this.threshold.metric === 'peers' ? undefined : new Float64Array(SLOTS),
      peers: this.threshold.metric === 'peers' ? new Map() : undefined,
    };
    this.#tallies.set(key, tally);
    this.#room.used++;
    return tally;
  }

  /** Of the keys that have been looked at longest ago, the one that has least. */
  giveUpOne(): void {
    let least: { readonly key: string; readonly sum: number } | undefined;
    const looked: [string, Tally][] = [];
    for (const [key, tally] of this.#tallies) {
      if (looked.push([key, tally]) > CANDIDATES) break;
      const sum = tally.peers?.size ?? tally.sum;
      if (least === undefined || sum < least.sum) least = { key, sum };
    }
    if (least === undefined) return;
    for (const [key, tally] of looked) {
      this.#tallies.delete(key);
      this.#tallies.set(key, tally);
    }
    this.#drop(least.key);
  }

  #drop(key: string): void {
    if (this.#tallies.delete(key)) this.#room.used--;
  }
}
