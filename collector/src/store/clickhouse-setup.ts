// SPDX-License-Identifier: Apache-2.0
import { CollectorError } from '../errors.js';
import type { ClickhouseTables } from './cluster-schema.js';
import { ADDRESSES_6H_COMPLETE, SCHEMA_VERSION } from './schema.js';
import type { Shard } from './shards.js';

export interface ClickhouseSetupOptions {
  readonly tables: ClickhouseTables;
  readonly cluster: string | undefined;
  readonly write: (sql: string) => Promise<void>;
  readonly look: <Row>(sql: string) => Promise<Row[]>;
}

/** The first with all that is used here; see docs/clickhouse.md. */
const LEAST_VERSION = [25, 3] as const;

/** Makes the tables that are not there. Each step can be done again, also by several collectors at once. */
export class ClickhouseSetup {
  readonly #options: ClickhouseSetupOptions;

  constructor(options: ClickhouseSetupOptions) {
    this.#options = options;
  }

  /**
   * The shards of the cluster; none of a single server. @throws CollectorError WEIR_COLLECTOR_CLICKHOUSE and
   * WEIR_COLLECTOR_DATA_SCHEMA when somebody has to do something, Error while servers are away
   */
  async run(): Promise<readonly Shard[]> {
    await this.#refuseOldServer();
    const shards = await this.#shards();
    await this.#refuseOtherKind();
    const isComplete = await this.#isComplete();
    if (!isComplete) await this.#write(this.#options.tables.versions);
    const version = await this.#version();
    if (!isComplete || version < SCHEMA_VERSION) await this.#write(this.#options.tables.tables);
    if (version === 2) await this.#upgrade();
    if (version < SCHEMA_VERSION) {
      await this.#write([`INSERT INTO weir.schema_versions SELECT ${SCHEMA_VERSION}, now()`]);
    }
    return shards;
  }

  async #write(statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.#options.write(sql);
  }

  /** Of the tables; 0: there are none. */
  async #version(): Promise<number> {
    const [found] = await this.#options.look<{ version: string }>(
      'SELECT max(version) AS version FROM weir.schema_versions',
    );
    const version = Number(found?.version ?? 0);
    if ([0, 2, SCHEMA_VERSION].includes(version)) return version;
    throw new CollectorError(
      'WEIR_COLLECTOR_DATA_SCHEMA',
      `ClickHouse has tables of version ${version}, this Weir knows version ${SCHEMA_VERSION}; ` +
        'start the Weir that made them, or rename the databases weir and weir_shard',
    );
  }

  /** A server that is away would take rows without the new views when it is back, before it has made them. */
  async #upgrade(): Promise<void> {
    if (!(await this.#isComplete('with all servers'))) {
      throw new Error('a server of the cluster has not made the tables of this version yet');
    }
    await this.#write([...this.#options.tables.settings, ADDRESSES_6H_COMPLETE]);
  }

  async #refuseOldServer(): Promise<void> {
    const [found] = await this.#options.look<{ version: string }>('SELECT version() AS version');
    const { version = '' } = found ?? {};
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [least, leastMinor] = LEAST_VERSION;
    if (major > least || (major === least && minor >= leastMinor)) return;
    throw unusable(
      `the server is version ${version}; ${LEAST_VERSION.join('.')} or later is needed`,
    );
  }

  async #shards(): Promise<readonly Shard[]> {
    const { cluster, look } = this.#options;
    if (cluster === undefined) return [];
    const rows = await look<{ number: string; weight: string }>(
      `SELECT shard_num AS number, any(shard_weight) AS weight FROM system.clusters
WHERE cluster = '${cluster}' GROUP BY number ORDER BY number`,
    );
    const shards = rows.map((row) => ({ number: Number(row.number), weight: Number(row.weight) }));
    if (shards.some(({ weight }) => weight > 0)) return shards;
    throw unusable(
      `the server knows no cluster "${cluster}" with a shard that takes rows; see remote_servers in its configuration`,
    );
  }

  /**
   * Whether all servers that answer have all tables: then none has to be made, which takes all servers.
   * @throws Error when one does not answer that has to
   */
  async #isComplete(who: 'who answers' | 'with all servers' = 'who answers'): Promise<boolean> {
    const { cluster, look, tables } = this.#options;
    const all =
      cluster === undefined ? 'system.tables' : `clusterAllReplicas('${cluster}', system.tables)`;
    const names = tables.names.map((name) => `'${name}'`).join(', ');
    // Counted without a WHERE: a new server, which has none of them, would not be in the answer.
    const rows = await look<{ count: string }>(
      `SELECT countIf(concat(database, '.', name) IN (${names})) AS count FROM ${all}
GROUP BY hostName() SETTINGS skip_unavailable_shards = ${who === 'who answers' ? 1 : 0}`,
    );
    return rows.length > 0 && rows.every(({ count }) => Number(count) === tables.names.length);
  }

  /** Tables of a single server do not become those of a cluster, nor the other way round. */
  async #refuseOtherKind(): Promise<void> {
    const { cluster, look } = this.#options;
    const [found] = await look<{ engine: string }>(
      "SELECT engine FROM system.tables WHERE database = 'weir' AND name = 'flows'",
    );
    if (found === undefined) return;
    const isDistributed = found.engine === 'Distributed';
    if (isDistributed === (cluster !== undefined)) return;
    throw unusable(
      isDistributed
        ? 'its tables are those of a cluster: add ?cluster=NAME to --clickhouse'
        : 'weir.flows is the table of a single server: leave ?cluster= away, or rename the database weir',
    );
  }
}

function unusable(detail: string): CollectorError {
  return new CollectorError('WEIR_COLLECTOR_CLICKHOUSE', detail);
}
