// SPDX-License-Identifier: Apache-2.0
// Tables of a ClickHouse beside the collector: of one server, or of a cluster. On a cluster each shard has the
// tables of schema.ts in the database weir_shard, and the database weir has tables of the same names that
// stand for those of all shards: so the same questions find them.
import {
  type Dialect,
  settingStatements,
  tableStatements,
  versionTables,
  viewStatements,
} from './schema.js';
import { TABLES } from './tables.js';

/**
 * How many inserts a table remembers by their tokens. Collectors share it: between an insert that a
 * collector did not hear the end of and its repetition there may be so many of the others.
 */
const REMEMBERED_INSERTS = 10_000;
const WEEK_SECONDS = 604_800;

const ALL = 'weir';
const SHARD = 'weir_shard';

/** What a collector needs to know about where its tables are. */
export interface ClickhouseTables {
  /** Make what is not there yet; first those that say the version. */
  readonly versions: readonly string[];
  readonly tables: readonly string[];
  /** Give tables of version 2 the present settings. */
  readonly settings: readonly string[];
  /** Of the tables that hold rows. */
  readonly database: 'weir' | 'weir_shard';
  /** system.parts of one replica of each shard. */
  readonly parts: string;
  /** " ON CLUSTER …", or empty. */
  readonly onCluster: string;
  /** "weir.flows": of all tables and views that a server has when all are there. */
  readonly names: readonly string[];
}

/** One server, which several collectors may share. */
const SERVER: Dialect = {
  engine: (_name, family) => family,
  settings: `non_replicated_deduplication_window = ${REMEMBERED_INSERTS}`,
  onCluster: '',
};

/** These are the same on all servers: each has all rows. */
const EVERYWHERE = ['schema_versions', 'complete_from'];

/** Tables that replicas of a shard hold in common. The macros are in the configuration of each server. */
export function clusterDialect(cluster: string): Dialect {
  const root = `/clickhouse/tables/${cluster}`;
  return {
    engine: (name, family) =>
      EVERYWHERE.includes(name)
        ? `Replicated${family}('${root}/weir/${name}', '{shard}-{replica}')`
        : `Replicated${family}('${root}/{shard}/weir/${name}', '{replica}')`,
    settings: `replicated_deduplication_window = ${REMEMBERED_INSERTS}, replicated_deduplication_window_seconds = ${WEEK_SECONDS}`,
    onCluster: ` ON CLUSTER \`${cluster}\``,
  };
}

/** Tables of one server, or of a cluster when it has a name. */
export function clickhouseTables(cluster: string | undefined): ClickhouseTables {
  return cluster === undefined ? serverTables() : clusterTables(cluster);
}

function serverTables(): ClickhouseTables {
  const versions = versionTables(SERVER);
  const tables = [...tableStatements(SERVER), ...viewStatements(SERVER)];
  return {
    ...{ versions, tables, database: ALL, parts: 'system.parts', onCluster: '' },
    settings: settingStatements(SERVER),
    names: namesOf([...versions, ...tables]),
  };
}

function clusterTables(cluster: string): ClickhouseTables {
  const dialect = clusterDialect(cluster);
  const versions = versionTables(dialect);
  const own = [...tableStatements(dialect), ...viewStatements(dialect)].map(onShard);
  const tables = [
    `CREATE DATABASE IF NOT EXISTS ${SHARD}${dialect.onCluster}`,
    ...own,
    ...TABLES.map(({ name }) => distributed(name, cluster, dialect)),
  ];
  return {
    ...{ versions, tables, database: SHARD, onCluster: dialect.onCluster },
    parts: `cluster('${cluster}', system.parts)`,
    settings: settingStatements(dialect).map(onShard),
    names: namesOf([...versions, ...tables]),
  };
}

/** schema.ts writes weir.NAME for every table, and there is no text of anybody else in it. */
function onShard(sql: string): string {
  return sql.replaceAll(`${ALL}.`, `${SHARD}.`);
}

/**
 * Without a sharding key: an insert names its shard (see clickhouse-store.ts), and one that does not is an
 * error, not rows in two places.
 */
function distributed(name: string, cluster: string, { onCluster }: Dialect): string {
  return `CREATE TABLE IF NOT EXISTS ${ALL}.${name}${onCluster} AS ${SHARD}.${name}
ENGINE = Distributed('${cluster}', '${SHARD}', '${name}')`;
}

function namesOf(statements: readonly string[]): string[] {
  const made = /^CREATE (?:TABLE|MATERIALIZED VIEW) IF NOT EXISTS (\S+)/;
  return statements.flatMap((sql) => made.exec(sql)?.[1] ?? []);
}
