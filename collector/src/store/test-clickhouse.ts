// SPDX-License-Identifier: Apache-2.0
// For tests: a server that speaks as ClickHouse does, in a process and a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test-server.js';

const PROGRAM = join(import.meta.dirname, '../../dist/store/test-clickhouse-server.js');
/** "one" is a shard, the process itself; "half" has a second one, which is away. */
const CONFIGURATION = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers><one><shard>
    <internal_replication>true</internal_replication>
    <replica><host>127.0.0.1</host><port>9000</port></replica>
  </shard></one><half>
    <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
    <shard><replica><host>127.0.0.1</host><port>1</port></replica></shard>
  </half></remote_servers>
</clickhouse>`;

export class TestClickhouse {
  port = 0;
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-clickhouse-'));
  #process: ChildProcess | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nothing where it runs already; on the same port and with the same tables after `kill`. */
  async start(): Promise<void> {
    if (this.#process !== undefined) return;
    this.port ||= await freePort();
    writeFileSync(join(this.folder, 'config.xml'), CONFIGURATION);
    const child = spawn(process.execPath, [PROGRAM, join(this.folder, 'data'), `${this.port}`], {
      cwd: this.folder,
      env: { ...process.env, UV_THREADPOOL_SIZE: '12' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = child;
    await once(child.stdout, 'data');
  }

  /** @throws Error with what the server says */
  async write(sql: string): Promise<void> {
    const response = await fetch(this.url, { method: 'POST', body: sql });
    const text = await response.text();
    if (!response.ok) throw new Error(`${sql}: ${text}`);
  }

  async empty(): Promise<void> {
    for (const name of ['weir', 'weir_shard'])
      await this.write(`DROP DATABASE IF EXISTS ${name} SYNC`);
  }

  /** Without a chance to write anything. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
