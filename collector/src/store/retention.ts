// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { TableState } from './flow-store.js';
import { TABLES, type TableName, tableOf } from './tables.js';

/** How long and how much is kept. */
export interface Retention {
  /** Of single records. */
  readonly retentionDays: number;
  /** Of sums by minute, by 5 minutes, and by hour or more. */
  readonly rollupRetentionDays: number;
  readonly rollup5mRetentionDays?: number;
  readonly rollup1hRetentionDays?: number;
  /** Octets on disk of all tables together. @default no limit */
  readonly storeBytes?: number;
}

export interface Partition {
  readonly table: TableName;
  readonly id: string;
  /** All its records were received before, milliseconds since the epoch. */
  readonly endMilliseconds: number;
  readonly rows: number;
  readonly octets: number;
}

export interface Drop {
  readonly partition: Partition;
  readonly reason: 'age' | 'size';
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Of the limit; the rest is for merges, which write the new before they remove the old. */
const FULL = 0.9;

/**
 * What has to go: what is too old, then, while all is too large, the oldest of whoever is furthest above its
 * share. Each table's newest goes last: with what is being written to, a table of days would lose the whole day.
 */
export function planDrops(
  partitions: readonly Partition[],
  retention: Retention,
  nowMilliseconds: number,
): Drop[] {
  const daysOf = (table: TableName) => retentionDaysOf(table, retention) * DAY_MS;
  const isOld = ({ table, endMilliseconds }: Partition) =>
    endMilliseconds < nowMilliseconds - daysOf(table);
  const drops: Drop[] = partitions
    .filter(isOld)
    .map((partition) => ({ partition, reason: 'age' as const }));
  const left = partitions
    .filter((partition) => !isOld(partition))
    .sort((a, b) => a.endMilliseconds - b.endMilliseconds);
  const newest = new Set(new Map(left.map((partition) => [partition.table, partition])).values());
  const limit = (retention.storeBytes ?? Number.POSITIVE_INFINITY) * FULL;
  while (sumOf(left) > limit) {
    const older = left.filter((partition) => !newest.has(partition));
    const chosen = oldestAboveShare(older.length > 0 ? older : left, left);
    const [oldest] = left.splice(left.indexOf(chosen), 1);
    drops.push({ partition: oldest as Partition, reason: 'size' });
  }
  return drops;
}

/** @param candidates of all partitions, the oldest first, at least one */
function oldestAboveShare(
  candidates: readonly Partition[],
  partitions: readonly Partition[],
): Partition {
  const useOf = (table: TableName) =>
    sumOf(partitions.filter((each) => each.table === table)) / tableOf(table).share;
  const names = [...new Set(candidates.map(({ table }) => table))];
  const [largest] = names.sort((a, b) => useOf(b) - useOf(a));
  return candidates.find(({ table }) => table === largest) as Partition;
}

const sumOf = (partitions: readonly Partition[]) =>
  partitions.reduce((sum, { octets }) => sum + octets, 0);

function retentionDaysOf(table: TableName, retention: Retention): number {
  const { retentionDays, rollupRetentionDays } = retention;
  const { rollup5mRetentionDays = rollupRetentionDays } = retention;
  const { rollup1hRetentionDays = rollup5mRetentionDays } = retention;
  const byStep: Record<number, number> = {
    0: retentionDays,
    60: rollupRetentionDays,
    300: rollup5mRetentionDays,
    3600: rollup1hRetentionDays,
    21600: rollup1hRetentionDays,
  };
  return byStep[tableOf(table).stepSeconds] as number;
}

/** Where the rows are. */
export interface Place {
  readonly database: string;
  /** "system.parts", or the same of all shards. */
  readonly parts: string;
  /** " ON CLUSTER …", or empty. */
  readonly onCluster: string;
}

const HERE: Place = { database: 'weir', parts: 'system.parts', onCluster: '' };

const partitionsIn = ({ database, parts }: Place) =>
  `SELECT table, partition_id AS id, any(partition) AS name,
  sum(rows) AS rows, sum(bytes_on_disk) AS octets
FROM ${parts}
WHERE database = '${database}' AND active AND table IN (${TABLES.map(({ name }) => `'${name}'`).join(', ')})
GROUP BY table, id`;

interface PartitionRow {
  readonly table: TableName;
  readonly id: string;
  /** "2026-11-20" or "2026-11-20 13:00:00" */
  readonly name: string;
  readonly rows: string;
  readonly octets: string;
}

/** The end of the day or hour that a partition is named after, milliseconds since the epoch. */
export function partitionEnd(name: string): number {
  const isDay = name.length === 10;
  const start = Date.parse(isDay ? `${name}T00:00:00Z` : `${name.replace(' ', 'T')}Z`);
  return start + (isDay ? DAY_MS : HOUR_MS);
}

export interface RetentionKeeperOptions {
  readonly retention: Retention;
  readonly write: (sql: string) => Promise<void>;
  readonly look: <Row>(sql: string) => Promise<Row[]>;
  readonly log: Logger;
  /** @default this machine */
  readonly place?: Place;
  /** Between two looks. */
  readonly everyMs?: number;
}

export interface RetentionState {
  readonly tables: readonly TableState[];
  readonly octets: number;
  readonly droppedForSize: number;
  readonly problem: string | undefined;
}

/** Drops what is too old or too much, and knows how much there is. */
export class RetentionKeeper {
  readonly #options: RetentionKeeperOptions;
  readonly #completeFrom = new Map<string, number>();
  #partitions: readonly Partition[] = [];
  #droppedForSize = 0;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RetentionKeeperOptions) {
    this.#options = options;
  }

