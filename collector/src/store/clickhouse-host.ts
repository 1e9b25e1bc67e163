// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  type ExecParams,
} from '@clickhouse/client';
import { rowsOf } from './chdb-sessions.js';
import { ServerError } from './clickhouse-failure.js';
import type { Statement } from './flow-store.js';
import { rowsIn } from './row-lines.js';

/** The package's own limit, one for all requests: those here are shorter. */
const PACKAGE_TIMEOUT_MS = 24 * 3_600_000;
const CONNECTIONS = 16;
const PING_MS = 5000;
/** Of a file, at once. */
const CHUNK_OCTETS = 1 << 20;
/** A question may take so long beyond the server's own limit: the server has to notice and say so. */
const GRACE_MS = 10_000;

export interface HostOptions {
  /** "http://ch1:8123" */
  readonly url: string;
  readonly client: Pick<
    ClickHouseClientConfigOptions,
    'pathname' | 'username' | 'password' | 'tls' | 'compression'
  >;
  /** Of inserts, of the store's own statements, and of questions without a limit. */
  readonly deadlineMs: number;
}

export interface Insert {
  /** Files whose content follows the statement, one after the other. */
  readonly paths: readonly string[];
  readonly sql: string;
  readonly settings: ClickHouseSettings;
  /** A server works on one request of a name at a time. */
  readonly queryId: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Requests to one address. All of them throw ServerError, the system's error (see clickhouse-failure.ts), or the
 * reason of the caller's signal. No request is without a limit in time.
 */
export class ClickhouseHost {
  readonly url: string;
  readonly #client: ClickHouseClient;
  readonly #deadlineMs: number;

  /** Connects with the first request. */
  constructor({ url, client, deadlineMs }: HostOptions) {
    this.url = url;
    this.#deadlineMs = deadlineMs;
    this.#client = createClient({
      ...{ ...client, url, application: 'weir' },
      request_timeout: PACKAGE_TIMEOUT_MS,
      max_open_connections: CONNECTIONS,
      // It would write statements to the console; failures are told by whoever asked.
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Whether it is there and takes user and password. */
  async ping(): Promise<void> {
    await this.#send('SELECT 1', { deadlineMs: PING_MS });
  }

  /** A statement without an answer. */
  async command(sql: string, settings: ClickHouseSettings): Promise<void> {
    await this.#send(sql, { settings });
  }

  /** A short look at the server's own books. */
  async rows<Row>(sql: string, settings: ClickHouseSettings): Promise<Row[]> {
    return rowsOf<Row>(await this.#send(`${sql}\nFORMAT JSONCompact`, { settings }));
  }

  /** Files as the body of an INSERT. They may be in although this throws. */
  async insert({ paths, sql, ...request }: Insert): Promise<void> {
    const values = Readable.from(contentOf(paths), { objectMode: false });
    try {
      await this.#send(sql, { ...request, values });
    } finally {
      values.destroy();
    }
  }

  /** Rows of a question as objects. */
  async ask<Row>(
    statement: Statement,
    settings: ClickHouseSettings,
    signal?: AbortSignal,
  ): Promise<Row[]> {
    const queryId = questionId();
    const { sql, parameters, limitSeconds } = statement;
    try {
      const answer = await this.#send(`${sql}\nFORMAT JSONCompact`, {
        ...{ settings, queryId, parameters, signal },
        ...(limitSeconds !== undefined && { deadlineMs: limitSeconds * 1000 + GRACE_MS }),
      });
      return rowsOf<Row>(answer);
    } catch (error) {
      await this.#kill(queryId);
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Rows of a question as lists, as they come; who reads slowly makes the server wait. */
  async *stream(
    statement: Statement,
    settings: ClickHouseSettings,
    signal: AbortSignal,
  ): AsyncGenerator<readonly (readonly unknown[])[]> {
    const queryId = questionId();
    let body: Readable | undefined;
    let ended = false;
    const leave = () => body?.destroy(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      signal.throwIfAborted();
      const { sql, parameters, limitSeconds = 0 } = statement;
      const late = AbortSignal.timeout(limitSeconds * 1000 + this.#deadlineMs);
      body = await this.#answer({
        ...{ query: `${sql}\nFORMAT JSONCompactEachRow`, query_params: { ...parameters } },
        ...{ query_id: queryId, clickhouse_settings: settings },
        abort_signal: AbortSignal.any([signal, late]),
      });
      yield* rowsIn(body);
      ended = true;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      body?.destroy();
      if (!ended) await this.#kill(queryId);
    }
  }

  async #send(query: string, request: Request): Promise<string> {
    const { settings, parameters, values, queryId, deadlineMs = this.#deadlineMs } = request;
    const late = AbortSignal.timeout(deadlineMs);
    const signals = [late, ...(request.signal === undefined ? [] : [request.signal])];
    const abort_signal = AbortSignal.any(signals);
    abort_signal.throwIfAborted();
    const work = async () => {
      const stream = await this.#answer({
        ...{ query, abort_signal, query_params: { ...parameters } },
        clickhouse_settings: { ...settings, wait_end_of_query: 1 },
        ...(queryId !== undefined && { query_id: queryId }),
        ...(values !== undefined && { values }),
      });
      abort_signal.addEventListener('abort', () => stream.destroy(), { once: true });
      return textOf(stream);
    };
    try {
      return await work();
    } catch (error) {
      if (late.aborted) throw new Error(`no answer in ${deadlineMs / 1000} s`, { cause: error });
      throw error;
    }
  }

  /** The body of a good answer. Not the package's own errors: they leave out which server said what. */
  async #answer(params: ExecParams & { values?: Readable }): Promise<Readable> {
    const all = { ...params, ignore_error_response: true } as ExecParams;
    const { stream, response_headers, http_status_code } = await this.#client.exec(all);
    const isGood = http_status_code !== undefined && http_status_code < 400;
    if (isGood && response_headers['x-clickhouse-exception-code'] === undefined) return stream;
    throw new ServerError((await textOf(stream)) || `HTTP status ${http_status_code}`);
  }

  /** A question that nobody waits for any more must not go on; one that has ended does not mind. */
  async #kill(queryId: string): Promise<void> {
    const sql = 'KILL QUERY WHERE query_id = {id:String} ASYNC';
    await this.#send(sql, { parameters: { id: queryId }, deadlineMs: PING_MS }).catch(
      () => undefined,
    );
  }
}

interface Request {
  readonly settings?: ClickHouseSettings;
  readonly parameters?: Statement['parameters'];
  readonly values?: Readable;
  readonly queryId?: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

async function* contentOf(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path, { highWaterMark: CHUNK_OCTETS });
}

const questionId = () => `weir-question-${randomUUID()}`;
