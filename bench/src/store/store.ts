// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- store-queries`: what a stored flow costs, and how long questions take.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChdbSessions,
  ChdbStore,
  createQueries,
  MIDDLING_HOST,
  QuestionGate,
  writeGeneratedFlows,
} from '@weir/collector/bench';
import { parseFilter } from '@weir/wire';
import { say } from '../progress.js';

export interface StoreOptions {
  readonly rows: number;
  /** Of the database; removed before and, without `keep`, afterwards. */
  readonly folder: string;
  readonly keep?: boolean;
  /** Of each question. */
  readonly rounds: number;
}

export interface QuestionRow {
  readonly question: string;
  readonly table: string;
  readonly milliseconds: readonly number[];
}

export interface StoreMeasured {
  readonly rows: number;
  readonly insertMicroseconds: number;
  /** Processor time of insert and of the merges that follow from it. */
  readonly cpuMicroseconds: number;
  readonly cpuWithMergesMicroseconds: number;
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly octets: number;
  }[];
  readonly questions: readonly QuestionRow[];
}

const ROWS_AN_INSERT = 500_000;
const ROWS_TOLD = 10_000_000;
const DAY_MS = 86_400_000;
const END_MS = 600_000;
const PIECE_MS = 10_000;
const MERGE_PATIENCE_SECONDS = 600;
/** A day that ends neither on an hour nor on a minute, as an operator's does. */
const END = Date.UTC(2026, 5, 2, 13, 37, 21);

const HOUR_MS = 3_600_000;

/**
 * A collector stores every second what came. Here most of a day is stored in large pieces, but not its ends, of which
 * single records are asked for: records of one insert are in the order of their addresses, not of time.
 */
function rowsOfInsert(first: number, totalRows: number): number {
  const at = (first / totalRows) * DAY_MS;
  const untilEnd = DAY_MS - END_MS - at;
  const isEnd = at < END_MS || untilEnd <= 0;
  const milliseconds = isEnd ? PIECE_MS : untilEnd;
  const rows = Math.ceil((milliseconds / DAY_MS) * totalRows);
  return Math.min(rows, ROWS_AN_INSERT, totalRows - first);
}

const RUNNING_MERGES = 'SELECT count() AS merges FROM system.merges';
/** Sums of hours; a day of them becomes one part within ten minutes. */
const HOURS = "SELECT name FROM system.tables WHERE database = 'weir' AND match(name, '_[16]h$')";

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

