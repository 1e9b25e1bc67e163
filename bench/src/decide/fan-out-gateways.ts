// SPDX-License-Identifier: Apache-2.0
// A process of gateways that listen for decisions, some of which never read. Tells when all have heard.
import { connect, type Socket } from 'node:net';

interface Wanted {
  readonly port: number;
  readonly gateways: number;
  readonly deaf: number;
}

/** Connections that are made at a time. */
const AT_ONCE = 200;

const { port, gateways, deaf } = JSON.parse(process.argv[2] ?? '{}') as Wanted;
const hearing = gateways - deaf;
let times: number[] = [];

function open(isDeaf: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', reject);
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    socket.once('data', () => {
      if (isDeaf) socket.pause();
      else socket.on('data', hear);
      resolve(socket);
    });
  });
}

function hear(octets: Buffer): void {
  if (!octets.includes('event: decisions')) return;
  times.push(performance.timeOrigin + performance.now());
  if (times.length < hearing) return;
  process.send?.(times);
  times = [];
}

for (let first = 0; first < gateways; first += AT_ONCE) {
  const count = Math.min(AT_ONCE, gateways - first);
  await Promise.all(Array.from({ length: count }, (_, i) => open(first + i < deaf)));
}
process.send?.('ready');
