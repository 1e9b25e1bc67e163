// SPDX-License-Identifier: Apache-2.0
// A rule over stored flows, as SQL: whom it would have hit, what its thresholds would have counted, and the
// records that it looks back at. Pure: input in, SQL and its parameters out.
import {
  FLOW_COLUMNS,
  type FlowCondition,
  type RuleInput,
  type RuleSubject,
  type Schedule,
  type Threshold,
  WEEKDAYS,
} from '@weir/wire';
import { Binder } from '../query/binder.js';
import { conditionSql } from '../query/condition-sql.js';
import type { Window } from '../query/planner.js';
import type { Statement } from '../store/flow-store.js';
import { DEFAULT_ZONE, spansOf } from './clock.js';
import { SLOTS } from './thresholds.js';

export interface RuleQuestion {
  readonly rule: Pick<RuleInput, 'thresholds' | 'schedule' | 'subject'>;
  readonly condition: FlowCondition;
  readonly window: Window;
}

const SOURCE = '(sourceAddress, sourceNetwork, destinationAddress)';
const DESTINATION = '(destinationAddress, destinationNetwork, sourceAddress)';
const BOTH = `[${SOURCE}, ${DESTINATION}]`;
/** An array of the type of the others with nothing in it. */
const NEITHER = `arraySlice(${BOTH}, 1, 0)`;

/** The ends of a flow that a rule is about, each with its address, network and peer: as targets.ts has them. */
function endsSql(subject: RuleSubject): string {
  const byScope = (of: Readonly<Record<string, string>>) =>
    `multiIf(${Object.entries(of)
      .map(([scope, ends]) => `scope = '${scope}', ${ends}`)
      .join(', ')}, ${BOTH})`;
  switch (subject) {
    case 'source':
      return `[${SOURCE}]`;
    case 'destination':
      return `[${DESTINATION}]`;
    case 'both':
      return BOTH;
    case 'inside':
      return byScope({ egress: `[${SOURCE}]`, ingress: `[${DESTINATION}]`, transit: NEITHER });
    default:
      return byScope({ egress: `[${DESTINATION}]`, ingress: `[${SOURCE}]`, internal: NEITHER });
  }
}

const WEEK_MINUTES = WEEKDAYS.length * 1440;

function scheduleSql(schedule: Schedule, binder: Binder): string {
  const zone = binder.bind('String', schedule.timeZone);
  const at = 'receivedMilliseconds';
  const minute = `((toDayOfWeek(${at}, 0, ${zone}) - 1) * 1440 + toHour(${at}, ${zone}) * 60 + toMinute(${at}, ${zone}))`;
  const spans = spansOf(schedule).map(
    ({ begin, length }) =>
      `positiveModulo(${minute} - ${begin}, ${WEEK_MINUTES}) < ${Math.min(length, WEEK_MINUTES)}`,
  );
  return `(${spans.join(' OR ')})`;
}

/** Records of the window that the rule is about. By time of receipt, as thresholds and schedules go. */
function whereSql({ rule, condition, window }: RuleQuestion, binder: Binder): string {
  const at = (milliseconds: number) =>
    `fromUnixTimestamp64Milli(${binder.bind('Int64', Math.floor(milliseconds))}, 'UTC')`;
  const parts = [
    `receivedMilliseconds >= ${at(window.from)} AND receivedMilliseconds < ${at(window.to)}`,
    conditionSql(condition, binder),
    ...(rule.schedule === undefined ? [] : [scheduleSql(rule.schedule, binder)]),
  ];
  return parts.join(' AND ');
}

const FLOW_KEY =
  'cityHash64(protocolIdentifier, least((sourceAddress, sourceTransportPort), (destinationAddress, destinationTransportPort)), greatest((sourceAddress, sourceTransportPort), (destinationAddress, destinationTransportPort)))';

/** A row for each end that is meant. */
function endRowsSql(question: RuleQuestion, binder: Binder): string {
  return `SELECT arrayJoin(${endsSql(question.rule.subject ?? 'inside')}) AS end, ${FLOW_KEY} AS flowKey,
  octets AS o, packets AS p, receivedMilliseconds AS at
FROM weir.flows WHERE ${whereSql(question, binder)} AND counted = 1`;
}

const KEYS = { flow: 'toString(flowKey)', host: 'toString(end.1)', network: 'end.2' } as const;
const SUMS = {
  octets: 'sum(o)',
  packets: 'sum(p)',
  flows: 'count()',
  peers: 'uniqExact(end.3)',
} as const;

/** The period that a time is in: of the calendar, or so many seconds from the epoch on. */
function periodSql(per: Threshold['per'], zone: string, at: string): string {
  switch (per) {
    case 'hour':
      return `toUnixTimestamp(toStartOfHour(${at}, ${zone}))`;
    case 'day':
      return `toUnixTimestamp(toStartOfDay(${at}, ${zone}))`;
    case 'month':
      return `toUInt32(toYYYYMM(${at}, ${zone}))`;
    default:
      return `toUInt32(intDiv(toUnixTimestamp64Milli(${at}), ${per * 1000}))`;
  }
}

