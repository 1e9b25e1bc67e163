// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import { CollectorError, messageOf } from '../errors.js';
import {
  LOCAL,
  ONE_BLOCK,
  SCHEMA_VERSION,
  sumsOfRecords,
  tableStatements,
  VIEWS,
  viewOf,
} from './schema.js';
import { TABLES, TRAFFIC_DIMENSIONS } from './tables.js';
import { type Count, chunksOf, fromRecords, fromSums, OLD_RECORDS, OLD_SUMS } from './version-1.js';

export interface MigrationOptions {
  readonly write: (sql: string) => Promise<void>;
  readonly look: <Row>(sql: string) => Promise<Row[]>;
  /** That may be filled. */
  readonly freeOctets: () => Promise<number>;
  readonly log: Logger;
  readonly onDone: () => void;
  /** Wait before it goes on after a failure. */
  readonly retryMs?: number;
}

interface Day {
  /** "2026-01-15" */
  readonly day: string;
  readonly rows: number;
  readonly octets: number;
}

/** Of the old tables: the sums by address are new, and while a day is copied it is there twice. */
const MORE_OCTETS = 0.3;
const LEAST_ROOM = 64 * 1024 * 1024;

/**
 * Brings tables of version 1 (records, and sums by minute) into the present shape, day by day, the newest
 * first, and removes each day of the old tables when it is copied. Every step can be done again, so a
 * process that is killed anywhere goes on where it was: a chunk that is in already is known by its token.
 * Nothing else may insert meanwhile.
 */
