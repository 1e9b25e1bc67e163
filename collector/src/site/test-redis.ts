// SPDX-License-Identifier: Apache-2.0
// A real Redis for tests, on a port and in a folder of its own, that forgets everything when it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { freePort, until } from '../test-server.js';

export class TestRedis {
  port = 0;
  folder = '';
  #process: ChildProcess | undefined;
  #client: Redis | undefined;

  /** Nothing where it runs already. @param more arguments of redis-server */
  async start(...more: string[]): Promise<void> {
    if (this.#process !== undefined) return;
    this.port ||= await freePort();
    this.folder ||= await mkdtemp(path.join(tmpdir(), 'weir-redis-'));
    const places = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const settings = ['--save', '', '--appendonly', 'no', ...more];
    this.#process = spawn('redis-server', [...places, ...settings], { stdio: 'ignore' });
    await until(() => this.client.status === 'ready' || undefined);
  }

  /** For what a test wants to know or to do in the server. */
  get client(): Redis {
    if (this.#client === undefined) {
      this.#client = new Redis({
        port: this.port,
        maxRetriesPerRequest: null,
        protocol: 2,
        retryStrategy: () => 20,
      });
      this.#client.on('error', () => undefined);
    }
    return this.#client;
  }

  /** Without a chance to write anything. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(() => this.client.status !== 'ready' || undefined);
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#client?.disconnect();
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }
}
