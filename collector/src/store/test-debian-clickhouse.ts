// SPDX-License-Identifier: Apache-2.0
// For tests: Debian's ClickHouse (18.16) in a folder of its own. It speaks the HTTP protocol, but knows neither
// the tables of schema.ts nor tokens nor parameters.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../test-server.js';

const PROGRAM = 'clickhouse-server';
/** Debian's folder of such programs is not in everybody's path. */
const PATH = `${process.env.PATH}:/usr/sbin`;
export const HAS_CLICKHOUSE =
  spawnSync(PROGRAM, ['--version'], { env: { ...process.env, PATH } }).error === undefined;

const USERS = `<yandex>
  <profiles><default/></profiles><quotas><default/></quotas>
  <users><weir>
    <password>secret</password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </weir></users>
</yandex>`;

export class DebianClickhouse {
  port = 0;
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-clickhouse-18-'));
  #process: ChildProcess | undefined;

  /** On the same port and with the same tables after `kill`. */
  async start(): Promise<void> {
    this.port ||= await freePort();
    for (const name of ['data', 'tmp']) mkdirSync(join(this.folder, name), { recursive: true });
    writeFileSync(join(this.folder, 'users.xml'), USERS);
    writeFileSync(join(this.folder, 'config.xml'), this.#configuration());
    const config = join(this.folder, 'config.xml');
    const env = { ...process.env, PATH };
    this.#process = spawn(PROGRAM, [`--config-file=${config}`], { env, stdio: 'ignore' });
    const ping = () => fetch(`http://127.0.0.1:${this.port}/ping`).catch(() => undefined);
    await until(async () => (await ping())?.ok);
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

  #configuration(): string {
    return `<yandex>
  <logger><level>none</level></logger>
  <http_port>${this.port}</http_port><listen_host>127.0.0.1</listen_host>
  <path>${this.folder}/data/</path><tmp_path>${this.folder}/tmp/</tmp_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>5368709</mark_cache_size>
</yandex>`;
  }
}
