// SPDX-License-Identifier: Apache-2.0
// The stage as a whole: what operators say and what flows show become decisions, with a clock, files, and
// those who wait for changes.
import { networkInterfaces } from 'node:os';
import {
  type AddressList,
  type Decision,
  type FileRuleInput,
  isSingleAddress,
  type Logger,
  parseNetwork,
  type Rule,
} from '@weir/wire';
import { isLoopback } from '../client-address.js';
import { messageOf } from '../errors.js';
import type { FlowRows } from '../flow-row.js';
import { AddressLists } from './address-lists.js';
import { ChangeFeed } from './change-feed.js';
import { Control } from './control.js';
import { Decider } from './decider.js';
import { DecisionBook, type Ending } from './decision-book.js';
import { DecisionFile } from './decision-file.js';
import { Gateways } from './gateways.js';
import type { LiveRule } from './live-rule.js';
import { OperatorNetworks } from './operator-networks.js';
import type { NamedNetwork } from './own-networks.js';
import { Protections, protectingDecisions } from './protections.js';
import { isHarmless, isStanding, saidByRule } from './rule-decision.js';
import { RuleHistory, type RuleStore } from './rule-history.js';
import { RulesFile } from './rules-file.js';
import { checkFileRules } from './share-check.js';

export interface FileDeed {
  readonly action: 'rule.create' | 'rule.change' | 'rule.delete';
  readonly subject: string;
  readonly before?: Rule;
  readonly after?: Rule;
}

export interface DecisionsOptions {
  readonly dataFolder: string;
  readonly log: Logger;
  readonly store: RuleStore;
  /** YAML. */
  readonly rulesFile?: string | undefined;
  /** Addresses and prefixes that nothing may be done to. */
  readonly protect?: readonly string[];
  /** Proxies that people reach the collector through; of prefixes nobody knows which address is one. */
  readonly trustedProxies?: readonly string[];
  /** A rule that hits a larger share of hosts needs a second yes. @default 0.2 */
  readonly confirmShare?: number;
  /** A rule of the file has come, changed or gone: for the audit log. */
  readonly told?: (deed: FileDeed) => void;
  /** This machine's addresses; what tests replace. */
  readonly ownAddresses?: () => readonly string[];
}

/** How far back a new rule looks for flows that may still run. */
const RULE_LOOK_BACK_MS = 120_000;
/** Of the rules of a file that was read again, and of all at a start. */
const MOST_LOOKS_BACK = 100;
const TICK_MS = 1000;
/** Ticks between looks at what changes slowly. */
const SLOW_TICKS = 30;
const FILE_TICKS = 2;
const DAY_MS = 86_400_000;
const DEFAULT_CONFIRM_SHARE = 0.2;

export class Decisions {
  /** Microseconds leave room for a thousand changes in each millisecond before the next start. */
  readonly book = new DecisionBook({ firstRevision: Date.now() * 1000 });
  readonly protections = new Protections();
  readonly feed = new ChangeFeed(this.book);
  readonly gateways = new Gateways(this.book);
  readonly decider = new Decider({ book: this.book, protections: this.protections });
  readonly control: Control;
  readonly lists: AddressLists;
  readonly history: RuleHistory;
  readonly rulesFile: RulesFile | undefined;
  readonly confirmShare: number;
  readonly #options: DecisionsOptions;
  readonly #file: DecisionFile;
  readonly #listeners = new Set<() => void>();
  #revision = this.book.revision;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #isStopping = false;
  #taking: Promise<unknown> = Promise.resolve();

