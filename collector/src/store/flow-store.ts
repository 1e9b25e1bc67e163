// SPDX-License-Identifier: Apache-2.0

/** A value that the store binds to a placeholder; never pasted into the SQL text. */
export type Parameter = string | number | readonly string[] | readonly number[];

/** SQL in ClickHouse's dialect with `{name:Type}` placeholders. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The store gives up after so long: StoreError WEIR_STORE_TIME_LIMIT. */
  readonly limitSeconds?: number;
}

/** Where flow records are kept: embedded chDB, later a ClickHouse cluster. Tables are in schema.ts. */
export interface FlowStore {
  /** "chdb", for people. */
  readonly engine: string;
  /** Opens the store and brings its tables into shape. @throws CollectorError WEIR_COLLECTOR_DATA_… */
  open(): Promise<void>;
  /** Stores rows of the table `flows`, in ClickHouse's Native format. One call at a time. */
  insert(nativeBlocks: readonly Uint8Array[]): Promise<void>;
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

/** Why a question got no answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'WEIR_STORE_TIME_LIMIT';

  constructor(code: 'WEIR_STORE_TIME_LIMIT', cause: unknown) {
    super('the question took longer than it may; ask for a shorter window or for less', { cause });
    this.code = code;
  }
}
