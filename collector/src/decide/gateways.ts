// SPDX-License-Identifier: Apache-2.0
// What gateways say of themselves, and how far behind each one is.
import type { DecisionCountersResponse, Gateway, GatewayState } from '@weir/wire';
import type { DecisionBook } from './decision-book.js';

interface Counted {
  packets: number;
  octets: number;
}

interface Known {
  /** Where it was heard from, and when last there; the latest at the end. */
  readonly addresses: Map<string, number>;
  lastSeenMilliseconds: number;
  state: GatewayState | undefined;
  /** When this state came. */
  reportedMilliseconds: number;
  /** When somebody else reported under this name. */
  twinMilliseconds: number;
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
/** One that was heard elsewhere so long after is no longer at an address. */
const MOVED_AFTER_MS = 3_600_000;
/** Of one gateway: by each of its interfaces, of both families. */
const MOST_ADDRESSES = 8;

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
    return [
      ...new Set([...this.#known.values()].flatMap(({ addresses }) => [...addresses.keys()])),
    ];
  }

  /** A gateway asked for decisions. Whether its address is new. */
  seen(name: string, address: string, now: number): boolean {
    const known = this.#known.get(name) ?? this.#meet(name);
    if (known === undefined) return false;
    const isNew = !known.addresses.has(address);
    known.addresses.delete(address);
    known.addresses.set(address, now);
    const [oldest] = known.addresses.keys();
    if (known.addresses.size > MOST_ADDRESSES) known.addresses.delete(oldest as string);
    known.lastSeenMilliseconds = now;
    return isNew;
  }

  /** Undefined: there is no room for more. */
  #meet(name: string): Known | undefined {
    if (this.#known.size >= MOST_GATEWAYS) return undefined;
    const known: Known = {
      ...{ addresses: new Map(), counters: new Map(), state: undefined, waiting: 0 },
      ...{ lastSeenMilliseconds: 0, reportedMilliseconds: 0, twinMilliseconds: 0 },
    };
    this.#known.set(name, known);
    return known;
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
  report(name: string, state: GatewayState, now: number): void {
    const known = this.#known.get(name);
    if (known === undefined) return;
    if (isTwin(known, state, now)) {
      known.twinMilliseconds = now;
      return;
    }
    known.reportedMilliseconds = now;
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
    for (const [name, { addresses, lastSeenMilliseconds, waiting }] of this.#known) {
      if (waiting === 0 && now - lastSeenMilliseconds > FORGOTTEN_AFTER_MS)
        this.#known.delete(name);
      const latest = Math.max(...addresses.values());
      for (const [address, heard] of addresses)
        if (latest - heard > MOVED_AFTER_MS) addresses.delete(address);
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
    const { addresses, lastSeenMilliseconds, state = NOTHING_TOLD, waiting } = known;
    const isTwofold = now - known.twinMilliseconds < AWAY_AFTER_MS;
    const hasApplied = state.revision > 0;
    const lagRevisions = hasApplied ? Math.max(0, this.#book.revision - state.revision) : 0;
    const first = this.#revisions.find(({ revision }) => revision > state.revision);
    return {
      ...state,
      refusedCount: state.refusedCount ?? state.refused.length,
      problems: [...(isTwofold ? [TWOFOLD] : []), ...state.problems],
      name,
      address: [...addresses.keys()].at(-1) ?? '',
      isConnected: waiting > 0 || now - lastSeenMilliseconds < AWAY_AFTER_MS,
      lastSeenMilliseconds: waiting > 0 ? now : lastSeenMilliseconds,
      hasApplied,
      lagRevisions,
      lagMilliseconds: lagRevisions === 0 || first === undefined ? 0 : now - first.milliseconds,
    };
  }
}

const TWOFOLD =
  'another gateway reports under this name, too, and is not shown: give each a key of its own';

/** Two under one name: of a gateway that began anew the start is later, or nothing was heard for a while. */
function isTwin(
  { state, reportedMilliseconds }: Known,
  { startedMilliseconds }: GatewayState,
  now: number,
): boolean {
  if (state === undefined || now - reportedMilliseconds > AWAY_AFTER_MS) return false;
  return startedMilliseconds < state.startedMilliseconds;
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
