// SPDX-License-Identifier: Apache-2.0
// Rules that say only where: what they decide on is known before there is a flow. Pure.
import {
  type Comparison,
  type FlowCondition,
  isSingleAddress,
  type NetworkText,
  parseNetwork,
  type RuleInput,
  type RuleSubject,
  type Selector,
} from '@weir/wire';
import type { OperatorNetworks } from './operator-networks.js';
import { networksOf, selectorOfNetwork, selectorText } from './selector.js';
import type { FlowEnd } from './targets.js';

/** What a rule says apart from its filter. */
type Words = Pick<RuleInput, 'action' | 'scope' | 'subject' | 'thresholds'>;

/** A flow that a filter holds for has one of these as its source, or as its destination. By text. */
type Ends = Readonly<Record<FlowEnd, ReadonlyMap<string, Selector>>>;

const BOTH: readonly FlowEnd[] = ['source', 'destination'];
/** Ends that fields are about. */
const SIDES: Readonly<Record<string, readonly FlowEnd[]>> = {
  ...{ ip: BOTH, src: ['source'], dst: ['destination'] },
  ...{ network: BOTH, srcnetwork: ['source'], dstnetwork: ['destination'] },
};
const PORT_OF: Readonly<Record<string, string>> = { src: 'srcport', dst: 'dstport' };
/** Of one rule. */
const MOST_STANDING = 1024;

/**
 * What a rule decides on without waiting for a flow: a flow has one of these as an end exactly where the filter
 * holds for the flow, or for what comes back, and the rule would decide on that end. Empty: what it decides on
 * follows from flows alone.
 */
export function standingSelectors(
  rule: Words,
  condition: FlowCondition,
  networks: OperatorNetworks,
): readonly Selector[] {
  if (rule.action.kind === 'watch' || (rule.thresholds ?? []).length > 0) return [];
  const ends = endsNamedBy(condition, networks);
  const meant = ends === undefined ? [] : meantOf(rule, ends, networks);
  const isWhole = meant.every((selector) => isAsWide(rule, selector, networks));
  return isWhole && meant.length <= MOST_STANDING ? meant : [];
}

/** Undefined: the filter asks for more than where flows come from or go to. */
function endsNamedBy(condition: FlowCondition, networks: OperatorNetworks): Ends | undefined {
  switch (condition.kind) {
    case 'comparison':
      return networkEnds(condition, networks);
    case 'and':
      return endpointEnds(condition.of);
    case 'or':
      return condition.of
        .map((part) => endsNamedBy(part, networks))
        .reduce((all, part) => all && part && joined(all, part));
    default:
      return undefined;
  }
}

function joined(a: Ends, b: Ends): Ends {
  return {
    source: new Map([...a.source, ...b.source]),
    destination: new Map([...a.destination, ...b.destination]),
  };
}

function endsAt(sides: readonly FlowEnd[], selectors: readonly Selector[]): Ends {
  const at = (end: FlowEnd) =>
    new Map(sides.includes(end) ? selectors.map((one) => [selectorText(one), one]) : []);
  return { source: at('source'), destination: at('destination') };
}

/** Of "src in 10.0.0.0/8" or "network = dormitory". */
function networkEnds(comparison: Comparison, networks: OperatorNetworks): Ends | undefined {
  const sides = SIDES[comparison.field];
  if (sides === undefined || !isOneOf(comparison)) return undefined;
  const found: NetworkText[] = [];
  for (const value of comparison.values) {
    const named = value.kind === 'text' ? networks.called(value.value) : networksIn(value);
    if (named === undefined) return undefined;
    found.push(...named);
  }
  return endsAt(sides, found.map(selectorOfNetwork));
}

/** A gateway's selector is about some of one family, not about everybody. */
function networksIn(value: FilterValue): NetworkText[] | undefined {
  if (value.kind !== 'network' || value.prefixLength === 0) return undefined;
  const ofIpv4 = parseNetwork(`::ffff:0:0/${value.prefixLength}`)?.address;
  return ofIpv4 === value.address ? undefined : [value];
}

