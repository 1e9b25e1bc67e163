// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { addressText } from '@weir/wire';
import type { Amounts } from '../series/sums.js';
import { largest } from './largest.js';
import type { LiveSum } from './site.js';

const SLOTS = 1 << 15;
/** Beyond it the smaller half is forgotten: there is no limit to the addresses that records can name. */
const MOST_ADDRESSES = (SLOTS * 3) / 4;
/** Octets, packets, flows. */
const FIELDS = 3;
const WORDS = 4;

/**
 * Sums by address, of whom the largest are wanted. A table of numbers: at hundreds of thousands of
 * records a second there is no time for an object or a text for each.
 */
export class AddressSums {
  readonly #words = new Uint32Array(SLOTS * WORDS);
  readonly #sums = new Float64Array(SLOTS * FIELDS);
  /** So that nobody can choose addresses that meet in one slot. */
  readonly #seed = randomInt(1, 2 ** 31) | 1;
  #used = 0;

  /** @param words the column's octets, four words an address */
  add(words: Uint32Array, row: number, amounts: Amounts): void {
    this.#count(this.#slotOf(words, row * WORDS), amounts);
    if (this.#used > MOST_ADDRESSES) this.#forgetSmall();
  }

  /** The largest so far, and starts anew. */
  drain(most: number): LiveSum[] {
    const sums = this.#entries().map((slot) => this.#sumAt(slot));
    this.#words.fill(0);
    this.#sums.fill(0);
    this.#used = 0;
    return largest(sums, most);
  }

  #count(slot: number, { octets, packets, flows }: Amounts): void {
    const at = slot * FIELDS;
    const sums = this.#sums;
    if (sums[at + 2] === 0) this.#used++;
    sums[at] = (sums[at] as number) + octets;
    sums[at + 1] = (sums[at + 1] as number) + packets;
    sums[at + 2] = (sums[at + 2] as number) + flows;
  }

  /** The address's slot, or the free one that becomes it. */
  #slotOf(words: Uint32Array, at: number): number {
    const own = this.#words;
    let hash = this.#seed;
    for (let i = 0; i < WORDS; i++) hash = spread(hash ^ (words[at + i] as number));
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const place = slot * WORDS;
      if (this.#sums[slot * FIELDS + 2] === 0) {
        for (let i = 0; i < WORDS; i++) own[place + i] = words[at + i] as number;
        return slot;
      }
      if (
        own[place + 3] === words[at + 3] &&
        own[place + 2] === words[at + 2] &&
        own[place + 1] === words[at + 1] &&
        own[place] === words[at]
      ) {
        return slot;
      }
    }
  }

  #entries(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) if (this.#sums[slot * FIELDS + 2]) slots.push(slot);
    return slots;
  }

  #sumAt(slot: number): LiveSum {
    const octetsOfAddress = new Uint8Array(this.#words.buffer, slot * WORDS * 4, WORDS * 4);
    const [octets = 0, packets = 0, flows = 0] = this.#sums.subarray(slot * FIELDS);
    return { key: addressText(octetsOfAddress), octets, packets, flows };
  }

  /** Numbers only: this happens many times a second where many addresses come by. */
  #forgetSmall(): void {
    const sums = this.#sums.slice();
    const words = this.#words.slice();
    const least = this.#medianOctets();
    this.#words.fill(0);
    this.#sums.fill(0);
    this.#used = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = slot * FIELDS;
      if (sums[at + 2] === 0 || (sums[at] as number) <= least) continue;
      this.#count(this.#slotOf(words, slot * WORDS), {
        octets: sums[at] as number,
        packets: sums[at + 1] as number,
        flows: sums[at + 2] as number,
      });
    }
  }

  #medianOctets(): number {
    const octets = new Float64Array(this.#used);
    let count = 0;
    for (let at = 0; at < SLOTS * FIELDS; at += FIELDS) {
      if (this.#sums[at + 2] !== 0) octets[count++] = this.#sums[at] as number;
    }
    octets.sort();
    return octets[count >> 1] as number;
  }
}

/** Every bit of a word changes about half of the result's: neighbours in a network must not meet. */
function spread(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
