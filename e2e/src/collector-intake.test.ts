// SPDX-License-Identifier: Apache-2.0
// `weir collector` as a process of its own: what an exporter has sent is there after SIGTERM, and after
// SIGKILL all but the last second.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { API, type HealthResponse } from '@weir/wire';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WEIR } from './weir.js';

const RECORDS = 30;

let folder = '';
let collector: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-e2e-intake-'));
});
afterEach(() => {
  collector?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

interface Running {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
}

async function start(): Promise<Running> {
  const [port, http] = [await freePort(), await freePort()];
  const words = ['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${http}`, '--data', folder];
  const child = spawn(process.execPath, [WEIR, 'collector', ...words, '--disk-reserve', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  collector = child;
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  // The sockets for records are the last to be opened.
  while (!said.includes('weir: collecting on')) {
    expect(child.exitCode, said).toBeNull();
    await sleep(50);
  }
  return { process: child, port, url: `http://127.0.0.1:${http}` };
}

async function health(url: string): Promise<HealthResponse | undefined> {
  const response = await fetch(`${url}${API.health}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as HealthResponse) : undefined;
}

async function end({ process: child }: Running, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
}

/** NetFlow v5, full, of now. */
function netflow5(sequence: number): Buffer {
  const datagram = Buffer.alloc(24 + 48 * RECORDS);
  datagram.writeUInt16BE(5, 0);
  datagram.writeUInt16BE(RECORDS, 2);
  datagram.writeUInt32BE(1000, 4);
  datagram.writeUInt32BE(Math.floor(Date.now() / 1000), 8);
  datagram.writeUInt32BE(sequence * RECORDS, 16);
  for (let record = 0; record < RECORDS; record++) {
    const at = 24 + 48 * record;
    datagram.writeUInt32BE(0x0a000001 + record, at);
    datagram.writeUInt32BE(0xc0000201, at + 4);
    datagram.writeUInt32BE(2, at + 16);
    datagram.writeUInt32BE(100, at + 20);
    datagram.writeUInt32BE(1000, at + 24);
    datagram.writeUInt32BE(1000, at + 28);
    datagram.writeUInt8(17, at + 38);
  }
  return datagram;
}

/** Sends for so long; returns when each datagram had left. */
async function sendFor({ port }: Running, milliseconds: number): Promise<number[]> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const send = promisify((datagram: Buffer, done: (error: Error | null) => void) =>
    socket.send(datagram, done),
  );
  const sentAt: number[] = [];
  const begin = Date.now();
  while (Date.now() < begin + milliseconds) {
    for (let i = 0; i < 5; i++) {
      await send(netflow5(sentAt.length));
      sentAt.push(Date.now());
    }
    await sleep(2);
  }
  socket.close();
  return sentAt;
}

/** Records in the database of a new process over the same folder. */
async function storedAfterwards(): Promise<number> {
  const again = await start();
  let stored = -1;
  for (;;) {
    const { store } = (await health(again.url)) as HealthResponse;
    const raw = store.tables.find(({ name }) => name === 'flows')?.rows ?? 0;
    if (store.pendingRecords === 0 && raw === stored) break;
    stored = raw;
    await sleep(6000);
  }
  await end(again, 'SIGTERM');
  return stored;
}

it('flushes at SIGTERM: nothing that was sent is missing', async () => {
  const running = await start();
  const sentAt = await sendFor(running, 1000);
  await end(running, 'SIGTERM');
  expect(running.process.exitCode).toBe(0);
  expect(await storedAfterwards()).toBe(sentAt.length * RECORDS);
});

it('loses at most the last second at SIGKILL, and opens again', async () => {
  const running = await start();
  const sentAt = await sendFor(running, 2500);
  const killedAt = Date.now();
  await end(running, 'SIGKILL');
  const old = sentAt.filter((time) => time < killedAt - 1000).length;
  const stored = await storedAfterwards();
  expect(stored).toBeGreaterThanOrEqual(old * RECORDS);
  expect(stored).toBeLessThanOrEqual(sentAt.length * RECORDS);
});
