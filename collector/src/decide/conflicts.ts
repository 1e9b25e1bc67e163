// SPDX-License-Identifier: Apache-2.0
// Which decisions contradict each other, of very many. Pure, but that others have their turn meanwhile.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addressOctets, type Decision, type NetworkText } from '@weir/wire';
import { type Verdict, verdict } from './precedence.js';
import { type AddressWords, wordsOfOctets } from './prefix-table.js';
import { networksOf } from './selector.js';

export interface Conflicts {
  /** The first ones. */
  readonly conflicts: readonly Verdict[];
  /** All of them. */
  readonly count: number;
}

/** Decisions looked at in one turn of the event loop. */
const AT_ONCE = 1000;
const WORDS = 4;
const IPV4_LENGTH = 96;

/** A network of a decision, in bits. */
interface Place {
  readonly words: AddressWords;
  /** As IPv6 counts it. */
  readonly length: number;
}

interface Placed {
  readonly decision: Decision;
  readonly places: readonly Place[];
}

/** Contradictions among decisions. */
export async function conflictsOf(
  decisions: Iterable<Decision>,
  limit: number,
): Promise<Conflicts> {
  const all = [...decisions].filter(
    ({ action, isSimulated }) => !isSimulated && action.kind !== 'watch',
  );
  const buckets = new Buckets();
  const placed: Placed[] = [];
  for (const [i, decision] of all.entries()) {
    placed.push(buckets.add(decision));
    if (i % AT_ONCE === 0) await nextTurn();
  }
  const seen = new Set<string>();
  const conflicts: Verdict[] = [];
  for (const [i, { decision, places }] of placed.entries()) {
    for (const other of buckets.around(places)) {
      // Of one rule all do the same.
      if (other === decision || isOfOneRule(other, decision)) continue;
      const key = [decision.id, other.id].sort().join();
      const found = seen.has(key) ? undefined : verdict(decision, other);
      if (found === undefined) continue;
      seen.add(key);
      if (conflicts.length < limit) conflicts.push(found);
    }
    if (i % AT_ONCE === 0) await nextTurn();
  }
  return { conflicts, count: seen.size };
}

function isOfOneRule(a: Decision, b: Decision): boolean {
  return a.rule !== undefined && a.rule.id === b.rule?.id && a.action.kind === b.action.kind;
}

/** Decisions by the beginning of their networks, apart for each length: most have one of few lengths. */
class Buckets {
  readonly #byLength = new Map<number, Map<number | string, Decision[]>>();

  add(decision: Decision): Placed {
    const places = networksOf(decision.selector).map(placeOf);
    for (const { words, length } of places) {
      const ofLength = listIn(this.#byLength, length, () => new Map());
      listIn(ofLength, keyOf(words, length), () => []).push(decision);
    }
    return { decision, places };
  }

  /** Those whose network is one of these, or holds one whole. */
  *around(places: readonly Place[]): Generator<Decision, void> {
    for (const { words, length: own } of places) {
      for (const [length, ofLength] of this.#byLength) {
        if (length <= own) yield* ofLength.get(keyOf(words, length)) ?? [];
      }
    }
  }
}

function listIn<Key, Item>(items: Map<Key, Item>, key: Key, make: () => Item): Item {
  const known = items.get(key);
  if (known !== undefined) return known;
  const made = make();
  items.set(key, made);
  return made;
}

function placeOf({ address, prefixLength }: NetworkText): Place {
  const isV6 = address.includes(':');
  const octets = addressOctets(address) ?? new Uint8Array(4 * WORDS);
  const words = wordsOfOctets(octets, new Uint32Array(WORDS));
  return { words, length: isV6 ? prefixLength : IPV4_LENGTH + prefixLength };
}

const MAPPED_WORD = 0xffff;

/** The bits up to the length; of IPv4 as a number, which is quick. */
function keyOf(words: AddressWords, length: number): number | string {
  const masked = (word: number): number => {
    const bits = Math.min(32, Math.max(0, length - 32 * word));
    return bits === 0 ? 0 : ((words[word] as number) & (-1 << (32 - bits))) >>> 0;
  };
  const isV4 = words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD;
  if (isV4 && length >= IPV4_LENGTH) return masked(3);
  return `${masked(0)} ${masked(1)} ${masked(2)} ${masked(3)}`;
}
