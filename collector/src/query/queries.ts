// SPDX-License-Identifier: Apache-2.0
import {
  type CompareResponse,
  type Dimension,
  type FlowCondition,
  type FlowsResponse,
  type InterfacesResponse,
  isTwoSided,
  type MatrixResponse,
  type Metric,
  type SeriesResponse,
  type Sums,
  type TopResponse,
} from '@weir/wire';
import type { FlowStore, Statement } from '../store/flow-store.js';
import { TABLES } from '../store/tables.js';
import {
  type CompareRow,
  compareRest,
  compareRows,
  compareSumsOfAll,
  type InterfaceRow,
  interfacePage,
  type MatrixRow,
  matrixOf,
  restOf,
  type SeriesRow,
  type SumRow,
  seriesRows,
  sumsOf,
  sumsOfAll,
  type TopKeyRow,
  topRows,
} from './answers.js';
import { flowPage } from './flow-page.js';
import {
  exportersStatement,
  exportStatement,
  type FlowsQuestion,
  flowsStatement,
  uncountedStatement,
} from './flow-statements.js';
import { exporterComparisons, isByAddress } from './one-exporter.js';
import { lostOf, type PlannedTable, type Window } from './planner.js';
import type { QuestionGate } from './question-gate.js';
import { seriesStep, seriesWindows } from './series-step.js';
import type { Subject } from './sources.js';
import { bucketTimes } from './steps.js';
import {
  compareQuestion,
  interfacesQuestion,
  matrixQuestion,
  type Question,
  type SeriesQuestion,
  seriesQuestion,
  sumQuestion,
  topQuestion,
} from './sum-statements.js';

/** What all questions that sum up have. */
export interface Asked {
  readonly window: Window;
  readonly condition: FlowCondition;
  readonly by: readonly Dimension[];
  readonly metric: Metric;
  readonly limit: number;
}
export interface SeriesAsked extends Asked {
  /** Absent: one that fits the window and what is kept of it. */
  readonly stepSeconds?: number | undefined;
  /** Also as it was so much earlier, rounded up to whole steps. */
  readonly previousMilliseconds?: number | undefined;
}
export interface CompareAsked extends Asked {
  readonly against: Window;
}

export interface KeysAsked extends Omit<Asked, 'by'> {
  readonly by: Dimension;
  /** Of this question. */
  readonly limitSeconds: number;
}

/** The API's questions, asked of a store. An aborted signal ends the question where the store can. */
export interface Queries {
  flows(question: FlowsQuestion, signal?: AbortSignal): Promise<FlowsResponse>;
  /** Parts of a window of which single records are gone. */
  missingRecords(window: Window): readonly Window[];
  /** Records as lists of the columns' values, some at a time. */
  export(
    question: Omit<FlowsQuestion, 'sort'>,
    signal: AbortSignal,
  ): AsyncIterable<readonly (readonly unknown[])[]>;
  top(asked: Asked, signal?: AbortSignal): Promise<TopResponse>;
  /** The largest keys alone, of one dimension. */
  keys(asked: KeysAsked, signal?: AbortSignal): Promise<string[]>;
  /** @throws QueryError WEIR_QUERY_STEP_TOO_FINE */
  series(asked: SeriesAsked, signal?: AbortSignal): Promise<SeriesResponse>;
  matrix(asked: Asked, signal?: AbortSignal): Promise<MatrixResponse>;
  compare(asked: CompareAsked, signal?: AbortSignal): Promise<CompareResponse>;
  interfaces(
    asked: Pick<Asked, 'window' | 'condition' | 'limit'>,
    signal?: AbortSignal,
  ): Promise<InterfacesResponse>;
  /** Somebody else's statement, when it is its turn. */
  ask<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]>;
  /** The same at once: a rule does not wait for people's questions. */
  askForRule<Row>(statement: Statement): Promise<Row[]>;
}

export interface QueryOptions {
  readonly store: FlowStore;
  readonly gate: QuestionGate;
  /** Of exports, which take as long as their readers: no question waits for one. */
  readonly exportGate: QuestionGate;
  /** Of one question. */
  readonly limitSeconds: number;
  /** An export's: it is as long as its reader. */
  readonly exportLimitSeconds: number;
}

/** What is known of records that do not count is looked up again after so long. */
const UNCOUNTED_AGE_MS = 10_000;

export function createQueries(options: QueryOptions): Queries {
  return new StoreQueries(options);
}