class StoreBench {
  readonly #options: StoreOptions;
  readonly #store: ChdbStore;
  readonly #sessions: ChdbSessions;
  #insertSeconds = 0;
  #cpuSeconds = 0;
  #cpuWithMergesSeconds = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    const days = 36_500;
    this.#store = new ChdbStore({
      dataFolder: options.folder,
      retentionDays: days,
      rollupRetentionDays: days,
    });
    this.#sessions = new ChdbSessions(path.join(options.folder, 'flows'));
  }

  async run(): Promise<StoreMeasured> {
    rmSync(this.#options.folder, { recursive: true, force: true });
    mkdirSync(this.#options.folder, { recursive: true });
    await this.#store.open();
    await this.#sessions.open();
    try {
      await this.#fill();
      const questions = await this.#ask();
      return this.#measured(await this.#tables(), questions);
    } finally {
      await this.#sessions.close();
      await this.#store.close();
      if (!this.#options.keep) rmSync(this.#options.folder, { recursive: true, force: true });
    }
  }

  async #fill(): Promise<void> {
    const { rows: totalRows, folder } = this.#options;
    const file = path.join(folder, 'generated.native');
    let rows = 0;
    for (let first = 0; first < totalRows; first += rows) {
      rows = rowsOfInsert(first, totalRows);
      const part = { first, rows, totalRows, from: END - DAY_MS, to: END };
      const merging = seconds();
      await this.#sessions.write(writeGeneratedFlows(file, part));
      // Merges go on while rows are made; what making them costs is taken out below.
      const made = seconds();
      const begun = performance.now();
      await this.#store.insertFiles([file], `generated-${first}`);
      this.#insertSeconds += (performance.now() - begun) / 1000;
      this.#cpuSeconds += seconds() - made;
      this.#cpuWithMergesSeconds += seconds() - merging;
      const [before, now] = [first, first + rows].map((stored) => Math.floor(stored / ROWS_TOLD));
      if (before !== now) say(`stored ${first + rows} of ${totalRows}`);
    }
    await this.#settle();
    this.#cpuWithMergesSeconds -= await this.#costOfMaking(file);
  }

  /** The questions are about a store as it is after ten minutes; nobody waits so long for it. */
  async #settle(): Promise<void> {
    const before = seconds();
    for (let left = MERGE_PATIENCE_SECONDS; left > 0; left--) {
      await sleep(1000);
      const [row] = await this.#sessions.look<{ merges: number }>(RUNNING_MERGES);
      if (Number(row?.merges) === 0) break;
    }
    for (const { name } of await this.#sessions.look<{ name: string }>(HOURS)) {
      await this.#sessions.write(`OPTIMIZE TABLE weir.${name} FINAL`);
    }
    this.#cpuWithMergesSeconds += seconds() - before;
  }

  async #costOfMaking(file: string): Promise<number> {
    const { rows: totalRows } = this.#options;
    const rows = Math.min(ROWS_AN_INSERT, totalRows);
    const before = seconds();
    const part = { first: 0, rows, totalRows, from: END - DAY_MS, to: END };
    await this.#sessions.write(writeGeneratedFlows(file, part));
    return ((seconds() - before) * totalRows) / rows;
  }

  async #ask(): Promise<QuestionRow[]> {
    const gate = new QuestionGate({ running: 2, waiting: 100 });
    const limits = { limitSeconds: 300, exportLimitSeconds: 300 };
    const queries = createQueries({ store: this.#store, gate, exportGate: gate, ...limits });
    const day = { from: END - DAY_MS, to: END };
    const hour = Math.floor(END / HOUR_MS) * HOUR_MS;
    const wholeHours = { from: hour - DAY_MS, to: hour };
    const top = (by: 'host' | 'applicationName' | 'network', filter = '', window = day) => {
      const condition = parseFilter(filter);
      return queries.top({ window, condition, by: [by], metric: 'octets', limit: 10 });
    };
    const questions = {
      'top 10 hosts, 24 h': () => top('host'),
      'top 10 hosts, 24 whole hours': () => top('host', '', wholeHours),
      'top 10 applications, 24 h': () => top('applicationName'),
      'top 10 networks, 24 h': () => top('network'),
      'records of one address, 24 h: top 10 applications': () =>
        top('applicationName', `ip = ${MIDDLING_HOST}`),
    };
    const rows: QuestionRow[] = [];
    for (const [question, ask] of Object.entries(questions)) {
      const milliseconds: number[] = [];
      let table = '';
      for (let round = 0; round < this.#options.rounds; round++) {
        const begun = performance.now();
        ({ table = '' } = (await ask()) as { table?: string });
        milliseconds.push(performance.now() - begun);
      }
      rows.push({ question, table, milliseconds });
    }
    return rows;
  }

  #tables(): Promise<StoreMeasured['tables']> {
    return this.#sessions.look(
      `SELECT table AS name, toFloat64(sum(rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS octets
FROM system.parts WHERE database = 'weir' AND active GROUP BY name HAVING rows > 1 ORDER BY name`,
    );
  }

  #measured(tables: StoreMeasured['tables'], questions: readonly QuestionRow[]): StoreMeasured {
    const { rows } = this.#options;
    const perRow = (total: number) => (total / rows) * 1e6;
    return {
      rows,
      insertMicroseconds: perRow(this.#insertSeconds),
      cpuMicroseconds: perRow(this.#cpuSeconds),
      cpuWithMergesMicroseconds: perRow(this.#cpuWithMergesSeconds),
      tables,
      questions,
    };
  }
}

export function measureStore(options: StoreOptions): Promise<StoreMeasured> {
  return new StoreBench(options).run();
}
