// SPDX-License-Identifier: Apache-2.0
// Guessing passwords is made slow, without letting strangers lock the rightful user out: the same user from
// the same network has to wait, the same user from anywhere is only answered later.
import { networkOf } from '../client-address.js';

interface Failures {
  count: number;
  lastMs: number;
}

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** Failures are forgotten after so long without another. */
const MEMORY_MS = 60 * 60_000;
/** Rows of each table; the one that failed longest ago gives way. */
const MOST_ROWS = 10_000;

const FREE_FAILURES_OF_USER = 20;
const DELAY_PER_FAILURE_MS = 50;
const LONGEST_DELAY_MS = 2000;

/** Bounded tables of failed attempts. Times are a clock's milliseconds. */
export class SignInLimits {
  readonly #clock: () => number;
  readonly #pairs = new Map<string, Failures>();
  readonly #users = new Map<string, Failures>();

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** How long this user must wait at this address before the next attempt; 0: not at all. */
  waitMs(name: string, address: string): number {
    const failures = this.#pairs.get(pairOf(name, address));
    if (failures === undefined || failures.count < FREE_FAILURES) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures.count - FREE_FAILURES));
    return Math.max(0, failures.lastMs + wait - this.#clock());
  }

  /** How much later the answer comes because the user's password is being guessed from many places. */
  delayMs(name: string): number {
    const { count = 0 } = this.#users.get(userOf(name)) ?? {};
    return Math.min(
      LONGEST_DELAY_MS,
      Math.max(0, count - FREE_FAILURES_OF_USER) * DELAY_PER_FAILURE_MS,
    );
  }

  /** Before the password is looked at: attempts at the same time must not all be the first. */
  begin(name: string, address: string): void {
    this.#fail(this.#pairs, pairOf(name, address));
    this.#fail(this.#users, userOf(name));
  }

  /** The password was right. */
  succeeded(name: string, address: string): void {
    this.#pairs.delete(pairOf(name, address));
    const failures = this.#users.get(userOf(name));
    if (failures !== undefined) failures.count = Math.max(0, failures.count - 1);
  }

  #fail(table: Map<string, Failures>, key: string): void {
    const lastMs = this.#clock();
    const known = table.get(key);
    const isRemembered = known !== undefined && known.lastMs + MEMORY_MS > lastMs;
    // Deleted first: a Map keeps the order of insertion, so the first row is the oldest.
    table.delete(key);
    table.set(key, { count: isRemembered ? known.count + 1 : 1, lastMs });
    const [oldest] = table.keys();
    if (table.size > MOST_ROWS && oldest !== undefined) table.delete(oldest);
  }
}

function userOf(name: string): string {
  return name.toLowerCase();
}

function pairOf(name: string, address: string): string {
  return `${userOf(name)} ${networkOf(address)}`;
}
