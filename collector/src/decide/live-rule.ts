// SPDX-License-Identifier: Apache-2.0
// One rule at work: its filter read, its thresholds counted, its schedule looked at.
import {
  type FlowCondition,
  parseFilter,
  type Rule,
  type RuleActivity,
  type Selector,
} from '@weir/wire';
import { DEFAULT_ZONE, isWithin, nextChange } from './clock.js';
import type { SeenFlow } from './seen-flow.js';
import { addressAt, type FlowEnd, keyOf, otherEnd } from './targets.js';
import { type KeyRoom, ThresholdCounter } from './thresholds.js';

/** Why a rule that held for a flow made no decision. */
export const REFUSALS = {
  protected: 'what it would touch is a gateway, the collector, or protected by --protect',
  allowed: 'another rule allows the flow',
  noNetwork: 'the host is in no network of the network file',
  tooMany: 'there are too many decisions already',
} as const;
export type RefusalReason = keyof typeof REFUSALS;

export class LiveRule {
  readonly rule: Rule;
  readonly condition: FlowCondition;
  readonly counters: readonly ThresholdCounter[];
  readonly refused: Record<RefusalReason, number> = {
    protected: 0,
    allowed: 0,
    noNetwork: 0,
    tooMany: 0,
  };
  /** What it decides on without a flow, by the decision's id. */
  standing: ReadonlyMap<string, Selector> = new Map();
  /** That was decided on. */
  hasStood = false;
  /** Its thresholds know what was before it. */
  isSeeded = false;
  matchedFlows = 0;
  lastMatchMilliseconds: number | undefined;
  isActive: boolean;

  /** @throws FilterError */
  constructor(rule: Rule, room: KeyRoom, now: number) {
    this.rule = rule;
    this.condition = parseFilter(rule.filter);
    const zone = rule.schedule?.timeZone ?? DEFAULT_ZONE;
    this.counters = (rule.thresholds ?? []).map(
      (threshold) => new ThresholdCounter(threshold, zone, room),
    );
    this.isActive = this.#isActiveAt(now);
  }

  /** Looks at the clock; whether that changed anything. */
  look(now: number): boolean {
    const before = this.isActive;
    this.isActive = this.#isActiveAt(now);
    return this.isActive !== before;
  }

  /**
   * Counts the flow. The ends of it whose thresholds are all reached now; all that were asked for where
   * there are none.
   */
  count(flow: SeenFlow, ends: readonly FlowEnd[]): readonly FlowEnd[] {
    if (this.counters.length === 0) return ends;
    return ends.filter((end) => this.#reaches(flow, end));
  }

  activity(now: number): Omit<RuleActivity, 'decisions' | 'packets' | 'octets' | 'isIndexed'> {
    const { schedule, isEnabled = true } = this.rule;
    const changes = schedule && isEnabled ? nextChange(schedule, now) : undefined;
    return {
      isActive: this.isActive,
      decides: this.standing.size > 0 ? 'at-once' : 'by-flows',
      ...(changes !== undefined && { changesMilliseconds: changes }),
      matchedFlows: this.matchedFlows,
      ...(this.lastMatchMilliseconds !== undefined && {
        lastMatchMilliseconds: this.lastMatchMilliseconds,
      }),
      refusedByReason: { ...this.refused },
      trackedKeys: this.counters.reduce((sum, { keys }) => sum + keys, 0),
    };
  }

  /** Gives up what it keeps. */
  close(): void {
    for (const counter of this.counters) counter.clear();
  }

  #isActiveAt(now: number): boolean {
    const { isEnabled = true, schedule } = this.rule;
    return isEnabled && (schedule === undefined || isWithin(schedule, now));
  }

  /** Each threshold counts, also when one before it is not reached. */
  #reaches(flow: SeenFlow, end: FlowEnd): boolean {
    let reached = true;
    for (const counter of this.counters) {
      const key = keyOf(counter.threshold.of, flow, end);
      if (key === undefined) reached = false;
      else if (!this.#isReached(counter, key, { flow, end })) reached = false;
    }
    return reached;
  }

  #isReached(
    counter: ThresholdCounter,
    key: string,
    { flow, end }: { readonly flow: SeenFlow; readonly end: FlowEnd },
  ): boolean {
    const milliseconds = flow.seenMilliseconds;
    if (!flow.isCounted) return counter.has(key, milliseconds);
    const { octets, packets } = flow;
    return counter.add(key, {
      octets,
      packets,
      peer: addressAt(flow, otherEnd(end)),
      milliseconds,
    });
  }
}
