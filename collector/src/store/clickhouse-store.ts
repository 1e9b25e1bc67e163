// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseSettings } from '@clickhouse/client';
import type { Logger } from '@weir/wire';
import { CollectorError, messageOf } from '../errors.js';
import { SpoolRefusal } from '../spool/spool.js';
import { parseClickhouseAddress } from './clickhouse-address.js';
import { failureOf, failureText } from './clickhouse-failure.js';
import { ClickhouseHosts } from './clickhouse-hosts.js';
import { ClickhouseSetup } from './clickhouse-setup.js';
import { type ClickhouseTables, clickhouseTables } from './cluster-schema.js';
import { ClusterWatch } from './cluster-watch.js';
import { type FlowStore, type Statement, StoreError, type StoreState } from './flow-store.js';
import { type Retention, RetentionKeeper } from './retention.js';
import { COLUMN_LIST, ONE_BLOCK } from './schema.js';
import { type Shard, shardOf } from './shards.js';
import { refuseEmptyFiles } from './spool-files.js';

export interface ClickhouseOptions extends Retention {
  /** See parseClickhouseAddress. */
  readonly url: string;
  readonly log?: Logger;
  /** Wait before servers that are away, or not set up yet, are tried again. */
  readonly retryMs?: number;
  /** Between two looks at servers and partitions. */
  readonly lookMs?: number;
  /** Of an insert. */
  readonly deadlineMs?: number;
}

const RETRY_MS = 5000;
const LOOK_MS = 10_000;

/**
 * A statement for the whole cluster does not wait long for servers that are away: they do it when they are back.
 * They have to be asked so, since each collector starts while any of them may be.
 */
const ON_CLUSTER: ClickHouseSettings = {
  distributed_ddl_task_timeout: '10',
  distributed_ddl_output_mode: 'null_status_on_timeout',
};

/**
 * The files are one block, which is in as a whole or not at all, with all that the views make of it, and the
 * token goes through to the tables of the views.
 */
const INSERT: ClickHouseSettings = {
  ...Object.fromEntries(
    ONE_BLOCK.split(',').map((setting) => setting.split('=').map((s) => s.trim())),
  ),
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
};

const QUESTION: ClickHouseSettings = {
  // Whatever a question says, it changes nothing.
  readonly: '2',
  output_format_json_quote_64bit_integers: 0,
  // A question in a question sees all shards.
  distributed_product_mode: 'global',
  http_write_exception_in_output_format: 0,
};

/** ClickHouse by itself: one server, or a cluster of them. What it does not take waits in the spool. */
export class ClickhouseStore implements FlowStore {
  readonly engine = 'clickhouse';
  readonly #options: ClickhouseOptions;
  readonly #log: Logger;
  readonly #cluster: string | undefined;
  readonly #tables: ClickhouseTables;
  readonly #hosts: ClickhouseHosts;
  readonly #setup: ClickhouseSetup;
  readonly #watch: ClusterWatch | undefined;
  readonly #retention: RetentionKeeper;
  readonly #leaving = new AbortController();
  #shards: readonly Shard[] = [];
  #isReady = false;
  #setupProblem: string | undefined;
  #settingUp: Promise<void> | undefined;
  #looking: NodeJS.Timeout | undefined;

