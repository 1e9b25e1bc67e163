// SPDX-License-Identifier: Apache-2.0
// Statements for questions that sum up. Pure: input in, SQL and its parameters out.
import { type Dimension, METRICS, type Metric } from '@weir/wire';
import type { Statement } from '../store/flow-store.js';
import { Binder } from './binder.js';
import { likelyKeysSql, type Ranking } from './likely-keys.js';
import type { PlannedTable, Window } from './planner.js';
import { keyNames, type Source, type Subject, sourceOf } from './sources.js';

/** A statement, the table that answers most of it, and what of the window none has any more. */
export interface Question extends Answered {
  readonly statement: Statement;
}
type Answered = Pick<Source, 'table' | 'missing'>;

const SUMS = 'sum(octets) AS octetSum, sum(packets) AS packetSum, sum(flows) AS flowSum';
const SUM_OF: Readonly<Record<Metric, string>> = {
  octets: 'octetSum',
  packets: 'packetSum',
  flows: 'flowSum',
};

/** What the two directions of interfaces are grouped by. */
const INTERFACE_KEYS: readonly (readonly Dimension[])[] = [
  ['exporterAddress', 'exporterName', 'ingressInterface', 'ingressInterfaceName'],
  ['exporterAddress', 'exporterName', 'egressInterface', 'egressInterfaceName'],
];

function question(sql: string, binder: Binder, { table, missing }: Answered): Question {
  return { statement: { sql, parameters: binder.parameters }, table, missing };
}

/** Of all keys, in each row: who asks for the largest needs no second look for what is left. */
const SUMS_OF_ALL = Object.entries(SUM_OF)
  .map(([metric, sum]) => `sum(${sum}) OVER () AS ${metric}OfAll`)
  .join(', ');

/** The same where only some keys are summed up. */
function sumsBeside({ sql }: Source): string {
  const each = METRICS.map((metric, i) => `ofAll.${i + 1} AS ${metric}OfAll`);
  const sums = METRICS.map((metric) => `sum(${metric})`);
  return `(SELECT (${sums.join(', ')}) FROM (${sql})) AS ofAll, ${each.join(', ')}`;
}

interface Largest {
  readonly source: Source;
  readonly binder: Binder;
  /** SQL that keys among the largest fulfil. */
  readonly likely: string | undefined;
}

function topKeys(
  { subject, metric, limit }: Ranking,
  { source, binder, likely = '1' }: Largest,
  sums = SUMS,
): string {
  const keys = keyNames(subject.by).join(', ');
  return `SELECT ${keys}, ${sums} FROM (${source.sql}) WHERE ${likely}
GROUP BY ${keys} HAVING flowSum > 0
ORDER BY ${SUM_OF[metric]} DESC, ${keys} LIMIT ${binder.bind('UInt32', limit)}`;
}

const textsOf = (by: readonly Dimension[]): string =>
  keyNames(by)
    .map((key, i) => `toString(${key}) AS t${i}`)
    .join(', ');

/** The largest keys, largest first: t0, t1, …, octetSum, packetSum, flowSum, and the sums of all keys. */
export function topQuestion(ranking: Ranking, tables: readonly PlannedTable[]): Question {
  const binder = new Binder();
  const source = sourceOf(ranking.subject, tables, binder);
  const likely = likelyKeysSql(ranking, tables, binder);
  const sums = `${SUMS}, ${likely === undefined ? SUMS_OF_ALL : sumsBeside(source)}`;
  const sql = `SELECT ${textsOf(ranking.subject.by)}, octetSum, packetSum, flowSum, octetsOfAll, packetsOfAll, flowsOfAll
FROM (${topKeys(ranking, { source, binder, likely }, sums)})`;
  return question(sql, binder, source);
}

/** The sum over all keys. With a dimension of two sides, and a table of it, flows count twice. */
export function sumQuestion(subject: Subject, tables: readonly PlannedTable[]): Question {
  const binder = new Binder();
  const source = sourceOf(subject, tables, binder);
  return question(`SELECT ${SUMS} FROM (${source.sql})`, binder, source);
}

/** Whether a row's keys are not among the largest. */
function isOther(keys: readonly string[], top: string): string {
  const tuple = keys.length === 1 ? keys[0] : `(${keys.join(', ')})`;
  return `${tuple} NOT IN (SELECT ${keys.join(', ')} FROM (${top}))`;
}

function textsUnlessOther(by: readonly Dimension[]): string {
  return keyNames(by)
    .map((key, i) => `if(isOther, '', toString(${key})) AS t${i}`)
    .join(', ');
}

/** A series of a window, for the largest keys of the ranking's own window. */
export interface SeriesQuestion {
  readonly ranking: Ranking;
  readonly window: Window;
  readonly stepSeconds: number;
}

