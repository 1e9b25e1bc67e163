// SPDX-License-Identifier: Apache-2.0

interface Found {
  readonly servers: string;
  readonly present: string;
  readonly readOnly: string;
}

/** Whether the servers of a cluster reach each other and take rows, as the one says that is asked. */
export class ClusterWatch {
  readonly #cluster: string;
  readonly #look: <Row>(sql: string) => Promise<Row[]>;
  #problem: string | undefined;

  /** @param look asks any of the servers */
  constructor(cluster: string, look: <Row>(sql: string) => Promise<Row[]>) {
    this.#cluster = cluster;
    this.#look = look;
  }

  /** In words; undefined while all is well, or nobody could be asked. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Never throws: who cannot be asked says so elsewhere. */
  async look(): Promise<void> {
    const everywhere = (table: string) => `clusterAllReplicas('${this.#cluster}', system.${table})`;
    const rows = await this.#look<Found>(
      `SELECT (SELECT count() FROM system.clusters WHERE cluster = '${this.#cluster}') AS servers,
  (SELECT count() FROM ${everywhere('one')}) AS present,
  (SELECT uniqExact(hostName()) FROM ${everywhere('replicas')} WHERE database = 'weir_shard' AND is_readonly) AS readOnly
SETTINGS skip_unavailable_shards = 1`,
    ).catch(() => []);
    this.#problem = rows[0] === undefined ? undefined : problemOf(rows[0]);
  }
}

function problemOf({ servers, present, readOnly }: Found): string | undefined {
  const away = Number(servers) - Number(present);
  if (away > 0) return `${away} of ${servers} servers of the ClickHouse cluster are away`;
  if (Number(readOnly) === 0) return undefined;
  return `tables of ${readOnly} servers of the ClickHouse cluster are read-only: see whether they reach the Keeper`;
}
