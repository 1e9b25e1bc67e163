// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type {
  FlowDecisionsResponse as DecisionsResponse,
  Logger,
  ApplicationRule as Rule,
  ApplicationRuleInput as RuleInput,
} from '@weir/wire';
import { messageOf } from '../errors.js';
import type { ObservedChunk } from '../flow-chunk.js';
import type { RecentFlow } from '../query/queries.js';
import { DecisionBook } from './decision-book.js';
import { createFlowMatcher, type MatchFlows } from './matching-flows.js';
import { loadRules, saveRules } from './rule-file.js';

export interface DecisionsOptions {
  readonly dataFolder: string;
  readonly log: Logger;
  /** Flows of one application that were received since a time. */
  readonly recentFlows: (
    applicationName: string,
    sinceMilliseconds: number,
  ) => Promise<RecentFlow[]>;
}

/** How far back a new rule looks for flows that may still run. */
const RULE_LOOK_BACK_MS = 120_000;
const DEFAULT_HOLD_SECONDS = 600;

/** The decision book with its clock, its file, and those who wait for changes. */
export class Decisions {
  /** Microseconds leave room for a thousand changes in each millisecond before the next start. */
  readonly book = new DecisionBook({ firstRevision: Date.now() * 1000 });
  readonly #options: DecisionsOptions;
  readonly #match: MatchFlows;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: DecisionsOptions) {
    this.#options = options;
    this.#match = createFlowMatcher(this.book);
  }

  /** Loads the rules, and takes up the decisions that they had before the restart. */
  async start(): Promise<void> {
    for (const rule of await loadRules(this.#options.dataFolder)) {
      this.book.addRule(rule);
      await this.#lookBack(rule, rule.holdSeconds * 1000);
    }
    this.#timer = setInterval(() => this.#changing(() => this.book.expire(Date.now())), 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#wake();
    // Who made the change has been told already when it could not be kept.
    await this.#saving.catch(() => undefined);
  }

  /** Takes new, named rows into account. */
  observe(chunk: ObservedChunk): void {
    const flows = this.#match(chunk);
    if (flows.length > 0) this.#changing(() => this.book.observe(flows));
  }

  /** Makes a rule, keeps it, and decides on flows of the last two minutes. */
  async createRule(input: RuleInput): Promise<Rule> {
    const rule: Rule = {
      id: randomUUID(),
      action: input.action,
      applicationName: input.applicationName,
      comment: input.comment ?? '',
      holdSeconds: input.holdSeconds ?? DEFAULT_HOLD_SECONDS,
      createdMilliseconds: Date.now(),
    };
    this.book.addRule(rule);
    try {
      await this.#save();
    } catch (error) {
      this.book.removeRule(rule.id);
      throw error;
    }
    this.#options.log('info', 'rule made', { id: rule.id, applicationName: rule.applicationName });
    await this.#lookBack(rule, Math.min(RULE_LOOK_BACK_MS, rule.holdSeconds * 1000));
    return rule;
  }

  /** Takes a rule and its decisions out; false when there is none. */
  async deleteRule(id: string): Promise<boolean> {
    const rule = this.book.rules().find((known) => known.id === id);
    if (rule === undefined) return false;
    this.#changing(() => this.book.removeRule(id));
    try {
      await this.#save();
    } catch (error) {
      // The file has it still: it would come back at the next start, without anybody knowing.
      this.book.addRule(rule);
      throw error;
    }
    this.#options.log('info', 'rule deleted', { id });
    return true;
  }

  /** What is new since `revision`; waits for a change up to `waitMs` when nothing is. */
  async since(revision: number, waitMs: number, signal?: AbortSignal): Promise<DecisionsResponse> {
    if (waitMs > 0 && revision === this.book.revision) await this.#change(waitMs, signal);
    return this.book.since(revision);
  }

  #change(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  /** A rule stands even where the store does not tell of earlier flows: their next records will. */
  async #lookBack(rule: Rule, spanMs: number): Promise<void> {
    const { recentFlows, log } = this.#options;
    const { id, applicationName } = rule;
    const flows = await recentFlows(applicationName, Date.now() - spanMs).catch((error) => {
      log('warn', 'a rule begins without earlier flows', { id, problem: messageOf(error) });
      return [];
    });
    const seen = flows.map((flow) => ({ ...flow, applicationName }));
    // The rule may have been deleted meanwhile: the book then makes nothing of them.
    this.#changing(() => this.book.observe(seen));
  }

  #changing(change: () => void): void {
    const before = this.book.revision;
    change();
    if (this.book.revision !== before) this.#wake();
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  #save(): Promise<void> {
    const save = () => saveRules(this.#options.dataFolder, this.book.rules());
    this.#saving = this.#saving.then(save, save);
    return this.#saving;
  }
}