/** What each threshold asks of a row's key in its period. */
function thresholdsSql(question: RuleQuestion, rows: string, binder: Binder): string {
  const { thresholds = [], schedule } = question.rule;
  if (thresholds.length === 0) return '1';
  const zone = binder.bind('String', schedule?.timeZone ?? DEFAULT_ZONE);
  const parts = thresholds.map(({ of, per, metric, atLeast }) => {
    const key = `${KEYS[of]}, ${periodSql(per, zone, 'at')}`;
    const named = of === 'network' ? ` WHERE end.2 != ''` : '';
    return `(${key}) IN (SELECT ${key} FROM (${rows})${named} GROUP BY ${key} HAVING ${SUMS[metric]} >= ${binder.bind('Float64', atLeast)})`;
  });
  return parts.join(' AND ');
}

/** Hosts that would have been hit, those with the most octets first: host, octets, packets, flows. */
export function hitHostsStatement(question: RuleQuestion, limit: number): Statement {
  const binder = new Binder();
  const rows = endRowsSql(question, binder);
  const sql = `SELECT toString(end.1) AS host, sum(o) AS octets, sum(p) AS packets, count() AS flows
FROM (${rows}) WHERE ${thresholdsSql(question, rows, binder)}
GROUP BY host ORDER BY octets DESC, host LIMIT ${binder.bind('UInt32', limit)}`;
  return { sql, parameters: binder.parameters };
}

/** How many hosts, and what they had: hosts, octets, packets, flows. A flow between two of them is both of theirs. */
export function hitSumStatement(question: RuleQuestion): Statement {
  const binder = new Binder();
  const rows = endRowsSql(question, binder);
  const sql = `SELECT uniqExact(end.1) AS hosts, sum(o) AS octets, sum(p) AS packets, count() AS flows
FROM (${rows}) WHERE ${thresholdsSql(question, rows, binder)}`;
  return { sql, parameters: binder.parameters };
}

/** Hosts on the side that the rule is about, whatever they do: hosts. */
export function allHostsStatement(window: Window, subject: RuleSubject): Statement {
  const rule = { subject };
  const binder = new Binder();
  const question: RuleQuestion = { rule, condition: { kind: 'any' }, window };
  const rows = endRowsSql(question, binder);
  return {
    sql: `SELECT uniqCombined64(end.1) AS hosts FROM (${rows})`,
    parameters: binder.parameters,
  };
}

/** Keys, and peers of all keys together, that thresholds begin with at most. */
const MOST_SEEDS = 100_000;
const MOST_SEED_PEERS = 1_000_000;

/**
 * What a threshold has counted up to `window.to`: key, slots, and for each slot its sum, or a peer, in `amounts`.
 * Slots are those of ThresholdCounter; of the calendar there is one, the period that `window.to` is in. Keys
 * that have most come first.
 */
export function seedStatement(question: RuleQuestion, threshold: Threshold): Statement {
  const { of, per, metric } = threshold;
  const binder = new Binder();
  const rows = endRowsSql(question, binder);
  const zone = binder.bind('String', question.rule.schedule?.timeZone ?? DEFAULT_ZONE);
  const now = `fromUnixTimestamp64Milli(${binder.bind('Int64', Math.floor(question.window.to))}, 'UTC')`;
  const isSliding = typeof per === 'number';
  const slot = isSliding ? `intDiv(toUnixTimestamp64Milli(at) * ${SLOTS}, ${per * 1000})` : '0';
  const conditions = [
    ...(isSliding ? [] : [`${periodSql(per, zone, 'at')} = ${periodSql(per, zone, now)}`]),
    ...(of === 'network' ? [`end.2 != ''`] : []),
  ];
  const from = `FROM (${rows})${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  const parts =
    metric === 'peers'
      ? `SELECT ${KEYS[of]} AS key, toString(end.3) AS stored, max(${slot}) AS slot, 1 AS weight
${from} GROUP BY key, stored ORDER BY slot DESC
LIMIT ${Math.ceil(Number(threshold.atLeast))} BY key LIMIT ${MOST_SEED_PEERS}`
      : `SELECT ${KEYS[of]} AS key, ${slot} AS slot, ${SUMS[metric]} AS stored, stored AS weight
${from} GROUP BY key, slot`;
  const sql = `SELECT key, groupArray(slot) AS slots, groupArray(stored) AS amounts
FROM (${parts}) GROUP BY key ORDER BY sum(weight) DESC LIMIT ${MOST_SEEDS}`;
  return { sql, parameters: binder.parameters };
}

const NUMBER_SQL: Readonly<Record<string, (column: string) => string>> = {
  time: (column) => `toUnixTimestamp64Milli(${column})`,
  address: (column) => `toString(${column})`,
};

/** Records that the rule is about with all their columns, the newest first. */
export function recordsStatement(question: RuleQuestion, limit: number): Statement {
  const binder = new Binder();
  const columns = FLOW_COLUMNS.map(
    ({ name, kind }, i) => `${NUMBER_SQL[kind]?.(name) ?? name} AS f${i}`,
  );
  const sql = `SELECT ${columns.join(', ')} FROM weir.flows
WHERE ${whereSql(question, binder)}
ORDER BY receivedMilliseconds DESC LIMIT ${binder.bind('UInt32', limit)}`;
  return { sql, parameters: binder.parameters };
}