  /** Opens nothing. @throws CollectorError WEIR_COLLECTOR_CLICKHOUSE when the URL cannot be read */
  constructor(options: ClickhouseOptions) {
    this.#options = options;
    this.#log = options.log ?? (() => undefined);
    const address = parseClickhouseAddress(options.url);
    this.#cluster = address.cluster;
    this.#tables = clickhouseTables(address.cluster);
    this.#hosts = new ClickhouseHosts(address, options.deadlineMs);
    const write = (sql: string) => this.#hosts.first((host) => host.command(sql, ON_CLUSTER));
    const look = <Row>(sql: string) => this.#hosts.first((host) => host.rows<Row>(sql, {}));
    this.#setup = new ClickhouseSetup({
      ...{ tables: this.#tables, cluster: this.#cluster, write, look },
    });
    this.#watch =
      address.cluster === undefined ? undefined : new ClusterWatch(address.cluster, look);
    this.#retention = new RetentionKeeper({
      ...{ retention: options, place: this.#tables, write, look, log: this.#log },
      everyMs: options.lookMs ?? LOOK_MS,
    });
  }

  get state(): StoreState {
    const { tables, octets, droppedForSize, problem } = this.#retention.state;
    return {
      ...{ tables, octets, droppedForSize },
      problem: this.#hosts.problem ?? this.#setupProblem ?? this.#watch?.problem ?? problem,
      migration: undefined,
    };
  }

  async open(): Promise<void> {
    this.#hosts.open();
    try {
      await this.#prepare();
    } catch (error) {
      if (error instanceof CollectorError) {
        await this.close();
        throw error;
      }
      this.#log('error', 'ClickHouse cannot be used yet; trying again', {
        problem: this.#setupProblem,
      });
      this.#settingUp = this.#prepareLater();
    }
    this.#looking = setInterval(() => void this.#look(), this.#options.lookMs ?? LOOK_MS);
    this.#looking.unref();
  }

  async insertFiles(paths: readonly string[], token: string, signal?: AbortSignal): Promise<void> {
    this.#refuseUnready();
    await refuseEmptyFiles(paths);
    const insert = {
      ...{ paths, signal, queryId: `weir-insert-${token}` },
      sql: `INSERT INTO weir.flows (${COLUMN_LIST}) FORMAT Native`,
      settings: { ...INSERT, ...this.#placeOf(token), insert_deduplication_token: token },
    };
    const attempt = () => this.#hosts.first((host) => host.insert(insert), signal);
    try {
      await attempt().catch((error: unknown) => {
        // Who cuts an upload on its way makes a good file unreadable: only what cannot be read twice is given up.
        if (failureOf(error) !== 'unreadable') throw error;
        return attempt();
      });
    } catch (error) {
      if (failureOf(error) === 'unreadable') {
        throw new SpoolRefusal(failureText(error), { cause: error });
      }
      throw new Error(failureText(error), { cause: error });
    }
  }

  async query<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]> {
    signal?.throwIfAborted();
    const settings = settingsOf(statement);
    try {
      return await this.#hosts.first((host) => host.ask<Row>(statement, settings, signal), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#questionError(error);
    }
  }

  async *stream(
    statement: Statement,
    signal: AbortSignal,
  ): AsyncGenerator<readonly (readonly unknown[])[]> {
    const settings = settingsOf(statement);
    try {
      yield* this.#hosts.stream((host) => host.stream(statement, settings, signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#questionError(error);
    }
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    clearInterval(this.#looking);
    // Ends what waits for a server that says nothing.
    await this.#hosts.close();
    await this.#settingUp;
    await this.#retention.stop();
  }

  #refuseUnready(): void {
    if (this.#isReady) return;
    throw new Error(this.#hosts.problem ?? this.#setupProblem ?? 'ClickHouse is not set up yet');
  }

  /**
   * All rows of an insert go to one shard, always the same one: so all of them are in, or none is, and a
   * repetition meets the tables that remember the token. Which replica of it takes them the server decides.
   */
  #placeOf(token: string): ClickHouseSettings {
    if (this.#cluster === undefined) return {};
    return {
      insert_shard_id: String(shardOf(token, this.#shards)),
      distributed_foreground_insert: 1,
    };
  }

  async #prepare(): Promise<void> {
    try {
      this.#shards = await this.#setup.run();
      this.#setupProblem = undefined;
      this.#isReady = true;
    } catch (error) {
      this.#setupProblem = `ClickHouse cannot be used: ${error instanceof CollectorError ? messageOf(error) : failureText(error)}`;
      throw error;
    }
    await this.#watch?.look();
    await this.#retention.start();
  }

  async #look(): Promise<void> {
    await Promise.all([this.#hosts.look(), this.#watch?.look()]);
  }

  async #prepareLater(): Promise<void> {
    const { retryMs = RETRY_MS } = this.#options;
    const { signal } = this.#leaving;
    while (!this.#isReady && !signal.aborted) {
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#prepare().catch(() => undefined);
    }
    if (this.#isReady) this.#log('info', 'ClickHouse is there');
  }

  #questionError(error: unknown): StoreError {
    if (failureOf(error) === 'late') return new StoreError('WEIR_STORE_TIME_LIMIT', error);
    this.#log('error', 'ClickHouse did not answer a question', { problem: failureText(error) });
    return new StoreError('WEIR_STORE_AWAY', error);
  }
}

function settingsOf({ limitSeconds }: Statement): ClickHouseSettings {
  return limitSeconds === undefined ? QUESTION : { ...QUESTION, max_execution_time: limitSeconds };
}
