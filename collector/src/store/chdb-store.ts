// SPDX-License-Identifier: Apache-2.0
import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from '@weir/wire';
import { CollectorError, messageOf, reasonOf } from '../errors.js';
import { freeOctets, SpoolRefusal } from '../spool/spool.js';
import { ChdbSessions, rowsOf } from './chdb-sessions.js';
import { type FlowStore, type Statement, StoreError, type StoreState } from './flow-store.js';
import { lockHolder } from './lock-holder.js';
import { Migration } from './migration.js';
import { type Retention, RetentionKeeper } from './retention.js';
import {
  ADDRESSES_6H_COMPLETE,
  COLUMN_LIST,
  LOCAL,
  ONE_BLOCK,
  SCHEMA_VERSION,
  settingStatements,
  tableStatements,
  versionTables,
  viewStatements,
} from './schema.js';
import { refuseEmptyFiles } from './spool-files.js';

export interface ChdbOptions extends Retention {
  /** The database is in `flows/` below it. One process at a time. */
  readonly dataFolder: string;
  /** The store takes nothing while the disk has less left. @default 0 */
  readonly diskReserveBytes?: number;
  readonly log?: Logger;
}

/** What the library says about a file that is no file of rows. */
const UNREADABLE =
  /CANNOT_READ_ALL_DATA|INCORRECT_DATA|CANNOT_PARSE|UNKNOWN_TYPE|TYPE_MISMATCH|UNKNOWN_IDENTIFIER|ATTEMPT_TO_READ_AFTER_EOF|CANNOT_EXTRACT_TABLE_STRUCTURE|TOO_LARGE_(STRING|ARRAY)_SIZE|SYNTAX_ERROR|THERE_IS_NO_COLUMN|INVALID_DATA|ILLEGAL_COLUMN|NOT_FOUND_COLUMN|FILE_DOESNT_EXIST|EMPTY_DATA_PASSED|TOO_MANY_PARTITIONS/;

/** ClickHouse in the process. Queries and inserts run on threads of libuv, off the event loop. */
export class ChdbStore implements FlowStore {
  readonly engine = 'chdb';
  readonly #options: ChdbOptions;
  readonly #databaseFolder: string;
  readonly #sessions: ChdbSessions;
  readonly #retention: RetentionKeeper;
  #migration: Migration | undefined;
  #open = false;
  #diskProblem: string | undefined;

