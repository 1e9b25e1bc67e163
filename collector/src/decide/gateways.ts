// SPDX-License-Identifier: Apache-2.0
// What gateways say of themselves, and how far behind each one is.
import type { DecisionCountersResponse, Gateway, GatewayState } from '@weir/wire';
import type { DecisionBook } from './decision-book.js';

interface Counted {
  packets: number;
  octets: number;
}

interface Known {
  address: string;
  lastSeenMilliseconds: number;
  state: GatewayState | undefined;
  /** As it counted last. */
  counters: Map<string, Counted>;
  /** Polls and streams that wait now. */
  waiting: number;
}

const MOST_GATEWAYS = 20_000;
const MOST_REVISIONS = 4096;
/** One that has not been heard of for so long is away. */
const AWAY_AFTER_MS = 60_000;
const FORGOTTEN_AFTER_MS = 7 * 86_400_000;

const NOTHING_TOLD: GatewayState = {
  version: '',
  startedMilliseconds: 0,
  revision: 0,
  appliedMilliseconds: 0,
  elements: 0,
  refused: [],
  counters: [],
  shaped: [],
  problems: [],
};

export class Gateways {
  readonly #book: DecisionBook;
  readonly #known = new Map<string, Known>();
  readonly #decisions = new Map<string, Counted>();
  readonly #rules = new Map<string, Counted>();
  /** When revisions came, the newest last. */
  #revisions: { readonly revision: number; readonly milliseconds: number }[] = [];

  constructor(book: DecisionBook) {
    this.#book = book;
  }

  /** Addresses that gateways were heard from. */
  get addresses(): readonly string[] {
    return [...new Set([...this.#known.values()].map(({ address }) => address))];
  }

  /** A gateway asked for decisions. Whether its address is new. */
  seen(name: string, address: string, now: number): boolean {
    const known = this.#known.get(name);
    if (known === undefined && this.#known.size >= MOST_GATEWAYS) return false;
    if (known === undefined) {
      const counters = new Map<string, Counted>();
      const state = undefined;
      this.#known.set(name, { address, lastSeenMilliseconds: now, state, counters, waiting: 0 });
      return true;
    }
    const isNew = known.address !== address;
    known.address = address;
    known.lastSeenMilliseconds = now;
    return isNew;
  }

  /** It waits for decisions until the returned function is called. */
  waits(name: string): () => void {
    const known = this.#known.get(name);
    if (known === undefined) return () => undefined;
    known.waiting++;
    return () => {
      known.waiting--;
      known.lastSeenMilliseconds = Date.now();
    };
  }

  /** Takes a report in, after `seen`. */
  report(name: string, state: GatewayState): void {
    const known = this.#known.get(name);
    if (known === undefined) return;
    if (known.state?.startedMilliseconds !== state.startedMilliseconds) known.counters.clear();
    known.state = { ...state, counters: [] };
    const ruleIds = new Set(state.counters.flatMap(({ rule }) => rule ?? []));
    const counted = new Map<string, Counted>();
    for (const { decision, rule, packets, octets } of state.counters) {
      const key = decision === undefined ? `rule ${rule ?? ''}` : `decision ${decision}`;
      const grown = growth(known.counters.get(key), { packets, octets });
      counted.set(key, { packets, octets });
      const ruleOf = decision === undefined ? rule : this.#book.get(decision)?.rule?.id;
      if (decision !== undefined) add(this.#decisions, decision, grown);
      // Who counts by rule has the packets of its decisions in that.
      const isCounted = decision === undefined || !ruleIds.has(ruleOf ?? '');
      if (ruleOf !== undefined && isCounted) add(this.#rules, ruleOf, grown);
    }
    known.counters = counted;
  }

  /** The book has changed. */
  changed(now: number): void {
    const { revision } = this.#book;
    if (this.#revisions.at(-1)?.revision === revision) return;
    this.#revisions.push({ revision, milliseconds: now });
    if (this.#revisions.length > 2 * MOST_REVISIONS) {
      this.#revisions = this.#revisions.slice(-MOST_REVISIONS);
    }
  }

  /** Forgets who is long gone, and counters of decisions that nobody can ask for any more. */
  sweep(now: number): void {
    for (const [name, { lastSeenMilliseconds, waiting }] of this.#known) {
      if (waiting === 0 && now - lastSeenMilliseconds > FORGOTTEN_AFTER_MS)
        this.#known.delete(name);
    }
    const asked = new Set(this.#book.ended.map(({ decision: { id } }) => id));
    for (const id of this.#decisions.keys()) {
      if (!asked.has(id) && this.#book.get(id) === undefined) this.#decisions.delete(id);
    }
  }

  all(now: number): Gateway[] {
    return [...this.#known].map(([name, known]) => this.#shown(name, known, now));
  }

  countersOf(what: 'decision' | 'rule', id: string): Counted {
    const counted = (what === 'rule' ? this.#rules : this.#decisions).get(id);
    return { packets: counted?.packets ?? 0, octets: counted?.octets ?? 0 };
  }

  get counters(): DecisionCountersResponse {
    return {
      decisions: Object.fromEntries(this.#decisions),
      rules: Object.fromEntries(this.#rules),
    };
  }

  #shown(name: string, known: Known, now: number): Gateway {
    const { address, lastSeenMilliseconds, state = NOTHING_TOLD, waiting } = known;
    const lagRevisions = Math.max(0, this.#book.revision - state.revision);
    const first = this.#revisions.find(({ revision }) => revision > state.revision);
    return {
      ...state,
      refusedCount: state.refusedCount ?? state.refused.length,
      name,
      address,
      isConnected: waiting > 0 || now - lastSeenMilliseconds < AWAY_AFTER_MS,
      lastSeenMilliseconds: waiting > 0 ? now : lastSeenMilliseconds,
      lagRevisions,
      lagMilliseconds: lagRevisions === 0 || first === undefined ? 0 : now - first.milliseconds,
    };
  }
}

/** A counter that is smaller than before has begun anew. */
function growth(before: Counted | undefined, now: Counted): Counted {
  const isSame =
    before !== undefined && now.packets >= before.packets && now.octets >= before.octets;
  if (!isSame) return now;
  return { packets: now.packets - before.packets, octets: now.octets - before.octets };
}

function add(sums: Map<string, Counted>, key: string, { packets, octets }: Counted): void {
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { packets, octets });
  else {
    sum.packets += packets;
    sum.octets += octets;
  }
}
