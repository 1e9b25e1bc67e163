// SPDX-License-Identifier: Apache-2.0
import type { Decision, Logger } from '@weir/wire';
import type { Clock } from './enforce/nft-table.js';
import { type Skeleton, skeletonOf } from './enforce/skeleton.js';
import type { Owner } from './plan/effect.js';
import { EffectNumbers } from './plan/effect-numbers.js';
import type { MarkLayout } from './plan/mark-layout.js';
import { classesOf } from './plan/shaping.js';
import { Planner, type Refusal, type Surroundings, type Wanted } from './plan/wanted.js';
import { type Address, formatAddress } from './protect/address.js';
import { type Protections, sameProtections } from './protect/protections.js';
import type { Desired } from './reconcile/reconciler.js';
import type { WantedClasses } from './reconcile/shaper.js';

export interface IntentOptions {
  readonly layout: MarkLayout;
  readonly qdiscMajor: number;
  readonly shapes: Surroundings['shapes'];
  readonly log: Logger;
  readonly now: Clock;
}

/** What decisions and protections come to: the table's content and the classes of both sides. */
export class Intent {
  readonly #options: IntentOptions;
  readonly #numbers = new EffectNumbers();
  readonly #planner = new Planner(this.#numbers);
  readonly #owners = new Map<string, Owner>();
  #surroundings: Surroundings | undefined;
  #hosts: ReadonlyMap<string, Address> = new Map();
  #wanted: Wanted = {
    ...{ elements: new Map(), version: 0, changed: new Set(), decided: 0, maps: [] },
    ...{ effects: new Map(), refused: [] },
  };
  #refused: ReadonlySet<string> = new Set();
  #skeleton: Skeleton | undefined;

  constructor(options: IntentOptions) {
    this.#options = options;
  }

  /** As of the last `form`. */
  get wanted(): Wanted {
    return this.#wanted;
  }

  /** Whose packets were counted since the start, by the counter's name. */
  get owners(): ReadonlyMap<string, Owner> {
    return this.#owners;
  }

  get protections(): Protections | undefined {
    return this.#surroundings?.protections;
  }

  /** Takes over the numbers that effects have in the kernel, from the names of chains there. */
  adopt(chains: Iterable<string>): void {
    this.#numbers.adopt(chains);
  }

  /** Whether the kernel is to note which hosts there are. */
  get notesHosts(): boolean {
    return [...this.#wanted.effects.values()].some(({ noted }) => noted !== undefined);
  }

  /** Takes in which hosts the kernel has noted; whether they are others than before. */
  see(hosts: readonly Address[]): boolean {
    const known = this.#hosts;
    this.#hosts = new Map(hosts.map((address) => [formatAddress(address), address]));
    return (
      known.size !== this.#hosts.size || [...known.keys()].some((key) => !this.#hosts.has(key))
    );
  }

  protect(protections: Protections): void {
    const held = this.#surroundings?.protections;
    if (held && sameProtections(held, protections)) return;
    const { layout, shapes } = this.#options;
    this.#surroundings = { protections, layout, shapes };
  }

  /** @throws Error before `protect` */
  form(decisions: Iterable<Decision>): { desired: Desired; classes: WantedClasses } {
    if (!this.#surroundings) throw new Error('nothing is protected yet');
    const { layout, qdiscMajor, now } = this.#options;
    const wanted = this.#planner.plan(decisions, this.#surroundings, {
      now: now(),
      hosts: [...this.#hosts.values()],
    });
    this.#wanted = wanted;
    this.#tellRefused(wanted.refused);
    const effects = [...wanted.effects.values()];
    for (const { owner, counter } of effects) this.#owners.set(counter, owner);
    const { protections } = this.#surroundings;
    const known = this.#skeleton;
    const skeleton = skeletonOf({ protections, wanted, layout, qdiscMajor, known });
    this.#skeleton = skeleton;
    return {
      desired: { skeleton, elements: wanted.elements, news: wanted },
      classes: { up: classesOf(effects, 'up'), down: classesOf(effects, 'down') },
    };
  }

  #tellRefused(refused: readonly Refusal[]): void {
    for (const { decision, reason } of refused) {
      if (this.#refused.has(decision.id)) continue;
      this.#options.log('warn', `decision refused: ${decision.reason}`, {
        decision: decision.id,
        reason,
      });
    }
    this.#refused = new Set(refused.map(({ decision }) => decision.id));
  }
}
