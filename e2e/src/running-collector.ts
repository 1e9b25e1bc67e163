// SPDX-License-Identifier: Apache-2.0
// `weir collector` as a process of its own, and an exporter that sends to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { API, type HealthResponse } from '@weir/wire';
import { expect } from 'vitest';
import { WEIR } from './weir.js';

/** Of each datagram. */
export const RECORDS = 30;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

export interface RunningCollector {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
}

/** Over a folder of its own; the caller ends it. */
export async function startCollector(data: string, ...args: string[]): Promise<RunningCollector> {
  const [port, http] = [await freePort(), await freePort()];
  const words = ['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${http}`, '--data', data];
  const child = spawn(process.execPath, [WEIR, 'collector', ...words, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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

export async function healthOf(url: string): Promise<HealthResponse | undefined> {
  const response = await fetch(`${url}${API.health}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as HealthResponse) : undefined;
}

export async function endCollector(
  { process: child }: RunningCollector,
  signal: NodeJS.Signals,
): Promise<void> {
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
export async function sendFor({ port }: RunningCollector, milliseconds: number): Promise<number[]> {
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