export class Migration {
  readonly #options: MigrationOptions;
  #total = 0;
  #copied = 0;
  #ended = false;
  #problem: string | undefined;
  readonly #giveUp = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: MigrationOptions) {
    this.#options = options;
  }

  /** What is done, in words; undefined when all is. */
  get progress(): string | undefined {
    if (this.#ended) return undefined;
    const percent = this.#total === 0 ? 0 : Math.floor((this.#copied / this.#total) * 100);
    return `tables of an older Weir are brought into shape: ${percent} % of ${this.#total} rows`;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Makes the new tables, then copies in the background. @throws CollectorError WEIR_COLLECTOR_DATA_ROOM */
  async start(): Promise<void> {
    await this.#moveOldTables();
    await this.#refuseTooLittleRoom();
    await this.#makeTables();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#giveUp.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log, retryMs = 30_000 } = this.#options;
    const { signal } = this.#giveUp;
    while (!signal.aborted && !this.#ended) {
      try {
        await this.#copyAll();
      } catch (error) {
        this.#problem = `tables of an older Weir cannot be brought into shape: ${messageOf(error).trim()}; what came since waits in the spool`;
        log('error', 'the migration failed; trying again', { problem: this.#problem });
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #moveOldTables(): Promise<void> {
    const { write, look } = this.#options;
    const old = await look<{ table: string }>(
      `SELECT table FROM system.columns WHERE database = 'weir'
AND (table = 'flows' AND name = 'exportVersion' OR table = 'flows_1m' AND name = 'minute')`,
    );
    if (old.length > 0) await write('DROP TABLE IF EXISTS weir.flows_1m_view SYNC');
    for (const { table } of old) await write(`RENAME TABLE weir.${table} TO weir.${table}_v1`);
    const kept = await look<{ name: string; ttl: number }>(
      `SELECT name, position(create_table_query, ' TTL ') AS ttl FROM system.tables
WHERE database = 'weir' AND endsWith(name, '_v1')`,
    );
    // Nothing may change the old tables below a copy.
    for (const { name, ttl } of kept) {
      if (Number(ttl) > 0) await write(`ALTER TABLE weir.${name} REMOVE TTL`);
      await write(`SYSTEM STOP MERGES weir.${name}`);
    }
  }

  async #refuseTooLittleRoom(): Promise<void> {
    const days = [...(await this.#days(OLD_RECORDS)), ...(await this.#days(OLD_SUMS))];
    this.#total = days.reduce((sum, { rows }) => sum + rows, 0);
    const octets = days.reduce((sum, day) => sum + day.octets, 0);
    const largest = Math.max(0, ...days.map((day) => day.octets));
    const needed = Math.ceil(LEAST_ROOM + octets * MORE_OCTETS + largest * 2);
    const free = await this.#options.freeOctets();
    if (free >= needed) return;
    throw new CollectorError(
      'WEIR_COLLECTOR_DATA_ROOM',
      `${needed} octets are needed, ${free} are free beside --disk-reserve; make room, or choose another folder with --data`,
    );
  }

  async #makeTables(): Promise<void> {
    for (const sql of tableStatements(LOCAL)) await this.#options.write(sql);
    // flows_1m is filled from the old sums where the records are gone, so its view comes last.
    const names = Object.keys(VIEWS) as (keyof typeof VIEWS)[];
    for (const name of names.filter((each) => each !== 'flows_1m')) {
      await this.#options.write(viewOf(LOCAL, name));
    }
  }

  async #days(table: string): Promise<Day[]> {
    const rows = await this.#options.look<{ day: string; rows: string; octets: string }>(
      `SELECT partition AS day, sum(rows) AS rows, sum(bytes_on_disk) AS octets FROM system.parts
WHERE database = 'weir' AND table = '${table}' AND active GROUP BY day ORDER BY day DESC`,
    );
    return rows.map(({ day, ...sizes }) => ({
      day,
      rows: Number(sizes.rows),
      octets: Number(sizes.octets),
    }));
  }

  async #copyAll(): Promise<void> {
    const { write, log } = this.#options;
    await this.#rememberBeginning();
    for (const day of await this.#days(OLD_RECORDS)) {
      await this.#copyDay(day);
      if (this.#giveUp.signal.aborted) return;
    }
    for (const day of await this.#days(OLD_SUMS)) {
      await this.#copySums(day.day);
      if (this.#giveUp.signal.aborted) return;
      await this.#dropDay(OLD_SUMS, day);
    }
    await write(viewOf(LOCAL, 'flows_1m'));
    await write(`INSERT INTO weir.schema_versions SELECT ${SCHEMA_VERSION}, now()`);
    for (const table of [OLD_RECORDS, OLD_SUMS]) {
      await write(`DROP TABLE IF EXISTS weir.${table} SYNC`);
    }
    this.#ended = true;
    this.#problem = undefined;
    log('info', 'tables of an older Weir are in shape', { rows: this.#total });
    this.#options.onDone();
  }

  /** What was never summed by address or system cannot be complete before the oldest record. */
  async #rememberBeginning(): Promise<void> {
    const records = (await this.#days(OLD_RECORDS)).at(-1)?.day;
    const sums = (await this.#days(OLD_SUMS)).at(-1)?.day;
    if (sums === undefined || (records !== undefined && records <= sums)) return;
    const since = records ?? sums;
    const tables = TABLES.map(({ name }) => name).filter((name) => !/^flows_/.test(name));
    await this.#options.write(
      `INSERT INTO weir.complete_from SELECT arrayJoin([${tables.map((name) => `'${name}'`).join(', ')}]), toDateTime64('${since} 00:00:00', 3, 'UTC')`,
    );
  }

  async #copyDay(day: Day): Promise<void> {
    const complete = await this.#recordsAreComplete(day.day);
    const counts = await this.#options.look<Count>(
      `SELECT intDiv(toUnixTimestamp(receivedMilliseconds), 60) AS slot, count() AS rows
FROM weir.${OLD_RECORDS} WHERE toDate(receivedMilliseconds) = '${day.day}' GROUP BY slot ORDER BY slot`,
    );
    for (const chunk of chunksOf(counts)) {
      if (this.#giveUp.signal.aborted) return;
      const source = fromRecords(chunk, day.day);
      const token = `version-1-records-${day.day}-${chunk.from}`;
      await this.#insert('flows', source, token);
      if (complete) {
        const sums = sumsOfRecords(TRAFFIC_DIMENSIONS, {
          table: `(${source})`,
          stepSeconds: 60,
          where: 'counted = 1',
        });
        await this.#insert('flows_1m', sums, token);
      }
      this.#copied += chunk.rows;
    }
    if (!complete) await this.#copySums(day.day);
    if (this.#giveUp.signal.aborted) return;
    // The sums go first: without them the day's sums are not copied a second time.
    await this.#dropDay(OLD_SUMS, day);
    await this.#dropDay(OLD_RECORDS, day);
  }

  /** Records know interfaces, which the old sums do not; but some of a day's may have expired. */
  async #recordsAreComplete(day: string): Promise<boolean> {
    const sums = async (table: string, flows: string, date: string) =>
      this.#options.look<object>(
        `SELECT sum(octets) AS octets, sum(packets) AS packets, ${flows} AS flows FROM weir.${table} WHERE ${date} = '${day}'`,
      );
    const records = await sums(OLD_RECORDS, 'count()', 'toDate(receivedMilliseconds)');
    return JSON.stringify(records) === JSON.stringify(await sums(OLD_SUMS, 'sum(flows)', 'day'));
  }

  async #copySums(day: string): Promise<void> {
    const counts = await this.#options.look<Count>(
      `SELECT intDiv(toUnixTimestamp(minute), 3600) AS slot, count() AS rows FROM weir.${OLD_SUMS}
WHERE day = '${day}' GROUP BY slot ORDER BY slot`,
    );
    for (const chunk of chunksOf(counts)) {
      if (this.#giveUp.signal.aborted) return;
      const token = `version-1-sums-${day}-${chunk.from}`;
      await this.#insert('flows_1m', fromSums(chunk, day), token);
      this.#copied += chunk.rows;
    }
  }

  async #insert(table: string, select: string, token: string): Promise<void> {
    const columns = `(${(await this.#columns(table)).join(', ')})`;
    await this.#options.write(
      `INSERT INTO weir.${table} ${columns} SELECT ${columns.slice(1, -1)} FROM (${select})
SETTINGS insert_deduplication_token = '${token}', ${ONE_BLOCK},
  deduplicate_insert_select = 'enable_even_for_bad_queries'`,
    );
  }

  async #columns(table: string): Promise<string[]> {
    const rows = await this.#options.look<{ name: string }>(
      `SELECT name FROM system.columns WHERE database = 'weir' AND table = '${table}' AND default_kind = '' ORDER BY position`,
    );
    return rows.map(({ name }) => name);
  }

  async #dropDay(table: string, { day }: Day): Promise<void> {
    await this.#options.write(
      `ALTER TABLE weir.${table} DROP PARTITION '${day}' SETTINGS max_partition_size_to_drop = 0`,
    );
  }
}
