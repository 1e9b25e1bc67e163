// SPDX-License-Identifier: Apache-2.0
// A real InfluxDB for tests, on ports and in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, until } from '../test-server.js';

export class TestInfluxd {
  port = 0;
  #folder = '';
  #process: ChildProcess | undefined;

  /** Nothing where it runs already. @param settings environment variables, beside places and ports */
  async start(settings: Record<string, string> = {}): Promise<void> {
    if (this.#process !== undefined) return;
    this.port ||= await freePort();
    this.#folder ||= await mkdtemp(path.join(tmpdir(), 'weir-influxd-'));
    const rpcPort = await freePort();
    this.#process = spawn('influxd', ['-config', '/dev/null'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        INFLUXDB_REPORTING_DISABLED: 'true',
        INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpcPort}`,
        INFLUXDB_META_DIR: path.join(this.#folder, 'meta'),
        INFLUXDB_DATA_DIR: path.join(this.#folder, 'data'),
        INFLUXDB_DATA_WAL_DIR: path.join(this.#folder, 'wal'),
        INFLUXDB_MONITOR_STORE_ENABLED: 'false',
        INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${this.port}`,
        ...settings,
      },
    });
    const ping = () => fetch(`http://127.0.0.1:${this.port}/ping`).catch(() => undefined);
    await until(async () => (await ping())?.ok);
  }

  /** Without a chance to write anything. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  /** Rows of the first result, of all its series, by column. @throws Error with InfluxDB's */
  async query(q: string, database = ''): Promise<Record<string, number | string>[]> {
    const search = new URLSearchParams({ q, db: database, epoch: 'ms' });
    const response = await fetch(`http://127.0.0.1:${this.port}/query?${search}`, {
      method: 'POST',
    });
    const { results, error } = (await response.json()) as InfluxAnswer;
    const problem = error ?? results?.[0]?.error;
    if (problem !== undefined) throw new Error(`${q}: ${problem}`);
    return (results?.[0]?.series ?? []).flatMap(({ columns, values, tags }) =>
      values.map((row) => ({
        ...tags,
        ...Object.fromEntries(columns.map((column, i) => [column, row[i] ?? 0])),
      })),
    );
  }
}

interface InfluxAnswer {
  readonly error?: string;
  readonly results?: {
    readonly error?: string;
    readonly series?: {
      readonly tags?: Record<string, string>;
      readonly columns: string[];
      readonly values: (number | string)[][];
    }[];
  }[];
}