/** Of "src = 10.0.0.1 and srcport = 80", for one protocol or for all of them. */
function endpointEnds(parts: readonly FlowCondition[]): Ends | undefined {
  const comparisons = parts.filter((part) => part.kind === 'comparison').filter(isOneOf);
  const where = comparisons.find(({ field }) => field in PORT_OF);
  if (where === undefined) return undefined;
  const numbers = (field: string | undefined) =>
    numbersOf(comparisons.filter((one) => one.field === field));
  const [ports, protocols] = [numbers(PORT_OF[where.field]), numbers('proto')];
  const isAll = parts.length === (protocols.length > 0 ? 3 : 2);
  if (!isAll || ports.length === 0 || !where.values.every(isOneAddress)) return undefined;
  const made = where.values.flatMap(({ address }) =>
    ports.map((port): Selector => ({ kind: 'endpoint', address, port })),
  );
  const ofProtocol = (protocolIdentifier: number) =>
    made.map((one) => ({ ...one, protocolIdentifier }));
  return endsAt(
    SIDES[where.field] ?? [],
    protocols.length > 0 ? protocols.flatMap(ofProtocol) : made,
  );
}

type FilterValue = Comparison['values'][number];

function isOneOf({ operator }: Comparison): boolean {
  return operator === '=' || operator === 'in';
}

function isOneAddress(value: FilterValue): value is Extract<FilterValue, { kind: 'network' }> {
  return value.kind === 'network' && isSingleAddress(value);
}

/** Of one comparison whose values are whole numbers from 1 on; of others nothing. */
function numbersOf([only, second]: readonly Comparison[]): readonly number[] {
  if (only === undefined || second !== undefined) return [];
  const numbers = only.values.map((value) => (value.kind === 'number' ? value.value : 0));
  return numbers.every((number) => Number.isInteger(number) && number > 0) ? numbers : [];
}

/** Those at the end that the rule means, where all are: else flows tell. */
function meantOf(
  { scope, subject = 'inside' }: Words,
  { source, destination }: Ends,
  networks: OperatorNetworks,
): Selector[] {
  const all = new Map([...source, ...destination]);
  const meant = [...all.values()];
  const isEitherWay = all.size === source.size && all.size === destination.size;
  // A flow is both of its directions: a filter for one of them holds for less.
  if (scope === 'flow') return isEitherWay ? meant : [];
  const isMeant =
    subject === 'both' ||
    (subject === 'source' && (isEitherWay || destination.size === 0)) ||
    (subject === 'destination' && (isEitherWay || source.size === 0)) ||
    meant.every((selector) => isAt(subject, selector, networks));
  return isMeant ? meant : [];
}

/** Where nobody knows what is inside both ends are meant. */
function isAt(subject: RuleSubject, selector: Selector, networks: OperatorNetworks): boolean {
  if (subject !== 'inside' && subject !== 'outside') return false;
  return !networks.knowsInside || networks.sideOf(placeOf(selector)) === subject;
}

/**
 * Whether a selector does to each flow what the rule's scope does to it. A prefix stands for all its hosts, and
 * for their flows and endpoints, but not for rates that these have of their own.
 */
function isAsWide(
  { action, scope }: Words,
  selector: Selector,
  networks: OperatorNetworks,
): boolean {
  const { kind } = selector;
  switch (scope) {
    case 'flow':
      return action.kind !== 'shape';
    case 'endpoint':
      return action.kind !== 'shape' || kind === 'endpoint';
    case 'host':
      return (
        kind === 'host' ||
        (kind === 'network' && (action.kind !== 'shape' || action.per === 'host'))
      );
    default:
      return kind !== 'endpoint' && networks.isOne(placeOf(selector));
  }
}

function placeOf(selector: Selector): NetworkText {
  const [network] = networksOf(selector);
  return network as NetworkText;
}
