// SPDX-License-Identifier: Apache-2.0
// Decisions -> what the kernel should hold.
import type { Decision } from '@weir/wire';
import type { Address } from '../protect/address.js';
import { type ProtectionReason, type Protections, protectionOf } from '../protect/protections.js';
import { type Effect, effectOf, hashOf, hostEffectOf } from './effect.js';
import { chainName, type EffectNumbers } from './effect-numbers.js';
import { Elements } from './elements.js';
import { type Candidate, expiryOf, type Holder, holderOf } from './holder.js';
import { levelOf, SLOTS } from './level.js';
import { type MarkLayout, placed } from './mark-layout.js';
import { LongestPrefix } from './network-hosts.js';
import { Seats } from './seats.js';
import { keysOf, type SelectorFault } from './selector-keys.js';
import { type ElementMap, elementId, PASS } from './set-element.js';

export type RefusalReason =
  | ProtectionReason
  | SelectorFault
  | 'no-interfaces-to-shape'
  | 'too-many-effects';

/** A decision that the gateway does not apply. */
export interface Refusal {
  readonly decision: Decision;
  readonly reason: RefusalReason;
}

/** An effect with its place in the kernel. */
export interface PlacedEffect extends Effect {
  readonly number: number;
  readonly chain: string;
  /** Class that the class of this one borrows from: that of all of its rule. */
  readonly group: number | undefined;
}

export interface Wanted {
  /** Goes on changing with each plan. */
  readonly elements: ElementMap;
  /** Counts plans. */
  readonly version: number;
  /** Ids of elements that may be others than in the version before. */
  readonly changed: ReadonlySet<string>;
  /** How many elements decisions have: without what only speeds up the kernel's look-up. */
  readonly decided: number;
  /** Maps that elements are in. */
  readonly maps: readonly string[];
  /** Those that elements lead to, by chain. */
  readonly effects: ReadonlyMap<string, PlacedEffect>;
  readonly refused: readonly Refusal[];
}

/** What the planner knows besides decisions. */
export interface Surroundings {
  readonly protections: Protections;
  readonly layout: MarkLayout;
  /** Whether there are interfaces to shape on. */
  readonly shapes: 'yes' | 'no';
}

/** What changes from plan to plan without a decision. */
export interface Moment {
  /** Ms since the epoch. */
  readonly now: number;
  /** Hosts that the kernel has noted. */
  readonly hosts?: readonly Address[];
}

/** A decision, and what it came to. */
interface Known {
  readonly found: Candidate | RefusalReason | 'nothing-to-do';
  holder: Holder | undefined;
  /** The last plan that it was in. */
  round: number;
}

/** A host with a rate of its own, since one is decided of its network. */
interface KnownHost {
  readonly decision: Decision;
  readonly around: PlacedEffect;
  readonly holder: Holder;
}

/**
 * Decisions to what the kernel should hold. A plan takes a short look at every decision; all else is done for those
 * that were not in the plan before, and for those that were and are no more.
 */
export class Planner {
  readonly #numbers: EffectNumbers;
  readonly #elements = new Elements();
  readonly #seats = new Seats(this.#elements);
  #surroundings: Surroundings | undefined;
  readonly #known = new Map<Decision, Known>();
  #hosts: ReadonlyMap<string, KnownHost> = new Map();
  /** By the effect's hash; with how many holders there are. */
  readonly #places = new Map<string, { readonly placed: PlacedEffect; holders: number }>();
  /** Those for whom there was no number left. */
  readonly #waiting = new Set<Known>();
  readonly #refused = new Map<Decision, RefusalReason>();
  #slots: ReadonlySet<string> = new Set();
  #round = 0;
  /** How many known decisions were in this round. */
  #met = 0;
  /** Whether an effect has gone whose number may be given to another one. */
  #hasReleased = true;

  constructor(numbers: EffectNumbers) {
    this.#numbers = numbers;
  }