  constructor(options: DecisionsOptions) {
    const { dataFolder, log, store, rulesFile: path, confirmShare } = options;
    const { book } = this;
    this.#options = options;
    this.confirmShare = confirmShare ?? DEFAULT_CONFIRM_SHARE;
    this.control = new Control(dataFolder);
    this.history = new RuleHistory(store);
    this.lists = new AddressLists({ dataFolder, book, log, changed: () => this.changed() });
    const { repetitions } = this.decider;
    this.#file = new DecisionFile({ dataFolder, book, repetitions, log });
    this.rulesFile =
      path === undefined
        ? undefined
        : new RulesFile({ path, log, apply: (rules) => this.#applyFile(rules) });
  }

  /**
   * Takes up what operators said and the decisions of before the restart.
   * @throws CollectorError WEIR_COLLECTOR_RULES, WEIR_COLLECTOR_RULES_FILE
   */
  async start(): Promise<void> {
    await this.control.load();
    const now = Date.now();
    this.protect();
    for (const rule of this.control.rules) this.decider.setRule(rule, now);
    // Before the file is read: what it says otherwise now ends what it said then.
    await this.#restore(now);
    await this.#startFile();
    this.book.put(
      this.control.manual.filter(({ expiresMilliseconds: end = Infinity }) => end > now),
    );
    this.decider.stand(now);
    for (const list of this.control.lists) await this.lists.follow(list);
    const lives = [...this.decider.rules];
    this.#taking = this.#taking.then(() => this.#lookBackAll(lives, now));
    this.#file.start();
    this.#timer = setInterval(() => this.tick(Date.now()), TICK_MS);
    this.changed();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    this.lists.stop();
    this.feed.close();
    await this.control.settle();
    await this.#taking;
    await this.#file.stop();
  }

  /** Of the network file. */
  setNetworks(networks: readonly NamedNetwork[]): void {
    this.decider.setNetworks(new OperatorNetworks(networks));
    this.lists.setNetworks(networks);
    this.decider.stand(Date.now());
    this.changed();
  }

  /** Takes new, named rows into account. */
  observe(chunk: FlowRows): void {
    this.decider.observe(chunk);
    this.changed();
  }

  /** Calls back after each change of the book. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Tells those who wait, where the book has changed. */
  changed(): void {
    if (this.#revision === this.book.revision) return;
    this.#revision = this.book.revision;
    this.gateways.changed(Date.now());
    this.feed.tell();
    for (const listener of this.#listeners) listener();
  }

  /** What is wrong now, a sentence each. */
  problems(): string[] {
    const file = this.rulesFile?.state.problem;
    return [...(file === undefined ? [] : [file]), ...this.lists.problems()];
  }

  /** A rule counts from now on; `before` is what it was. Looks back at flows that may still run. */
  async takeUp(rule: Rule, before?: Rule): Promise<void> {
    const now = Date.now();
    const live = this.#put(rule, before, now);
    this.decider.stand(now);
    this.changed();
    await this.#lookBack(live, now);
  }

  /** A rule counts no longer. */
  drop(id: string): void {
    this.decider.removeRule(id);
    this.end(id, 'rule-deleted');
    this.changed();
  }

  /** Ends the decisions of a rule. */
  end(id: string, ending: Ending): void {
    this.book.removeWhere(({ rule }) => rule?.id === id, ending, Date.now());
  }

  /** A list counts from now on, as it is. */
  follow(list: AddressList): Promise<void> {
    return this.lists.follow(list);
  }

  /** What is protected comes to gateways as decisions that allow it. */
  protect(): void {
    const { protect = [], trustedProxies = [], ownAddresses = interfaceAddresses } = this.#options;
    const isPlace = (text: string) => isOneAddress(text) && !isLoopback(text);
    this.protections.set(
      new Map([
        ['--protect', protect],
        ["the collector's own address", ownAddresses()],
        ['a proxy in front of the collector', trustedProxies.filter(isPlace)],
        ["a gateway's address", this.gateways.addresses.filter(isPlace)],
      ]),
    );
    const now = Date.now();
    const wanted = protectingDecisions(this.protections.all, now);
    const ids = new Set(wanted.map(({ id }) => id));
    const isOver = ({ id, isProtection }: Decision) => isProtection === true && !ids.has(id);
    this.book.removeWhere(isOver, 'revoked', now);
    const news = wanted.filter(({ id }) => this.book.get(id) === undefined);
    if (news.length > 0) this.book.put(news);
    this.changed();
  }

  /** Somebody changes rules from this address: it is protected before the change is made. */
  editsFrom(address: string): void {
    if (isLoopback(address)) return;
    this.protections.edits(address, Date.now());
    this.protect();
  }

  /** What time brings, once a second. */
  tick(now: number): void {
    // Lists and what was done by hand end without anybody having done it again.
    const caused = this.book.expire(now).filter((decision) => !isStanding(decision));
    this.decider.ended(
      caused.map(({ id }) => id),
      now,
    );
    const turned = this.decider.look(now);
    for (const live of turned) {
      if (live.isActive) void this.#lookBack(live, now);
      else this.end(live.rule.id, 'revoked');
    }
    if (turned.length > 0) this.decider.stand(now);
    this.#ticks++;
    if (this.#ticks % FILE_TICKS === 0) void this.rulesFile?.look();
    if (this.#ticks % SLOW_TICKS === 0) this.#slowTick(now);
    this.changed();
  }

  #slowTick(now: number): void {
    this.decider.sweep(now);
    this.gateways.sweep(now);
    this.book.forget(now - DAY_MS);
    this.protections.forget(now);
    this.protect();
    // For what was protected, or had no room.
    this.decider.stand(now);
  }

  #put(rule: Rule, before: Rule | undefined, now: number): LiveRule {
    if (before !== undefined && decidesTheSame(rule, before)) this.#amend(rule, now);
    else this.end(rule.id, 'rule-changed');
    const live = this.decider.setRule(rule, now);
    if (!live.isActive) this.end(rule.id, 'rule-changed');
    return live;
  }

  async #restore(now: number): Promise<void> {
    const { decisions, ended, repetitions = [] } = await this.#file.load();
    const known = decisions.filter(
      ({ rule }) => rule !== undefined && this.decider.rule(rule.id)?.isActive === true,
    );
    const isOver = ({ expiresMilliseconds: end = 0 }: Decision) => end <= now;
    const over = known.filter(isOver).map((decision) => {
      const endedMilliseconds = decision.expiresMilliseconds ?? now;
      return { decision, endedMilliseconds, ending: 'expired' as const };
    });
    this.book.restore(
      known.filter((decision) => !isOver(decision)),
      [...ended, ...over],
    );
    this.decider.repetitions.restore(repetitions);
    for (const one of over) this.decider.ended([one.decision.id], one.endedMilliseconds);
  }

  /** Once for each rule: what comes later it has counted itself. */
  async #seed(live: LiveRule, now: number): Promise<void> {
    if (live.isSeeded || this.#isStopping) return;
    live.isSeeded = true;
    const { id } = live.rule;
    await this.history.seed(live, now).catch((error) => {
      const problem = messageOf(error);
      this.#options.log('warn', 'a rule counts without what was before', { id, problem });
    });
  }

  /** A rule stands even where the store does not tell of earlier flows: their next records will. */
  async #lookBack(live: LiveRule, now: number): Promise<void> {
    const { rule } = live;
    await this.#seed(live, now);
    if (!live.isActive || this.#isStopping) return;
    const spanMs = Math.min(RULE_LOOK_BACK_MS, (rule.holdSeconds ?? RULE_LOOK_BACK_MS) * 1000);
    try {
      const chunk = await this.history.records(rule, { from: now - spanMs, to: now });
      // The rule may be another by now: the decider knows of no such rule then.
      if (this.decider.rule(rule.id) === live) this.decider.observe(chunk, new Set([rule.id]));
    } catch (error) {
      const problem = messageOf(error);
      this.#options.log('warn', 'a rule begins without earlier flows', { id: rule.id, problem });
    }
    this.changed();
  }

  /** Each look is a question to the store: very many rules wait for the next records of their flows. */
  async #lookBackAll(lives: readonly LiveRule[], now: number): Promise<void> {
    for (const live of lives.slice(0, MOST_LOOKS_BACK)) await this.#lookBack(live, now);
    for (const live of lives.slice(MOST_LOOKS_BACK)) await this.#seed(live, now);
  }

  /** Its decisions are the same with other words; what is protected gets none that cuts it off. */
  #amend(rule: Rule, now: number): void {
    const { action, holdSeconds, backOff } = rule;
    const own = [...this.book.all()].filter(
      (decision) => decision.rule?.id === rule.id && !isStanding(decision),
    );
    const isOver = ({ selector }: Decision) =>
      !isHarmless(action) && this.protections.reasonOf(selector) !== undefined;
    const over = own.filter(isOver).map(({ id }) => id);
    const isFixed = holdSeconds === undefined || backOff !== undefined;
    const latest = isFixed ? Infinity : now + holdSeconds * 1000;
    const amended = own
      .filter((decision) => !isOver(decision))
      .map(({ gateways: _, expiresMilliseconds: ends = Infinity, ...decision }) => ({
        ...decision,
        ...saidByRule(rule, decision.selector),
        expiresMilliseconds: Math.min(ends, latest),
      }));
    this.book.remove(over, 'rule-changed', now);
    if (amended.length > 0) this.book.put(amended);
  }

  /** A file that is wrong keeps nobody from starting who knows what it said before. */
  async #startFile(): Promise<void> {
    if (this.rulesFile === undefined) {
      if (this.control.fileRules.length > 0) await this.#applyFile([]);
    } else if (this.control.fileRules.length > 0) await this.rulesFile.reload();
    else await this.rulesFile.start();
  }