class StoreQueries implements Queries {
  readonly #options: QueryOptions;
  #uncounted = false;
  #lookedMilliseconds = 0;

  constructor(options: QueryOptions) {
    this.#options = options;
  }

  async flows(question: FlowsQuestion, signal?: AbortSignal): Promise<FlowsResponse> {
    const { limit } = question;
    const rows = await this.#ask<Record<string, unknown>>(
      flowsStatement({ ...question, limit: limit + 1 }),
      signal,
    );
    return { ...flowPage(question, rows), missing: lostOf(question.window, this.#tables) };
  }

  missingRecords(window: Window): readonly Window[] {
    return lostOf(window, this.#tables);
  }

  async *export(
    question: Omit<FlowsQuestion, 'sort'>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly (readonly unknown[])[]> {
    const { store, exportGate, exportLimitSeconds: limitSeconds } = this.#options;
    const release = await exportGate.enter(signal);
    try {
      yield* store.stream({ ...exportStatement(question), limitSeconds }, signal);
    } finally {
      release();
    }
  }

  async top(asked: Asked, signal?: AbortSignal): Promise<TopResponse> {
    const { by, limit, metric } = asked;
    const subject = await this.#subject(asked, signal);
    const { statement, ...answered } = topQuestion({ subject, metric, limit }, this.#tables);
    const [found, total] = await Promise.all([
      this.#ask<TopKeyRow>(statement, signal),
      this.#totalBeside(subject, signal),
    ]);
    const rows = topRows(found, by);
    const ends = sumsOfAll(found);
    return { ...headOf(asked, answered), rows, other: restOf(ends, rows), total: total ?? ends };
  }

  async keys({ by, ...asked }: KeysAsked, signal?: AbortSignal): Promise<string[]> {
    const { metric, limit, limitSeconds } = asked;
    const subject = await this.#subject({ ...asked, by: [by] }, signal);
    const { statement } = topQuestion({ subject, metric, limit }, this.#tables);
    const rows = await this.#ask<TopKeyRow>({ ...statement, limitSeconds }, signal);
    return topRows(rows, [by]).map(({ key }) => key);
  }

  async series(asked: SeriesAsked, signal?: AbortSignal): Promise<SeriesResponse> {
    const { metric, limit, window, previousMilliseconds: shift = 0 } = asked;
    const against = { from: Math.max(0, window.from - shift), to: Math.max(0, window.to - shift) };
    const subject = await this.#subject({ ...asked, against }, signal);
    const stepSeconds = seriesStep({ ...asked, subject }, this.#tables);
    const [, earlier] = seriesWindows({ ...asked, subject }, stepSeconds);
    const question = { ranking: { subject, metric, limit }, window, stepSeconds };
    const { series, ...answered } = await this.#seriesOf(question, signal);
    const answer = {
      ...headOf(asked, answered),
      stepSeconds,
      times: bucketTimes(window, stepSeconds),
      series,
    };
    if (earlier === undefined) return answer;
    const before = await this.#seriesOf({ ...question, window: earlier }, signal);
    const shiftMilliseconds = window.from - earlier.from;
    const { series: then, missing } = before;
    return { ...answer, previous: { shiftMilliseconds, series: then, missing } };
  }

  async matrix(asked: Asked, signal?: AbortSignal): Promise<MatrixResponse> {
    const { metric, limit } = asked;
    const ranking = { subject: await this.#subject(asked, signal), metric, limit };
    const { statement, ...answered } = matrixQuestion(ranking, this.#tables);
    const rows = await this.#ask<MatrixRow>(statement, signal);
    return { ...headOf(asked, answered), ...matrixOf(rows) };
  }

  async compare(asked: CompareAsked, signal?: AbortSignal): Promise<CompareResponse> {
    const { by, metric, limit, against } = asked;
    const subject = await this.#subject(asked, signal);
    const ranking = { subject, metric, limit, against };
    const { statement, againstMissing, ...answered } = compareQuestion(ranking, this.#tables);
    const [found, current, previous] = await Promise.all([
      this.#ask<CompareRow>(statement, signal),
      this.#totalBeside(subject, signal),
      this.#totalBeside({ ...subject, window: against }, signal),
    ]);
    const ends = compareSumsOfAll(found);
    const rows = compareRows(found, by);
    return {
      ...headOf(asked, answered),
      against: { ...against, missing: [...againstMissing] },
      rows,
      other: compareRest(ends, rows),
      total: {
        current: current?.[metric] ?? ends.current,
        previous: previous?.[metric] ?? ends.previous,
      },
    };
  }

  async interfaces(
    asked: Pick<Asked, 'window' | 'condition' | 'limit'>,
    signal?: AbortSignal,
  ): Promise<InterfacesResponse> {
    const { limit, window } = asked;
    const subject = await this.#subject({ ...asked, by: [] }, signal);
    const question = interfacesQuestion({ subject, limit: limit + 1 }, this.#tables);
    const { statement, table, missing } = question;
    const [found, total] = await Promise.all([
      this.#ask<InterfaceRow>(statement, signal),
      this.#sum(subject, signal),
    ]);
    return { ...window, table, missing: [...missing], ...interfacePage(found, { total, limit }) };
  }

  ask<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]> {
    return this.#ask<Row>(statement, signal);
  }

  askForRule<Row>(statement: Statement): Promise<Row[]> {
    const { store, limitSeconds } = this.#options;
    return store.query<Row>({ ...statement, limitSeconds, asker: 'rule' });
  }

  get #tables(): readonly PlannedTable[] {
    const { tables } = this.#options.store.state;
    return TABLES.map((table) => {
      const since = tables.find(({ name }) => name === table.name)?.completeFrom ?? 0;
      return since > 0 ? { ...table, completeFromMilliseconds: since } : table;
    });
  }

  /** `against`: another window that is asked for, too. */
  async #subject(
    asked: Pick<Asked, 'window' | 'condition' | 'by'> & Partial<Pick<CompareAsked, 'against'>>,
    signal: AbortSignal | undefined,
  ): Promise<Subject> {
    const { window, condition, by, against = window } = asked;
    const everyRecord = await this.#isEveryRecordMeant(condition, [window, against], signal);
    return { window, condition, by, everyRecord };
  }

  async #isEveryRecordMeant(
    condition: FlowCondition,
    windows: readonly Window[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const exporters = exporterComparisons(condition);
    if (exporters.length === 0 || !(await this.#hasUncounted(signal))) return false;
    if (exporters.some(isByAddress)) return true;
    for (const named of exporters) {
      const found = await this.#ask<unknown>(exportersStatement(named, windows), signal);
      if (found.length === 1) return true;
    }
    return false;
  }

  /** Where every record counts, tables of sums know all of an exporter, too. */
  async #hasUncounted(signal: AbortSignal | undefined): Promise<boolean> {
    const now = Date.now();
    if (Math.abs(now - this.#lookedMilliseconds) < UNCOUNTED_AGE_MS) return this.#uncounted;
    const found = await this.#ask<unknown>(uncountedStatement(), signal);
    this.#uncounted = found.length > 0;
    this.#lookedMilliseconds = now;
    return this.#uncounted;
  }

  #ask<Row>(statement: Statement, signal: AbortSignal | undefined): Promise<Row[]> {
    const { store, gate, limitSeconds } = this.#options;
    return gate.run(() => store.query<Row>({ limitSeconds, ...statement }, signal), signal);
  }

  /** The sum of all flows where it is not that of all keys: with two sides a flow is in the sums of two. */
  async #totalBeside(subject: Subject, signal: AbortSignal | undefined): Promise<Sums | undefined> {
    return subject.by.some(isTwoSided) ? this.#sum({ ...subject, by: [] }, signal) : undefined;
  }

  async #sum(subject: Subject, signal: AbortSignal | undefined): Promise<TopResponse['total']> {
    const [row] = await this.#ask<SumRow>(sumQuestion(subject, this.#tables).statement, signal);
    return sumsOf(row);
  }

  async #seriesOf(
    asked: SeriesQuestion,
    signal: AbortSignal | undefined,
  ): Promise<Pick<SeriesResponse, 'table' | 'missing' | 'series'>> {
    const { ranking, window, stepSeconds } = asked;
    const { by } = ranking.subject;
    const { statement, table, missing } = seriesQuestion(asked, this.#tables);
    const rows = await this.#ask<SeriesRow>(statement, signal);
    const times = bucketTimes(window, stepSeconds);
    const series = seriesRows(rows, { by, times, stepSeconds });
    return { table, missing: [...missing], series };
  }
}

function headOf(
  { by, metric, window }: Asked,
  { table, missing }: Pick<Question, 'table' | 'missing'>,
) {
  const { from, to } = window;
  return { by: [...by], metric, from, to, table, missing: [...missing] };
}
