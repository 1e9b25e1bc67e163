// SPDX-License-Identifier: Apache-2.0
// Deciding: what the rules make of flows that were seen. No clock and no I/O; the same rules, flows and
// standing decisions give the same decisions.
import { type Decision, parseFilter, type Rule, type RuleInput, type Selector } from '@weir/wire';
import type { FlowRows } from '../flow-row.js';
import { ChunkView } from './chunk-view.js';
import { nextChange } from './clock.js';
import type { DecisionBook, NewDecision } from './decision-book.js';
import { LiveRule } from './live-rule.js';
import { OperatorNetworks } from './operator-networks.js';
import type { Protections } from './protections.js';
import { Repetitions } from './repetitions.js';
import { isHarmless, isStanding, saidByRule } from './rule-decision.js';
import { type CompiledCondition, compileCondition, RuleIndex } from './rule-index.js';
import { evidenceOf, RowFlow, type SeenFlow } from './seen-flow.js';
import { decisionId } from './selector.js';
import { standingSelectors } from './standing.js';
import { addressAt, endsOf, type Target, targetsOf } from './targets.js';
import { KeyRoom } from './thresholds.js';

/** Flows, hosts and networks that thresholds count for, of all rules together. */
export const MOST_KEYS = 500_000;
/** Decisions that no flow has to make, of all rules together. */
const MOST_STANDING = 50_000;
/** A decision is renewed only when this part of its time has passed: else each record would be a change. */
const RENEW_AFTER = 0.25;

/** Rules by the numbers that the index has for them. */
class IndexedRules {
  readonly rules: LiveRule[];
  readonly lookup: RuleIndex;
  readonly numbers = new Map<string, number>();

  constructor(rules: readonly LiveRule[], lookup: RuleIndex) {
    this.rules = [...rules];
    this.lookup = lookup;
    rules.forEach(({ rule }, number) => {
      this.numbers.set(rule.id, number);
    });
  }

  place(live: LiveRule, number: number): void {
    this.rules[number] = live;
    this.numbers.set(live.rule.id, number);
  }
}

/** What a rule decides on without a flow. */
interface Place {
  readonly live: LiveRule;
  readonly selector: Selector;
}

export interface DeciderParts {
  readonly book: DecisionBook;
  readonly protections: Protections;
}

export class Decider {
  readonly #book: DecisionBook;
  readonly #protections: Protections;
  readonly #rules = new Map<string, LiveRule>();
  readonly repetitions = new Repetitions();
  readonly #view = new ChunkView();
  /** Kept while their rules are: of many rules one changes at a time. */
  readonly #compiled = new WeakMap<LiveRule, CompiledCondition>();
  readonly room = new KeyRoom(MOST_KEYS);
  #networks = new OperatorNetworks();
  #index: IndexedRules | undefined;

  constructor({ book, protections }: DeciderParts) {
    this.#book = book;
    this.#protections = protections;
  }

