// SPDX-License-Identifier: Apache-2.0
// Statements for a cluster, as far as one process can say whether they are right: the tables are made with a
// Keeper in memory. Replication, and that all servers take part, only a cluster can show.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickhouseTables } from './cluster-schema.js';
import { TABLES } from './tables.js';

const PROGRAM = join(import.meta.dirname, '../../dist/store/test-chdb-process.js');
const CONFIGURATION = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <zookeeper><implementation>testkeeper</implementation></zookeeper>
  <macros><shard>07</shard><replica>ch7a</replica></macros>
  <remote_servers><main><shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard></main></remote_servers>
</clickhouse>`;
const MAIN = clickhouseTables('main');
const STATEMENTS = [...MAIN.versions, ...MAIN.tables];
const NAMES = TABLES.map(({ name }) => `'${name}'`).join(', ');

const quoted = (sql: string) => `'${sql.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const columnsOf = (database: string) =>
  `SELECT table, name, type FROM system.columns
WHERE database = '${database}' AND table IN (${NAMES}) ORDER BY table, position`;
const QUESTIONS = {
  formatted: `SELECT formatQuery(arrayJoin([${STATEMENTS.map(quoted).join(', ')}])) AS sql`,
  tables:
    "SELECT database, name, engine, create_table_query AS sql FROM system.tables WHERE database IN ('weir', 'weir_shard')",
  replicas:
    'SELECT database, table, zookeeper_path AS path, replica_name AS name FROM system.replicas',
  columns: columnsOf('weir'),
  shardColumns: columnsOf('weir_shard'),
};

const folder = mkdtempSync(join(tmpdir(), 'weir-cluster-'));
const found: Record<string, Record<string, string>[]> = {};
beforeAll(async () => {
  writeFileSync(join(folder, 'config.xml'), CONFIGURATION);
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const write = STATEMENTS.map((sql) => sql.replace(MAIN.onCluster, ''));
  child.stdin.end(JSON.stringify({ write, ask: Object.values(QUESTIONS) }));
  const answers = JSON.parse(await text(child.stdout)) as Record<string, string>[][];
  for (const [i, name] of Object.keys(QUESTIONS).entries()) found[name] = answers[i] ?? [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is for all servers of the cluster, and can be done again', () => {
  expect(found.formatted).toHaveLength(STATEMENTS.length);
  for (const { sql } of found.formatted ?? []) {
    expect(sql).toMatch(/^CREATE .* IF NOT EXISTS .* ON CLUSTER `?main/);
  }
});

it('makes the tables and views that it names', () => {
  const made = found.tables?.map(({ database, name }) => `${database}.${name}`);
  expect(made?.sort()).toEqual([...MAIN.names].sort());
});

it('brings the settings of older tables in each shard into shape', () => {
  expect(MAIN.settings).toContain(
    'ALTER TABLE weir_shard.addresses_1h ON CLUSTER `main` MODIFY SETTING merge_selector_base = 10, min_age_to_force_merge_seconds = 300',
  );
});

it('gives each table of a shard a place of its own in the Keeper, shared by its replicas', () => {
  expect(new Set(found.replicas?.map(({ path }) => path)).size).toBe(TABLES.length + 2);
  for (const { name } of TABLES) {
    const path = `/clickhouse/tables/main/07/weir/${name}`;
    expect(found.replicas).toContainEqual({
      database: 'weir_shard',
      table: name,
      path,
      name: 'ch7a',
    });
  }
  // One table for all shards: a replica's name must not be that of another shard's.
  for (const table of ['schema_versions', 'complete_from']) {
    const path = `/clickhouse/tables/main/weir/${table}`;
    expect(found.replicas).toContainEqual({ database: 'weir', table, path, name: '07-ch7a' });
  }
});

it('remembers tokens for longer than servers do by themselves', () => {
  const tables = found.tables?.filter(
    ({ database, engine }) => database === 'weir_shard' && engine?.startsWith('Replicated'),
  );
  expect(tables).toHaveLength(TABLES.length);
  for (const { sql } of tables ?? []) {
    expect(sql).toContain('replicated_deduplication_window = 10000');
    expect(sql).toContain('replicated_deduplication_window_seconds = 604800');
  }
});

it('gives questions the same columns under the same names, over all shards', () => {
  expect(found.columns?.length).toBeGreaterThan(TABLES.length);
  expect(found.columns).toEqual(found.shardColumns);
  const names: readonly string[] = TABLES.map(({ name }) => name);
  const asked = found.tables?.filter(
    ({ database, name = '' }) => database === 'weir' && names.includes(name),
  );
  expect(asked).toHaveLength(TABLES.length);
  for (const { name, sql } of asked ?? []) {
    expect(sql).toContain(`ENGINE = Distributed('main', 'weir_shard', '${name}')`);
  }
});
