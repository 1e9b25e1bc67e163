// SPDX-License-Identifier: Apache-2.0
import type { TableName } from './tables.js';

/** A value that the store binds to a placeholder; never pasted into the SQL text. */
export type Parameter = string | number | readonly string[] | readonly number[];

/** A rule waits for no question of people. */
export type Asker = 'people' | 'rule';

/** SQL in ClickHouse's dialect with `{name:Type}` placeholders. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The store gives up after so long: StoreError WEIR_STORE_TIME_LIMIT. */
  readonly limitSeconds?: number;
  /** @default 'people' */
  readonly asker?: Asker;
}

/** What a table holds. */
export interface TableState {
  readonly name: TableName;
  readonly rows: number;
  /** On disk. */
  readonly octets: number;
  /** Milliseconds since the epoch: of what ended before, records may be missing. 0: nothing is. */
  readonly completeFrom: number;
}

export interface StoreState {
  readonly tables: readonly TableState[];
  /** On disk, of all tables. */
  readonly octets: number;
  /** Partitions that were dropped because of the size limit since the start of the process. */
  readonly droppedForSize: number;
  /** What is wrong, for people; undefined while all is well. */
  readonly problem: string | undefined;
  /** While tables of an older Weir are brought into shape: how far, in words. Inserts wait meanwhile. */
  readonly migration: string | undefined;
}

/** Where flow records are kept: embedded chDB or a ClickHouse cluster. Tables are in tables.ts and schema.ts. */
export interface FlowStore {
  /** "chdb" or "clickhouse", for people. */
  readonly engine: string;
  /** As of the last look, some seconds ago. */
  readonly state: StoreState;
  /**
   * Opens the store and makes its tables. Tables of an older Weir are brought into shape afterwards, beside
   * what else goes on. Servers that are away are waited for afterwards, too: until they are there, inserts
   * and questions fail. @throws CollectorError WEIR_COLLECTOR_DATA_…, WEIR_COLLECTOR_CLICKHOUSE
   */
  open(): Promise<void>;
  /**
   * Stores the rows of files in ClickHouse's Native format: the columns of `flows` in one block each. The
   * same token again, also after a crash in the middle, stores what is missing and nothing twice. One
   * call at a time. An aborted signal may end it; whether the rows are stored is open then.
   * @throws SpoolRefusal when a file cannot be read as such rows; then none is stored
   */
  insertFiles(paths: readonly string[], token: string, signal?: AbortSignal): Promise<void>;
  /** Rows as objects. 64-bit numbers come as numbers. */
  query<Row>(statement: Statement, signal?: AbortSignal): Promise<Row[]>;
  /**
   * Rows as the store finds them, some at a time, as lists of values in the order of the statement's columns.
   * Who reads slowly makes the store wait; who stops reading, or aborts, ends the question.
   */
  stream(statement: Statement, signal: AbortSignal): AsyncIterable<readonly (readonly unknown[])[]>;
  /** Waits for what runs, then lets go of the store. */
  close(): Promise<void>;
}

/** Stable code -> what people read. */
const STORE_ERRORS = {
  WEIR_STORE_TIME_LIMIT:
    'the question took longer than it may; ask for a shorter window or for less',
  WEIR_STORE_AWAY: 'ClickHouse did not answer; the health says more',
} as const;
export type StoreErrorCode = keyof typeof STORE_ERRORS;

/** Why a question got no answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, cause: unknown) {
    super(STORE_ERRORS[code], { cause });
    this.code = code;
  }
}
