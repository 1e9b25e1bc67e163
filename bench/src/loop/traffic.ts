// SPDX-License-Identifier: Apache-2.0
// BitTorrent connections, one after the other, that go on until nothing comes through any more.

export const SERVER_PORT = 38211;
export const FIRST_CLIENT_PORT = 20_001;
/** Between two packets of a connection: what a delay is measured by. */
const PACE_MS = 1;

/** Program of the server: it answers a handshake with one, and reads. */
export const SERVER_PROGRAM = `
require('node:net').createServer((socket) => {
  socket.setNoDelay().on('error', () => {}).on('data', () => {});
  socket.once('data', (data) => socket.write(data));
}).listen(${SERVER_PORT}, () => console.log('listening'));
`;

/** Program of the client; arguments: the server's address, connections, how long each lasts (ms). */
export const CLIENT_PROGRAM = `
const [address, count, lastsMs] = process.argv.slice(1);
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const handshake = Buffer.concat([
  Buffer.from([19]), Buffer.from('BitTorrent protocol'), Buffer.alloc(8),
  require('node:crypto').randomBytes(40),
]);
const connect = (localPort) => new Promise((resolve, reject) => {
  const socket = net.connect({ host: address, port: ${SERVER_PORT}, localPort }, () => resolve(socket));
  socket.on('error', reject);
});
(async () => {
  for (let i = 0; i < Number(count); i++) {
    const socket = await connect(${FIRST_CLIENT_PORT} + i);
    socket.setNoDelay().on('data', () => {}).on('error', () => {});
    socket.write(handshake);
    const end = performance.now() + Number(lastsMs);
    while (performance.now() < end) {
      await sleep(${PACE_MS});
      if (socket.writableLength < 10000) socket.write(Buffer.alloc(100, i));
    }
    socket.resetAndDestroy();
    await sleep(50);
  }
})();
`;