/** Rows of bucket (steps since the epoch), isOther, t0, t1, …, value. */
export function seriesQuestion(
  { ranking, window, stepSeconds }: SeriesQuestion,
  tables: readonly PlannedTable[],
): Question {
  const binder = new Binder();
  const { by } = ranking.subject;
  const shown = sourceOf({ ...ranking.subject, window, stepSeconds }, tables, binder);
  const top = topKeys(ranking, {
    ...{ source: sourceOf(ranking.subject, tables, binder), binder },
    likely: likelyKeysSql(ranking, tables, binder),
  });
  const texts = keyNames(by).map((_, i) => `t${i}`);
  const sql = `SELECT intDiv(milliseconds, ${binder.bind('Int64', stepSeconds * 1000)}) AS bucket,
  ${isOther(keyNames(by), top)} AS isOther,
  ${textsUnlessOther(by)}, sum(${ranking.metric}) AS value
FROM (${shown.sql})
GROUP BY bucket, isOther, ${texts.join(', ')}`;
  return question(sql, binder, shown);
}

/** Rows of t0 and t1 with the metric's sum; isOther0 and isOther1 mark the rest of each side. */
export function matrixQuestion(ranking: Ranking, tables: readonly PlannedTable[]): Question {
  const binder = new Binder();
  const source = sourceOf(ranking.subject, tables, binder);
  const others = keyNames(ranking.subject.by).map((key) => {
    const top = `SELECT ${key}, ${SUMS} FROM (${source.sql}) GROUP BY ${key} HAVING flowSum > 0
ORDER BY ${SUM_OF[ranking.metric]} DESC, ${key} LIMIT ${binder.bind('UInt32', ranking.limit)}`;
    return isOther([key], top);
  });
  const sql = `SELECT ${others.map((sql, i) => `${sql} AS isOther${i}`).join(',\n  ')},
  if(isOther0, '', toString(k0)) AS t0, if(isOther1, '', toString(k1)) AS t1,
  sum(${ranking.metric}) AS value
FROM (${source.sql})
GROUP BY isOther0, isOther1, t0, t1`;
  return question(sql, binder, source);
}

/** Also what is missing of the other window. */
export interface CompareQuestion extends Question {
  readonly againstMissing: readonly Window[];
}

/** The keys whose sums differ most between two windows, with both sums, and those of all keys. */
export function compareQuestion(
  ranking: Ranking & { readonly against: Window },
  tables: readonly PlannedTable[],
): CompareQuestion {
  const binder = new Binder();
  const { subject, against, metric, limit } = ranking;
  const now = sourceOf(subject, tables, binder);
  const then = sourceOf({ ...subject, window: against }, tables, binder);
  const keys = keyNames(subject.by);
  const sql = `SELECT ${textsOf(subject.by)}, current, previous, currentOfAll, previousOfAll FROM (
  SELECT ${keys.join(', ')}, sumIf(${metric}, isCurrent) AS current, sumIf(${metric}, NOT isCurrent) AS previous,
    sum(current) OVER () AS currentOfAll, sum(previous) OVER () AS previousOfAll
  FROM (SELECT *, 1 AS isCurrent FROM (${now.sql}) UNION ALL SELECT *, 0 AS isCurrent FROM (${then.sql}))
  GROUP BY ${keys.join(', ')} HAVING current > 0 OR previous > 0
  ORDER BY abs(toFloat64(current) - toFloat64(previous)) DESC, ${keys.join(', ')}
  LIMIT ${binder.bind('UInt32', limit)}
)`;
  return { ...question(sql, binder, now), againstMissing: then.missing };
}

/**
 * The interfaces that carried most: exporter, interface, their names, and the sums of each direction. One
 * that was renamed has the later of its names in the alphabet: any would do, but the same one each time.
 */
export function interfacesQuestion(
  { subject, limit }: Omit<Ranking, 'metric'>,
  tables: readonly PlannedTable[],
): Question {
  const binder = new Binder();
  const [input, output] = INTERFACE_KEYS.map((by) =>
    sourceOf({ ...subject, by }, tables, binder),
  ) as [Source, Source];
  const directions = ['input', 'output'].flatMap((name, isOutput) =>
    ['octets', 'packets', 'flows'].map(
      (sum) => `sumIf(${sum}, isOutput = ${isOutput}) AS ${name}_${sum}`,
    ),
  );
  const sql = `SELECT toString(k0) AS exporter, k2 AS interface, max(k1) AS exporterName, max(k3) AS interfaceName,
  ${directions.join(', ')}
FROM (SELECT *, 0 AS isOutput FROM (${input.sql}) UNION ALL SELECT *, 1 AS isOutput FROM (${output.sql}))
GROUP BY k0, k2 ORDER BY input_octets + output_octets DESC, k0, k2 LIMIT ${binder.bind('UInt32', limit)}`;
  return question(sql, binder, input);
}