  constructor(options: ChdbOptions) {
    this.#options = options;
    this.#databaseFolder = join(resolve(options.dataFolder), 'flows');
    this.#sessions = new ChdbSessions(this.#databaseFolder);
    this.#retention = new RetentionKeeper({
      retention: options,
      write: (sql) => this.#sessions.write(sql),
      look: (sql) => this.#sessions.look(sql),
      log: options.log ?? (() => undefined),
    });
  }

  get state(): StoreState {
    const { tables, octets, droppedForSize, problem } = this.#retention.state;
    return {
      tables,
      octets,
      droppedForSize,
      problem: this.#migration?.problem ?? this.#diskProblem ?? problem,
      migration: this.#migration?.progress,
    };
  }

  async open(): Promise<void> {
    await this.#prepareFolder();
    await this.#refuseLocked();
    try {
      await this.#sessions.open();
      this.#open = true;
      await this.#prepareTables();
    } catch (error) {
      await this.close();
      throw error instanceof CollectorError ? error : openError(this.#databaseFolder, error);
    }
  }

  async insertFiles(paths: readonly string[], token: string): Promise<void> {
    this.#refuseWhileMigrating();
    await this.#refuseFullDisk();
    await refuseEmptyFiles(paths);
    const rows = paths.map((path) => `SELECT ${COLUMN_LIST} FROM file(${quoted(path)}, 'Native')`);
    try {
      await this.#sessions.write(
        `INSERT INTO weir.flows (${COLUMN_LIST}) ${rows.join('\nUNION ALL ')}
SETTINGS insert_deduplication_token = ${quoted(token)}, ${ONE_BLOCK},
  deduplicate_insert_select = 'force_enable'`,
      );
    } catch (error) {
      if (UNREADABLE.test(messageOf(error))) {
        throw new SpoolRefusal(messageOf(error), { cause: error });
      }
      throw error;
    }
  }

  async query<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]> {
    const mark = this.#sessions.mark();
    const kill = () => void this.#sessions.kill(mark);
    try {
      return await this.#sessions.ask(
        async (session) => {
          signal?.throwIfAborted();
          signal?.addEventListener('abort', kill, { once: true });
          const options = { format: 'JSONCompact' };
          const sql = `${mark} ${withSettings(statement)}`;
          const { parameters } = statement;
          const result =
            Object.keys(parameters).length === 0
              ? await session.queryAsync(sql, options)
              : await session.queryBindAsync(sql, parameters, options);
          return rowsOf<Row>(result.text());
        },
        { asker: statement.asker ?? 'people', signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw questionError(error);
    } finally {
      signal?.removeEventListener('abort', kill);
    }
  }

  async *stream(
    statement: Statement,
    signal: AbortSignal,
  ): AsyncGenerator<readonly (readonly unknown[])[]> {
    signal.throwIfAborted();
    const mark = this.#sessions.mark();
    // The stream's own signal counts between two fetches only, and one may look for rows for long.
    const kill = () => void this.#sessions.kill(mark);
    // A session streams one answer at a time.
    const session = this.#sessions.connect();
    signal.addEventListener('abort', kill, { once: true });
    try {
      const sql = `${mark} ${withSettings(statement)}`;
      const options = { format: 'JSONCompactEachRow', signal };
      const chunks = session.queryStreamBind(sql, statement.parameters, options);
      const fetches = chunks[Symbol.asyncIterator]();
      for (;;) {
        const fetched = await this.#sessions.fetch(() => fetches.next(), signal);
        if (fetched.done === true) return;
        yield fetched.value.rows<readonly unknown[]>();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw questionError(error);
    } finally {
      signal.removeEventListener('abort', kill);
      // Cancels its stream, too.
      session.close();
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#migration?.stop();
    await this.#retention.stop();
    await this.#sessions.close();
  }

  async #prepareFolder(): Promise<void> {
    const folder = resolve(this.#options.dataFolder);
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new CollectorError(
        'WEIR_COLLECTOR_DATA_FOLDER',
        `${folder} (${reasonOf(error)}); make it writable for this user or choose another with --data`,
        error,
      );
    }
  }

  async #refuseLocked(): Promise<void> {
    const holder = await lockHolder(join(this.#databaseFolder, 'status'));
    if (holder === undefined || holder === process.pid) return;
    throw new CollectorError(
      'WEIR_COLLECTOR_DATA_LOCKED',
      `${this.#options.dataFolder}, held by process ${holder}; stop it (kill ${holder}) or choose another folder with --data`,
    );
  }

  #refuseWhileMigrating(): void {
    const progress = this.#migration?.progress;
    if (progress === undefined) return;
    throw new CollectorError(
      'WEIR_COLLECTOR_MIGRATING',
      `${progress}; what comes waits in the spool`,
    );
  }

  async #refuseFullDisk(): Promise<void> {
    const { diskReserveBytes = 0, dataFolder } = this.#options;
    const free = diskReserveBytes === 0 ? 0 : await freeOctets(dataFolder);
    this.#diskProblem =
      free < diskReserveBytes
        ? `the disk of ${dataFolder} has ${free} octets left, and ${diskReserveBytes} are kept free (--disk-reserve): nothing is stored; make room or lower --store-size`
        : undefined;
    if (this.#diskProblem !== undefined) {
      throw new CollectorError('WEIR_COLLECTOR_DISK_FULL', this.#diskProblem);
    }
  }

  async #prepareTables(): Promise<void> {
    const { write, look } = {
      write: (sql: string) => this.#sessions.write(sql),
      look: <Row>(sql: string) => this.#sessions.look<Row>(sql),
    };
    for (const sql of versionTables(LOCAL)) await write(sql);
    const [found] = await look<{ version: number }>(
      'SELECT max(version) AS version FROM weir.schema_versions',
    );
    const version = found?.version ?? 0;
    if (version > SCHEMA_VERSION) throw this.#schemaError(version);
    if (version === 1) {
      this.#migration = new Migration({
        write,
        look,
        freeOctets: async () =>
          (await freeOctets(this.#databaseFolder)) - (this.#options.diskReserveBytes ?? 0),
        log: this.#options.log ?? (() => undefined),
        onDone: () => void this.#retention.start(),
      });
      await this.#migration.start();
      return;
    }
    for (const sql of [...tableStatements(LOCAL), ...viewStatements(LOCAL)]) await write(sql);
    if (version === 2) {
      for (const sql of [...settingStatements(LOCAL), ADDRESSES_6H_COMPLETE]) await write(sql);
    }
    if (version < SCHEMA_VERSION) {
      await write(`INSERT INTO weir.schema_versions SELECT ${SCHEMA_VERSION}, now()`);
    }
    await this.#retention.start();
  }

  #schemaError(version: number): CollectorError {
    return new CollectorError(
      'WEIR_COLLECTOR_DATA_SCHEMA',
      `${this.#options.dataFolder} has tables of version ${version}, this Weir knows them up to ${SCHEMA_VERSION}; ` +
        'start the Weir that wrote it, or choose another folder with --data',
    );
  }
}

/** Of one question; what needs more goes on in files of the data folder. */
const QUESTION_OCTETS = 512 * 1024 * 1024;

function withSettings({ sql, limitSeconds }: Statement): string {
  const limit = limitSeconds === undefined ? '' : `, max_execution_time = ${Number(limitSeconds)}`;
  return `${sql}\nSETTINGS output_format_json_quote_64bit_integers = 0${limit},
  max_bytes_before_external_group_by = ${QUESTION_OCTETS}, max_bytes_before_external_sort = ${QUESTION_OCTETS}`;
}

function questionError(error: unknown): unknown {
  const isLate = /TIMEOUT_EXCEEDED|Timeout exceeded/.test(messageOf(error));
  return isLate ? new StoreError('WEIR_STORE_TIME_LIMIT', error) : error;
}

function openError(folder: string, error: unknown): CollectorError {
  return new CollectorError(
    'WEIR_COLLECTOR_DATA_FOLDER',
    `${folder} (${messageOf(error).trim()}); see that the disk has room and that this user may write there. ` +
      `Where files of the database are damaged, move the folder away (mv ${folder} ${folder}.damaged) and start again: rules and waiting records are kept beside it`,
    error,
  );
}

/** A string literal of ClickHouse's dialect. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
