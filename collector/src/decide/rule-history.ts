// SPDX-License-Identifier: Apache-2.0
// What stored flows say about a rule: a dry run for people, and where a new rule takes up.
import {
  FLOW_COLUMNS,
  parseFilter,
  type Rule,
  type RuleInput,
  type RulePreview,
  type Sums,
} from '@weir/wire';
import { plainText } from '../query/condition-sql.js';
import type { Window } from '../query/planner.js';
import { type ChunkRow, rowChunk } from '../row-chunk.js';
import type { Statement } from '../store/flow-store.js';
import type { LiveRule } from './live-rule.js';
import {
  allHostsStatement,
  hitHostsStatement,
  hitSumStatement,
  type RuleQuestion,
  recordsStatement,
  seedStatement,
} from './rule-statements.js';
import type { ThresholdCounter } from './thresholds.js';

/** The store, as far as rules ask it. */
export interface RuleStore {
  ask<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]>;
  askForRule<Row>(statement: Statement): Promise<Row[]>;
  missingRecords(window: Window): readonly Window[];
  /** Everything that was received is in the store. */
  settled(): Promise<void>;
}

export interface PreviewAsked {
  readonly rule: RuleInput;
  readonly window: Window;
  readonly limit: number;
}

export type HitHosts = Omit<RulePreview, 'needsConfirmation' | 'decides' | 'protected'>;

const MOST_RECORDS = 10_000;
/** A month, and the day that zones may be apart. */
const LONGEST_PERIOD_MS = 32 * 86_400_000;

interface SumRow {
  readonly octets: number | string;
  readonly packets: number | string;
  readonly flows: number | string;
}

/** Slots of a key, each with its sum or a peer. */
interface SeedRow {
  readonly key: string;
  readonly slots: readonly (number | string)[];
  readonly amounts: readonly (number | string)[];
}

type HitRow = SumRow & { readonly hosts: number | string };

export class RuleHistory {
  readonly #store: RuleStore;

  constructor(store: RuleStore) {
    this.#store = store;
  }

  /** Whom the rule would have hit in the window. @throws FilterError */
  async preview({ rule, window, limit }: PreviewAsked, signal?: AbortSignal): Promise<HitHosts> {
    const question = { rule, condition: parseFilter(rule.filter), window };
    const [top, sum, allHosts] = await Promise.all([
      this.#store.ask<SumRow & { host: string }>(hitHostsStatement(question, limit), signal),
      this.#hit(question, signal),
      this.#allHosts(question, signal),
    ]);
    const hit = sumsOf(sum);
    const rows = top.map((row) => ({ address: plainText(row.host), ...sumsOf(row) }));
    const rest = (key: keyof Sums) => hit[key] - rows.reduce((total, row) => total + row[key], 0);
    const hosts = Number(sum?.hosts ?? 0);
    return {
      ...window,
      hosts,
      hit,
      allHosts,
      share: shareOf(hosts, allHosts),
      top: rows,
      other: { octets: rest('octets'), packets: rest('packets'), flows: rest('flows') },
      approximations: approximationsOf(rule),
      missing: [...this.#store.missingRecords(window)],
    };
  }

  /** How many of the hosts of its side the rule would have hit in the window, from 0 to 1. */
  async share(rule: RuleInput, window: Window): Promise<number> {
    const question = { rule, condition: parseFilter(rule.filter), window };
    const [sum, allHosts] = await Promise.all([this.#hit(question), this.#allHosts(question)]);
    return shareOf(Number(sum?.hosts ?? 0), allHosts);
  }

  /** Records of the rule in the window, in the order in which they came; the newest, where they are many. */
  async records(rule: Rule, window: Window) {
    const question = { rule, condition: parseFilter(rule.filter), window };
    await this.#store.settled();
    const statement = recordsStatement(question, MOST_RECORDS);
    const rows = await this.#store.askForRule<Readonly<Record<string, string | number>>>(statement);
    return rowChunk(rows.reverse().map(chunkRow));
  }

  /** Has the rule's thresholds count what was received before `now`. */
  async seed(live: LiveRule, now: number): Promise<void> {
    // Of single flows there are too many: they begin with the records that the rule looks back at.
    const counters = live.counters.filter(({ threshold }) => threshold.of !== 'flow');
    if (counters.length === 0) return;
    // At once: what comes while the store answers is not in its answer.
    for (const counter of counters) counter.countFrom(now);
    await this.#store.settled();
    for (const counter of counters) await this.#seed(counter, live, now);
  }

  async #seed(
    counter: ThresholdCounter,
    { rule, condition }: LiveRule,
    now: number,
  ): Promise<void> {
    const { threshold } = counter;
    const spanMs = typeof threshold.per === 'number' ? threshold.per * 1000 : LONGEST_PERIOD_MS;
    const question = { rule, condition, window: { from: now - spanMs, to: now } };
    const rows = await this.#store.askForRule<SeedRow>(seedStatement(question, threshold));
    const period = counter.slotAt(now);
    const amountOf = (stored: number | string) =>
      threshold.metric === 'peers' ? plainText(String(stored)) : Number(stored);
    for (const { key, slots, amounts } of rows) {
      const parts = slots.map((slot, i) => ({ slot: Number(slot), stored: amounts[i] ?? 0 }));
      for (const { slot, stored } of parts.sort((a, b) => a.slot - b.slot))
        counter.seed(plainText(key), counter.isCalendar ? period : slot, amountOf(stored));
    }
  }

  async #hit(question: RuleQuestion, signal?: AbortSignal): Promise<HitRow | undefined> {
    const [sum] = await this.#store.ask<HitRow>(hitSumStatement(question), signal);
    return sum;
  }

  async #allHosts({ window, rule }: RuleQuestion, signal?: AbortSignal): Promise<number> {
    const statement = allHostsStatement(window, rule.subject ?? 'inside');
    const [row] = await this.#store.ask<{ hosts: number | string }>(statement, signal);
    return Number(row?.hosts ?? 0);
  }
}

function shareOf(hosts: number, allHosts: number): number {
  return allHosts > 0 ? Math.min(1, hosts / allHosts) : 0;
}

function sumsOf(row: SumRow | undefined): Sums {
  const { octets = 0, packets = 0, flows = 0 } = row ?? {};
  return { octets: Number(octets), packets: Number(packets), flows: Number(flows) };
}

function chunkRow(row: Readonly<Record<string, string | number>>): ChunkRow {
  return Object.fromEntries(FLOW_COLUMNS.map(({ name }, i) => [name, row[`f${i}`] ?? 0]));
}

function approximationsOf({ thresholds = [], scope, holdSeconds = 600 }: RuleInput): string[] {
  const sliding = thresholds.filter(({ per }) => typeof per === 'number');
  return [
    ...sliding.map(
      ({ per }) =>
        `the last ${per} seconds are looked at in steps of ${per} seconds: what spreads over two of them may be missed`,
    ),
    ...(thresholds.length > 0
      ? [
          'all flows of a period that reaches the threshold are shown, also those before it was reached',
        ]
      : []),
    ...(scope === 'flow'
      ? []
      : [`other traffic of these for ${holdSeconds} seconds after is not among the sums`]),
  ];
}
