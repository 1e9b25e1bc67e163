// SPDX-License-Identifier: Apache-2.0
import type {
  FlowDecision as Decision,
  FlowDecisionsResponse as DecisionsResponse,
  FlowSelector,
  ApplicationRule as Rule,
} from '@weir/wire';
import { canonicalSelector, decisionId, type FiveTuple } from './selector.js';

/** A named flow that a record told of. */
export interface SeenFlow extends FiveTuple {
  readonly applicationName: string;
  readonly seenMilliseconds: number;
}

export interface DecisionBookOptions {
  /**
   * Where revisions start. Use the present time: then they keep growing over restarts, and a
   * gateway that asks with a revision from before gets the whole state.
   */
  readonly firstRevision: number;
  /** Decisions that are held at most; beyond it flows are passed over and counted. */
  readonly mostDecisions?: number;
  /** Changes that are remembered for gateways that ask for what is new. */
  readonly mostChanges?: number;
}

/** A decision is renewed only when this part of its time has passed: else each record would be a change. */
const RENEW_AFTER = 0.25;

/** Rules, and the decisions that follow from flows seen. No clock, no I/O: both are the caller's. */
export class DecisionBook {
  readonly #rules = new Map<string, Rule>();
  readonly #decisions = new Map<string, Decision>();
  readonly #mostDecisions: number;
  readonly #mostChanges: number;
  #changes: { readonly revision: number; readonly id: string }[] = [];
  #revision: number;
  /** Changes up to this revision are forgotten. */
  #forgotten: number;
  #ruleChanges = 0;
  /** Flows that got no decision because there were too many. */
  passedOver = 0;

  constructor(options: DecisionBookOptions) {
    this.#revision = options.firstRevision;
    this.#forgotten = options.firstRevision;
    this.#mostDecisions = options.mostDecisions ?? 100_000;
    this.#mostChanges = options.mostChanges ?? 20_000;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Grows whenever the rules change. */
  get ruleChanges(): number {
    return this.#ruleChanges;
  }

  get decisionCount(): number {
    return this.#decisions.size;
  }

  rules(): Rule[] {
    return [...this.#rules.values()];
  }

  /** Rules that name this application, in any case. */
  rulesFor(applicationName: string): Rule[] {
    const name = applicationName.toLowerCase();
    return this.rules().filter((rule) => rule.applicationName.toLowerCase() === name);
  }

  addRule(rule: Rule): void {
    this.#rules.set(rule.id, rule);
    this.#ruleChanges++;
  }

  /** Takes a rule out with all its decisions; false when there is no such rule. */
  removeRule(id: string): boolean {
    if (!this.#rules.delete(id)) return false;
    this.#ruleChanges++;
    this.#remove((decision) => decision.ruleId === id);
    return true;
  }

  /** Makes or renews the decisions that the rules ask for. */
  observe(flows: readonly SeenFlow[]): void {
    const revision = this.#revision + 1;
    let changed = false;
    for (const flow of flows) {
      for (const rule of this.rulesFor(flow.applicationName)) {
        changed = this.#decide(rule, flow, revision) || changed;
      }
    }
    if (changed) this.#commit(revision);
  }

  /** Takes out what holds no longer at `now`. */
  expire(now: number): void {
    this.#remove((decision) => decision.expiresMilliseconds <= now);
  }

  /** What a gateway needs that knows the state at `revision`. */
  since(revision: number): DecisionsResponse {
    if (revision < this.#forgotten || revision > this.#revision) {
      const decisions = [...this.#decisions.values()];
      return { revision: this.#revision, complete: true, decisions, removed: [] };
    }
    const ids = new Set(this.#changesAfter(revision));
    const decisions = [...ids].flatMap((id) => this.#decisions.get(id) ?? []);
    const removed = [...ids].filter((id) => !this.#decisions.has(id));
    return { revision: this.#revision, complete: false, decisions, removed };
  }

  #decide(rule: Rule, flow: SeenFlow, revision: number): boolean {
    const selector = canonicalSelector(flow);
    const id = decisionId(rule.id, selector);
    const holdMs = rule.holdSeconds * 1000;
    const expiresMilliseconds = flow.seenMilliseconds + holdMs;
    const known = this.#decisions.get(id);
    if (known !== undefined) {
      if (expiresMilliseconds - known.expiresMilliseconds <= holdMs * RENEW_AFTER) return false;
    } else if (this.#decisions.size >= this.#mostDecisions) {
      this.passedOver++;
      return false;
    }
    const { action, id: ruleId } = rule;
    const reason = reasonText(rule, selector);
    this.#decisions.set(id, {
      id,
      revision,
      action,
      selector,
      expiresMilliseconds,
      ruleId,
      reason,
    });
    this.#changes.push({ revision, id });
    return true;
  }

  #remove(goes: (decision: Decision) => boolean): void {
    const revision = this.#revision + 1;
    let changed = false;
    for (const [id, decision] of this.#decisions) {
      if (!goes(decision)) continue;
      this.#decisions.delete(id);
      this.#changes.push({ revision, id });
      changed = true;
    }
    if (changed) this.#commit(revision);
  }

  #commit(revision: number): void {
    this.#revision = revision;
    const excess = this.#changes.length - this.#mostChanges;
    if (excess <= 0) return;
    this.#forgotten = this.#changes[excess - 1]?.revision ?? this.#forgotten;
    this.#changes = this.#changes.slice(excess);
  }

  *#changesAfter(revision: number): IterableIterator<string> {
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i];
      if (change === undefined || change.revision <= revision) return;
      yield change.id;
    }
  }
}

function reasonText(rule: Rule, selector: FlowSelector): string {
  const end = (address: string, port: number) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const source = end(selector.sourceAddress, selector.sourceTransportPort);
  const destination = end(selector.destinationAddress, selector.destinationTransportPort);
  return `rule ${rule.id} (${rule.action} ${rule.applicationName}): protocol ${selector.protocolIdentifier}, ${source} and ${destination}`;
}