  async #applyFile(inputs: readonly FileRuleInput[]): Promise<void> {
    const { told, log } = this.#options;
    await checkFileRules(
      { history: this.history, confirmShare: this.confirmShare, log },
      this.control.newOfFile(inputs),
    );
    const before = new Map(this.control.fileRules.map((rule) => [rule.id, rule]));
    await this.control.setFileRules(inputs);
    const rules = this.control.fileRules;
    for (const [subject, gone] of before) {
      if (rules.some((rule) => rule.id === subject)) continue;
      this.drop(subject);
      told?.({ action: 'rule.delete', subject, before: gone });
    }
    const now = Date.now();
    const changed = rules.filter(({ id, revision }) => before.get(id)?.revision !== revision);
    const lives = changed.map((rule) => {
      const known = before.get(rule.id);
      const action = known === undefined ? 'rule.create' : 'rule.change';
      told?.({ action, subject: rule.id, ...(known && { before: known }), after: rule });
      return this.#put(rule, known, now);
    });
    this.decider.stand(now);
    this.changed();
    // Nobody waits for the store's answers.
    this.#taking = this.#taking.then(() => this.#lookBackAll(lives, now));
  }
}

/** Whether both hold for the same flows and decide on the same things. */
function decidesTheSame(a: Rule, b: Rule): boolean {
  const textOf = ({ filter, thresholds, schedule, scope, subject }: Rule) =>
    JSON.stringify([filter, thresholds, schedule, scope, subject]);
  return textOf(a) === textOf(b);
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.flatMap(({ address, internal }) =>
      internal || address.startsWith('fe80:') ? [] : [address],
    ),
  );
}

function isOneAddress(text: string): boolean {
  const network = parseNetwork(text);
  return network !== undefined && isSingleAddress(network);
}