  /** What rules decide on without a flow may be other than before: `stand` comes next. */
  setNetworks(networks: OperatorNetworks): void {
    this.#networks = networks;
    for (const live of this.#rules.values()) this.#place(live);
  }

  /** What a rule would decide on without a flow. @throws FilterError */
  standingOf(rule: RuleInput): readonly Selector[] {
    return standingSelectors(rule, parseFilter(rule.filter), this.#networks);
  }

  get rules(): Iterable<LiveRule> {
    return this.#rules.values();
  }

  rule(id: string): LiveRule | undefined {
    return this.#rules.get(id);
  }

  /** Makes or replaces a rule; what it counted goes unless it counts the same. @throws FilterError */
  setRule(rule: Rule, now: number): LiveRule {
    const live = new LiveRule(rule, this.room, now);
    this.#place(live);
    this.removeRule(rule.id);
    this.#rules.set(rule.id, live);
    const number = this.#index?.lookup.add(this.#compiledOf(live));
    if (number === undefined) this.#index = undefined;
    else this.#index?.place(live, number);
    return live;
  }

  removeRule(id: string): void {
    this.#rules.get(id)?.close();
    this.#rules.delete(id);
    const number = this.#index?.numbers.get(id);
    if (number !== undefined) this.#index?.lookup.drop(number);
    this.#index?.numbers.delete(id);
  }

  /** Whether a rule is found by values of its filter. */
  isIndexed(id: string): boolean {
    const { lookup, numbers } = this.#indexed();
    const number = numbers.get(id);
    return number !== undefined && lookup.isIndexed(number);
  }

  /** Rules whose schedule ended or began at `now`. */
  look(now: number): LiveRule[] {
    return [...this.#rules.values()].filter((live) => live.look(now));
  }

  /** Forgets what thresholds no longer count. */
  sweep(now: number): void {
    for (const { counters } of this.#rules.values())
      for (const counter of counters) counter.sweep(now);
    this.repetitions.sweep(now);
  }

  /** Decisions of rules that held longer the next time. */
  ended(ids: readonly string[], now: number): void {
    for (const id of ids) this.repetitions.ended(id, now);
  }

  /** Makes what rules decide on without a flow, where it lacks, and ends what they no longer mean. */
  stand(now: number): void {
    const meant = this.#meantWithoutFlows();
    const isOver = (decision: Decision) =>
      isStanding(decision) && !meant.has(decision.id) && this.#rules.has(decision.rule?.id ?? '');
    this.#book.removeWhere(isOver, 'rule-changed', now);
    const wanted = [...meant].flatMap(([id, place]) => this.#lacking(id, place, now) ?? []);
    for (const { live } of meant.values()) live.hasStood = true;
    if (wanted.length > 0) this.#book.put(wanted, 'own');
  }

  /** By the decision's id. */
  #meantWithoutFlows(): Map<string, Place> {
    const meant = new Map<string, Place>();
    for (const live of this.#rules.values()) {
      if (!live.isActive) continue;
      for (const [id, selector] of live.standing) {
        if (meant.size < MOST_STANDING) meant.set(id, { live, selector });
        else live.refused.tooMany++;
      }
    }
    return meant;
  }

  /** Undefined: it is there as its rule says it, or must not be. */
  #lacking(id: string, { live, selector }: Place, now: number): NewDecision | undefined {
    const known = this.#book.get(id);
    if (live.hasStood && known !== undefined) return undefined;
    if (this.#refusesFor(live, selector)) return undefined;
    const createdMilliseconds = known?.createdMilliseconds ?? now;
    return { id, createdMilliseconds, ...standingDecision(live.rule, selector, now) };
  }

  /**
   * Makes and renews the decisions that the rows ask for. `of`: only what these rules ask for, and nothing that
   * has come and ended since, as rows of the past do.
   */
  observe(chunk: FlowRows, of?: ReadonlySet<string>): void {
    if (this.#rules.size === 0) return;
    const { lookup, rules } = this.#indexed();
    const wanted: NewDecision[] = [];
    let at = -1;
    let held: LiveRule[] = [];
    const settle = () => {
      if (held.length > 0) this.#decideOn(new RowFlow(chunk, at), held, wanted);
      held = [];
    };
    lookup.match(chunk, (row, i) => {
      const live = rules[i] as LiveRule;
      if (!live.isActive || of?.has(live.rule.id) === false) return;
      if (row !== at) settle();
      at = row;
      held.push(live);
    });
    settle();
    const due = of === undefined ? wanted : wanted.filter((one) => !this.#isServed(one));
    if (due.length > 0) this.#keep(due);
  }

  #isServed({ id, evidence }: NewDecision): boolean {
    return this.repetitions.hasEndedSince(id, evidence?.seenMilliseconds ?? 0);
  }

  #indexed(): IndexedRules {
    if (this.#index === undefined) {
      const rules = [...this.#rules.values()];
      const compiled = rules.map((live) => this.#compiledOf(live));
      this.#index = new IndexedRules(rules, new RuleIndex(compiled, this.#view));
    }
    return this.#index;
  }

  #place(live: LiveRule): void {
    const { id } = live.rule;
    const selectors = standingSelectors(live.rule, live.condition, this.#networks);
    const standing = new Map(selectors.map((selector) => [decisionId(id, selector), selector]));
    const isSame = [...standing.keys()].join() === [...live.standing.keys()].join();
    live.standing = standing;
    live.hasStood &&= isSame;
  }

  #compiledOf(live: LiveRule): CompiledCondition {
    const known = this.#compiled.get(live);
    if (known !== undefined) return known;
    const compiled = compileCondition(live.condition, this.#view);
    this.#compiled.set(live, compiled);
    return compiled;
  }

  #decideOn(flow: SeenFlow, held: readonly LiveRule[], wanted: NewDecision[]): void {
    const meant = held.flatMap((live) => {
      const reached = reachedEnds(live, flow);
      return reached === undefined ? [] : [{ live, reached }];
    });
    const isAllowed = meant.some(({ live }) => allowsEverywhere(live.rule));
    for (const { live, reached } of meant) {
      const { rule } = live;
      if (isAllowed && rule.action.kind !== 'allow') {
        live.refused.allowed++;
        continue;
      }
      for (const target of targetsOf(rule, flow, this.#networks)) {
        if (target === undefined) live.refused.noNetwork++;
        else if (isMeant(live, target, reached)) this.#decide(live, target, { flow, wanted });
      }
    }
  }

  #decide(
    live: LiveRule,
    { selector, ends }: Target,
    { flow, wanted }: { readonly flow: SeenFlow; readonly wanted: NewDecision[] },
  ): void {
    const { rule } = live;
    const id = decisionId(rule.id, selector);
    const known = this.#book.get(id);
    if (known !== undefined && isStanding(known)) return;
    const holdMs = this.repetitions.holdSeconds(rule, id) * 1000;
    const expiresMilliseconds = flow.seenMilliseconds + holdMs;
    const left = expiresMilliseconds - (known?.expiresMilliseconds ?? 0);
    const isFresh = known !== undefined && left <= holdMs * RENEW_AFTER;
    if (isFresh && !tellsSignature(flow, known)) return;
    if (this.#refusesFor(live, selector)) return;
    wanted.push({
      id,
      selector,
      ...subjectOf(selector, ends, flow),
      createdMilliseconds: known?.createdMilliseconds ?? flow.seenMilliseconds,
      expiresMilliseconds: Math.max(expiresMilliseconds, known?.expiresMilliseconds ?? 0),
      ...saidByRule(rule, selector),
      evidence: evidenceOf(flow),
    });
  }

  /** Whether what is selected is protected, which counts. */
  #refusesFor({ rule, refused }: LiveRule, selector: Selector): boolean {
    if (isHarmless(rule.action) || this.#protections.reasonOf(selector) === undefined) return false;
    refused.protected++;
    return true;
  }

  #keep(wanted: readonly NewDecision[]): void {
    // Several rows of a chunk may ask for the same: the last has the latest evidence.
    const latest = new Map(wanted.map((decision) => [decision.id, decision]));
    if (this.#book.put([...latest.values()]) === latest.size) return;
    for (const { id, rule } of latest.values()) {
      const live = rule && this.#rules.get(rule.id);
      if (live && this.#book.get(id) === undefined) live.refused.tooMany++;
    }
  }
}

/** No flow makes it, and none has to: it holds as long as its rule. */
function standingDecision(rule: Rule, selector: Selector, now: number) {
  const { schedule } = rule;
  const ends = schedule && nextChange(schedule, now);
  return {
    selector,
    ...(ends !== undefined && { expiresMilliseconds: ends }),
    ...saidByRule(rule, selector),
  };
}

/** Counts the flow. The ends for which the rule holds; undefined: it holds for nothing. */
function reachedEnds(live: LiveRule, flow: SeenFlow): Target['ends'] | undefined {
  const { rule } = live;
  live.matchedFlows++;
  live.lastMatchMilliseconds = flow.seenMilliseconds;
  const reached = live.count(flow, endsOf(rule.subject ?? 'inside', flow));
  // A flow of which no end is meant can still be decided on itself, where nothing is counted.
  const isFlowItself = rule.scope === 'flow' && live.counters.length === 0;
  return reached.length > 0 || isFlowItself ? reached : undefined;
}

/** What is allowed at some gateways only, these put first themselves: others do what other rules say. */
function allowsEverywhere({ action, isSimulated, gateways }: Rule): boolean {
  return action.kind === 'allow' && isSimulated !== true && gateways === undefined;
}

/** Where thresholds count for ends, a decision about one of them needs its own. */
function isMeant(live: LiveRule, { ends }: Target, reached: Target['ends']): boolean {
  if (live.counters.length === 0) return true;
  return ends.some((end) => reached.includes(end));
}

/** Of a flow only: other selectors say themselves whom they mean. */
function subjectOf({ kind }: Selector, ends: Target['ends'], flow: SeenFlow) {
  const [end, ...others] = ends;
  if (kind !== 'flow' || end === undefined || others.length > 0) return {};
  return { subjectAddress: addressAt(flow, end) };
}

/** Stored records do not have it: what was decided on them takes it from the flow's next record. */
function tellsSignature({ signature }: SeenFlow, { evidence }: Decision): boolean {
  return signature !== undefined && evidence !== undefined && evidence.signature === undefined;
}