  /**
   * Protection comes before every decision but "allow"; of two on one key the stronger action counts, then the
   * later expiry. Decisions that have expired are left out.
   */
  plan(
    decisions: Iterable<Decision>,
    surroundings: Surroundings,
    { now, hosts = [] }: Moment,
  ): Wanted {
    if (this.#surroundings !== surroundings) this.#forget();
    this.#surroundings = surroundings;
    this.#round += 1;
    this.#met = 0;
    for (const decision of decisions)
      if (expiryOf(decision) > now) this.#meet(decision, surroundings);
    if (this.#met < this.#known.size) this.#leaveUnmet();
    for (const known of this.#waiting) this.#seat(known);
    const refusedHosts = this.#seatHosts(hosts);
    this.#holdSlots(surroundings.layout);
    if (this.#hasReleased) this.#numbers.keepOnly(hashesOf(this.#places.values()));
    this.#hasReleased = false;
    return this.#wanted(refusedHosts);
  }

  #wanted(refusedHosts: readonly Refusal[]): Wanted {
    const refused = [...this.#refused].map(([decision, reason]) => ({ decision, reason }));
    return {
      elements: this.#elements.all,
      version: this.#round,
      changed: this.#elements.takeChanged(),
      decided: this.#seats.size,
      maps: [...this.#elements.maps],
      effects: new Map([...this.#seats.effects].map((effect) => [effect.chain, effect])),
      refused: [...refused, ...refusedHosts],
    };
  }

  #meet(decision: Decision, surroundings: Surroundings): void {
    const known = this.#known.get(decision) ?? this.#enter(decision, surroundings);
    if (known.round === this.#round) return;
    known.round = this.#round;
    this.#met += 1;
  }

  #enter(decision: Decision, surroundings: Surroundings): Known {
    const known: Known = { found: judge(decision, surroundings), holder: undefined, round: 0 };
    this.#known.set(decision, known);
    if (typeof known.found !== 'string') this.#seat(known);
    else if (known.found !== 'nothing-to-do') this.#refused.set(decision, known.found);
    return known;
  }

  #seat(known: Known): void {
    const { found } = known;
    if (typeof found === 'string') return;
    const placed = this.#placeOf(found.effect);
    if (!placed) {
      this.#waiting.add(known);
      this.#refused.set(found.decision, 'too-many-effects');
      return;
    }
    this.#waiting.delete(known);
    this.#refused.delete(found.decision);
    known.holder = holderOf(found, placed);
    this.#seats.take(known.holder);
  }

  #leaveUnmet(): void {
    for (const [decision, known] of this.#known)
      if (known.round !== this.#round) this.#leave(decision, known);
  }

  #forget(): void {
    for (const [decision, known] of this.#known) this.#leave(decision, known);
  }

  #leave(decision: Decision, known: Known): void {
    this.#known.delete(decision);
    this.#refused.delete(decision);
    this.#waiting.delete(known);
    if (!known.holder) return;
    this.#seats.leave(known.holder);
    this.#release(known.holder);
  }

  /** Whom a network's decision is about that gives each host a rate gets a key and a class for himself. */
  #seatHosts(hosts: readonly Address[]): Refusal[] {
    const refused: Refusal[] = [];
    const [before, after] = [this.#hosts, new Map<string, KnownHost>()];
    for (const { address, key, decision, around } of this.#hostsIn(hosts)) {
      const id = elementId(key);
      const known = before.get(id);
      if (known?.decision === decision && known.around === around) after.set(id, known);
      if (after.has(id)) continue;
      const effect = hostEffectOf(around, address);
      const placed = this.#placeOf(effect);
      if (!placed) refused.push({ decision, reason: 'too-many-effects' });
      else
        after.set(id, {
          ...{ decision, around, holder: holderOf({ decision, keys: [key], effect }, placed) },
        });
    }
    for (const [id, { holder }] of before) {
      if (after.get(id)?.holder === holder) continue;
      this.#seats.leaveBefore(holder);
      this.#release(holder);
    }
    for (const [id, { holder }] of after)
      if (before.get(id)?.holder !== holder) this.#seats.putBefore(holder);
    this.#hosts = after;
    return refused;
  }

  *#hostsIn(hosts: readonly Address[]) {
    if (![...this.#places.values()].some(({ placed }) => placed.noted !== undefined)) return;
    const longest = new LongestPrefix((id) => this.#seats.at(id), this.#elements.maps);
    for (const address of hosts) {
      for (const { held, key } of longest.find(address)) {
        const { decision, placed: around } = held.holder;
        if (around.noted !== undefined) yield { address, key, decision, around };
      }
    }
  }

  /**
   * A slot for each effect. It ends with the first of its effect's elements: nobody can tell by which of them a
   * connection was judged.
   */
  #holdSlots({ slotMask, mostSlot }: MarkLayout): void {
    const slots = new Set<string>();
    const put = (number: number, chain: string, expiresMilliseconds: number): void => {
      const key = String(placed(number, slotMask));
      const element = { map: SLOTS, key, chain, expiresMilliseconds };
      this.#elements.put(element);
      slots.add(elementId(element));
    };
    put(0, PASS, Number.POSITIVE_INFINITY);
    for (const [{ number, chain }, ends] of this.#seats.ends())
      if (number <= mostSlot) put(number, chain, ends);
    for (const id of this.#slots) if (!slots.has(id)) this.#elements.remove(id);
    this.#slots = slots;
  }

  #placeOf(effect: Effect): PlacedEffect | undefined {
    const place = this.#places.get(effect.hash) ?? this.#place(effect);
    if (place) place.holders += 1;
    return place?.placed;
  }

  #place(effect: Effect) {
    const number = this.#numbers.numberOf(effect.hash);
    if (number === undefined) return undefined;
    const groupHash = groupHashOf(effect);
    const group = groupHash === undefined ? undefined : this.#numbers.groupOf(groupHash, effect);
    if (groupHash !== undefined && group === undefined) return undefined;
    const chain = chainName({ number, hash: effect.hash, group });
    const place = { placed: { ...effect, number, chain, group }, holders: 0 };
    this.#places.set(effect.hash, place);
    return place;
  }

  #release({ placed: { hash } }: Holder): void {
    const place = this.#places.get(hash);
    if (!place) return;
    place.holders -= 1;
    if (place.holders > 0) return;
    this.#places.delete(hash);
    this.#hasReleased = true;
  }
}

function judge(
  decision: Decision,
  { protections, shapes }: Surroundings,
): Candidate | RefusalReason | 'nothing-to-do' {
  const effect = effectOf(decision);
  if (!effect) return 'nothing-to-do';
  const isAllowed = effect.action.kind === 'allow';
  const protection = isAllowed ? undefined : protectionOf(decision.selector, protections);
  if (protection) return protection;
  if (effect.action.kind === 'shape' && shapes === 'no') return 'no-interfaces-to-shape';
  const keys = keysOf(decision.selector, levelOf(decision));
  return typeof keys === 'string' ? keys : { decision, keys, effect };
}

/** Of the class that all of a rule share; undefined: this effect has its rate for itself. */
function groupHashOf({ owner, action }: Effect): string | undefined {
  if (action.kind !== 'shape' || action.per !== 'rule') return undefined;
  return hashOf(['group', owner.kind, owner.id, action]);
}

function hashesOf(places: Iterable<{ readonly placed: PlacedEffect }>): Set<string> {
  const hashes = new Set<string>();
  for (const { placed } of places) {
    hashes.add(placed.hash);
    const group = groupHashOf(placed);
    if (group !== undefined) hashes.add(group);
  }
  return hashes;
}
