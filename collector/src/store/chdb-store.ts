// SPDX-License-Identifier: Apache-2.0
import { access, constants, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Session } from 'chdb';
import { CollectorError, messageOf, reasonOf } from '../errors.js';
import { ChdbSessions } from './chdb-sessions.js';
import { type FlowStore, type Statement, StoreError } from './flow-store.js';
import { lockHolder } from './lock-holder.js';
import {
  CREATE_TABLES,
  CREATE_VERSIONS,
  FLOW_COLUMNS,
  type Retention,
  retentionStatements,
  SCHEMA_VERSION,
} from './schema.js';

const COLUMN_LIST = Object.keys(FLOW_COLUMNS).join(', ');

export interface ChdbOptions extends Retention {
  /** The database is in `flows/` below it. One process at a time. */
  readonly dataFolder: string;
}

/** ClickHouse in the process. Queries and inserts run on threads of libuv, off the event loop. */
export class ChdbStore implements FlowStore {
  readonly engine = 'chdb';
  readonly #options: ChdbOptions;
  readonly #databaseFolder: string;
  readonly #insertFile: string;
  /** Connections of their own keep the dashboard's queries from waiting for inserts. */
  #writing: Session | undefined;
  #reading: ChdbSessions | undefined;

  constructor(options: ChdbOptions) {
    this.#options = options;
    const folder = resolve(options.dataFolder);
    this.#databaseFolder = join(folder, 'flows');
    this.#insertFile = join(folder, 'insert.native');
  }

  async open(): Promise<void> {
    await this.#prepareFolder();
    await this.#refuseLocked();
    // Not at the top: the library is half a gigabyte, and `weir probe --help` does not need it.
    const { Session } = await import('chdb');
    try {
      this.#writing = new Session(this.#databaseFolder);
      this.#reading = new ChdbSessions(() => new Session(this.#databaseFolder));
    } catch (error) {
      await this.close();
      throw openError(this.#options.dataFolder, error);
    }
    try {
      await this.#migrate();
    } catch (error) {
      await this.close();
      throw error instanceof CollectorError ? error : openError(this.#options.dataFolder, error);
    }
  }

  async insert(nativeBlocks: readonly Uint8Array[]): Promise<void> {
    const session = this.#opened(this.#writing);
    // chDB's insert call takes only text formats; a file in Native format is 20 times as fast.
    await writeFile(this.#insertFile, nativeBlocks);
    await session.queryAsync(
      `INSERT INTO weir.flows (${COLUMN_LIST}) SELECT ${COLUMN_LIST} FROM file(${quoted(this.#insertFile)}, 'Native')`,
    );
  }

  async query<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]> {
    const options = { format: 'JSONCompact', ...(signal && { signal }) };
    const sql = withSettings(statement);
    const { parameters } = statement;
    try {
      return await this.#opened(this.#reading).use(async (session) => {
        const result =
          Object.keys(parameters).length === 0
            ? await session.queryAsync(sql, options)
            : await session.queryBindAsync(sql, parameters, options);
        return rowsOf<Row>(result.text());
      });
    } catch (error) {
      throw questionError(error);
    }
  }

  async *stream(
    statement: Statement,
    signal: AbortSignal,
  ): AsyncGenerator<readonly (readonly unknown[])[]> {
    this.#opened(this.#reading);
    const { Session } = await import('chdb');
    // A session streams one answer at a time.
    const session = new Session(this.#databaseFolder);
    const chunks = session.queryStreamBind(withSettings(statement), statement.parameters, {
      format: 'JSONCompactEachRow',
      signal,
    });
    try {
      for await (const chunk of chunks) yield chunk.rows<readonly unknown[]>();
    } catch (error) {
      throw questionError(error);
    } finally {
      chunks.cancel();
      session.close();
    }
  }

  async close(): Promise<void> {
    if (this.#writing === undefined) return;
    this.#writing.close();
    this.#reading?.close();
    this.#writing = undefined;
    this.#reading = undefined;
    const { drainPending } = await import('chdb');
    await drainPending();
    await rm(this.#insertFile, { force: true });
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

  async #migrate(): Promise<void> {
    const session = this.#opened(this.#writing);
    for (const sql of CREATE_VERSIONS) await session.queryAsync(sql);
    const [found] = await this.query<{ version: number }>({
      sql: 'SELECT max(version) AS version FROM weir.schema_versions',
      parameters: {},
    });
    const version = found?.version ?? 0;
    if (version !== 0 && version !== SCHEMA_VERSION) throw this.#schemaError(version);
    for (const sql of CREATE_TABLES) await session.queryAsync(sql);
    for (const sql of retentionStatements(this.#options)) await session.queryAsync(sql);
    if (version === 0) {
      await session.queryAsync(`INSERT INTO weir.schema_versions SELECT ${SCHEMA_VERSION}, now()`);
    }
  }

  #schemaError(version: number): CollectorError {
    return new CollectorError(
      'WEIR_COLLECTOR_DATA_SCHEMA',
      `${this.#options.dataFolder} has tables of version ${version}, this Weir reads ${SCHEMA_VERSION}; ` +
        'start the Weir that wrote it, or choose another folder with --data',
    );
  }

  #opened<Opened>(session: Opened | undefined): Opened {
    if (session === undefined) throw new Error('the store is not open');
    return session;
  }
}

function withSettings({ sql, limitSeconds }: Statement): string {
  const limit = limitSeconds === undefined ? '' : `, max_execution_time = ${Number(limitSeconds)}`;
  return `${sql}\nSETTINGS output_format_json_quote_64bit_integers = 0${limit}`;
}

function questionError(error: unknown): unknown {
  const isLate = /TIMEOUT_EXCEEDED|Timeout exceeded/.test(messageOf(error));
  return isLate ? new StoreError('WEIR_STORE_TIME_LIMIT', error) : error;
}

function openError(folder: string, error: unknown): CollectorError {
  return new CollectorError(
    'WEIR_COLLECTOR_DATA_FOLDER',
    `${folder} (${messageOf(error).trim()}); see that the disk has room and that this user may write there, or choose another with --data`,
    error,
  );
}

/** A string literal of ClickHouse's dialect. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function rowsOf<Row>(jsonCompact: string): Row[] {
  const { meta, data } = JSON.parse(jsonCompact) as {
    meta: { name: string }[];
    data: unknown[][];
  };
  const names = meta.map(({ name }) => name);
  return data.map((values) => Object.fromEntries(values.map((v, i) => [names[i], v])) as Row);
}