  get state(): RetentionState {
    const tables = TABLES.map(({ name }) => {
      const own = this.#partitions.filter(({ table }) => table === name);
      return {
        name,
        rows: own.reduce((sum, { rows }) => sum + rows, 0),
        octets: sumOf(own),
        completeFrom: this.#completeFrom.get(name) ?? 0,
      };
    });
    const octets = sumOf(this.#partitions);
    return { tables, octets, droppedForSize: this.#droppedForSize, problem: this.#problem };
  }

  /** Looks once, then again and again until `stop`. */
  async start(): Promise<void> {
    if (this.#timer !== undefined) return;
    const { everyMs = 10_000 } = this.#options;
    this.#timer = setInterval(() => void this.keep(), everyMs);
    this.#timer.unref();
    await this.keep();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** One look, and what follows from it. */
  keep(): Promise<void> {
    this.#running ??= this.#keep().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #keep(): Promise<void> {
    try {
      await this.#look();
      const drops = planDrops(this.#partitions, this.#options.retention, Date.now());
      for (const drop of drops) await this.#drop(drop);
      if (drops.length > 0) await this.#look();
      this.#problem = undefined;
    } catch (error) {
      const problem = `old records cannot be dropped: ${messageOf(error).trim()}`;
      if (this.#problem === undefined) this.#options.log('error', problem);
      this.#problem = problem;
    }
  }

  async #look(): Promise<void> {
    const { look } = this.#options;
    const rows = await look<PartitionRow>(partitionsIn(this.#options.place ?? HERE));
    this.#partitions = rows.map(({ table, id, name, ...sizes }) => ({
      table,
      id,
      endMilliseconds: partitionEnd(name),
      rows: Number(sizes.rows),
      octets: Number(sizes.octets),
    }));
    const since = await look<{ tableName: string; since: string }>(
      'SELECT tableName, toUnixTimestamp64Milli(max(since)) AS since FROM weir.complete_from GROUP BY tableName',
    );
    for (const row of since) this.#completeFrom.set(row.tableName, Number(row.since));
  }

  async #drop({ partition, reason }: Drop): Promise<void> {
    const { write, log, place = HERE } = this.#options;
    const { table, id, endMilliseconds, octets, rows } = partition;
    // A partition that is being written to loses nothing that is still to come.
    const completeFrom = Math.min(endMilliseconds, Date.now());
    // First: a process that is killed in between has dropped nothing that it does not know of.
    await write(
      `INSERT INTO weir.complete_from SELECT '${table}', fromUnixTimestamp64Milli(${completeFrom}, 'UTC')`,
    );
    await write(
      `ALTER TABLE ${place.database}.${table}${place.onCluster} DROP PARTITION ID '${id}' SETTINGS max_partition_size_to_drop = 0`,
    );
    if (reason === 'size') this.#droppedForSize++;
    const before = new Date(completeFrom).toISOString();
    log('info', 'a partition was dropped', { table, before, reason, octets, rows });
  }
}
