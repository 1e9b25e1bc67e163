// SPDX-License-Identifier: Apache-2.0
// Decisions -> what the kernel should hold.
import type { Decision } from '@weir/wire';
import type { Address } from '../protect/address.js';
import { type ProtectionReason, type Protections, protectionOf } from '../protect/protections.js';
import { type Effect, effectOf, hashOf, hostEffectOf } from './effect.js';
import { chainName, type EffectNumbers } from './effect-numbers.js';
import { type Candidate, expiryOf, type Holder, hold, holderOf, type Seat } from './holder.js';
import { levelOf, SLOTS } from './level.js';
import { type MarkLayout, placed } from './mark-layout.js';
import { LongestPrefix } from './network-hosts.js';
import { keysOf, type SelectorFault } from './selector-keys.js';
import { type ElementMap, elementId, PASS, type SetElement } from './set-element.js';

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
  readonly elements: ElementMap;
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

/** Keeps what it has worked out for a decision as long as the decision and the surroundings are the same. */
export class Planner {
  readonly #numbers: EffectNumbers;
  #surroundings: Surroundings | undefined;
  /** Of the last plan, by hash: these keep their numbers. */
  #places: ReadonlyMap<string, PlacedEffect> = new Map();
  readonly #holders = new WeakMap<Candidate, Holder>();
  #known = new WeakMap<Decision, Candidate | RefusalReason | 'nothing-to-do'>();

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
    if (this.#surroundings !== surroundings) this.#known = new WeakMap();
    this.#surroundings = surroundings;
    const seats = new Map<string, Seat>();
    const places = new Map<string, PlacedEffect>();
    const refused: Refusal[] = [];
    for (const decision of decisions) {
      const found = this.#candidateOf(decision, surroundings);
      if (typeof found === 'string') {
        if (found !== 'nothing-to-do') refused.push({ decision, reason: found });
      } else if (expiryOf(decision) > now) {
        const placed = this.#placeOf(found.effect, places);
        if (placed) hold(seats, this.#holderOf(found, placed));
        else refused.push({ decision, reason: 'too-many-effects' });
      }
    }
    this.#holdHosts(hosts, seats, { places, refused });
    const effects = new Map<string, PlacedEffect>();
    for (const { holder } of seats.values()) effects.set(holder.placed.chain, holder.placed);
    this.#places = new Map([...effects.values()].map((effect) => [effect.hash, effect]));
    this.#numbers.keepOnly(hashesOf(effects.values()));
    return { elements: elementsOf(seats, surroundings.layout), effects, refused };
  }

  /** Whom a network's decision is about that gives each host a rate gets a key and a class for himself. */
  #holdHosts(
    hosts: readonly Address[],
    seats: Map<string, Seat>,
    { places, refused }: { places: Map<string, PlacedEffect>; refused: Refusal[] },
  ): void {
    if (![...places.values()].some(({ noted }) => noted !== undefined)) return;
    const longest = new LongestPrefix(new Map(seats));
    for (const address of hosts) {
      for (const { held, key } of longest.find(address)) {
        const { decision, placed: around } = held.holder;
        if (around.noted === undefined) continue;
        const effect = hostEffectOf(around, address);
        const placed = this.#placeOf(effect, places);
        if (!placed) refused.push({ decision, reason: 'too-many-effects' });
        else
          for (const seat of holderOf({ decision, keys: [key], effect }, placed).seats)
            seats.set(seat.id, seat);
      }
    }
  }

  #holderOf(candidate: Candidate, placed: PlacedEffect): Holder {
    const known = this.#holders.get(candidate);
    if (known?.placed === placed) return known;
    const holder = holderOf(candidate, placed);
    this.#holders.set(candidate, holder);
    return holder;
  }

  #candidateOf(decision: Decision, surroundings: Surroundings) {
    const known = this.#known.get(decision);
    if (known !== undefined) return known;
    const found = judge(decision, surroundings);
    this.#known.set(decision, found);
    return found;
  }

  #placeOf(effect: Effect, places: Map<string, PlacedEffect>): PlacedEffect | undefined {
    const held = places.get(effect.hash);
    if (held !== undefined) return held;
    const placed = this.#places.get(effect.hash) ?? this.#place(effect);
    if (placed) places.set(effect.hash, placed);
    return placed;
  }

  #place(effect: Effect): PlacedEffect | undefined {
    const number = this.#numbers.numberOf(effect.hash);
    if (number === undefined) return undefined;
    const chain = chainName(number, effect.hash);
    const groupHash = groupHashOf(effect);
    if (groupHash === undefined) return { ...effect, number, chain, group: undefined };
    const group = this.#numbers.numberOf(groupHash);
    return group === undefined ? undefined : { ...effect, number, chain, group };
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

function hashesOf(effects: Iterable<PlacedEffect>): Set<string> {
  const hashes = new Set<string>();
  for (const effect of effects) {
    hashes.add(effect.hash);
    const group = groupHashOf(effect);
    if (group !== undefined) hashes.add(group);
  }
  return hashes;
}

/**
 * What is on the seats, and a slot for each effect. A slot ends with the first of its effect's elements: nobody
 * can tell by which of them a connection was judged.
 */
function elementsOf(seats: ReadonlyMap<string, Seat>, layout: MarkLayout): ElementMap {
  const elements = new Map<string, SetElement>();
  const slots = new Map<PlacedEffect, number>();
  for (const [id, { element, holder }] of seats) {
    elements.set(id, element);
    const { placed: effect, expiresMilliseconds: expires } = holder;
    if (expires < (slots.get(effect) ?? Number.POSITIVE_INFINITY) || !slots.has(effect))
      slots.set(effect, expires);
  }
  addSlots(elements, slots, layout);
  return elements;
}

function addSlots(
  elements: Map<string, SetElement>,
  slots: ReadonlyMap<PlacedEffect, number>,
  layout: MarkLayout,
): void {
  const add = (number: number, chain: string, expiresMilliseconds: number): void => {
    const element = {
      map: SLOTS,
      key: String(placed(number, layout.slotMask)),
      chain,
      expiresMilliseconds,
    };
    elements.set(elementId(element), element);
  };
  add(0, PASS, Number.POSITIVE_INFINITY);
  for (const [{ number, chain }, expires] of slots)
    if (number <= layout.mostSlot) add(number, chain, expires);
}
