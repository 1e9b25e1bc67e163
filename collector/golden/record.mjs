// SPDX-License-Identifier: Apache-2.0
// Records the golden datagrams: softflowd exports the sample capture, and nfdump says what is in the
// datagrams, so that the collector's decoder is held against another one. Needs Debian's softflowd and
// nfdump. Run: node collector/golden/record.mjs
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HERE = import.meta.dirname;
const CAPTURE = join(HERE, '../../samples/sample.pcapng');
const PORT = 29055;
const REFEREE_PORT = 29056;

/** Runs softflowd, keeps each datagram and passes it on to nfcapd; returns datagrams and nfdump's records. */
async function record(version) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-golden-'));
  const referee = spawn('nfcapd', ['-w', folder, '-p', String(REFEREE_PORT), '-t', '3600']);
  const socket = createSocket('udp4').bind(PORT, '127.0.0.1');
  const datagrams = [];
  socket.on('message', (datagram) => {
    datagrams.push(datagram);
    socket.send(datagram, REFEREE_PORT, '127.0.0.1');
  });
  await sleep(1000);
  const target = `127.0.0.1:${PORT}`;
  const exporter = spawn('softflowd', ['-r', CAPTURE, '-n', target, '-v', version]);
  await once(exporter, 'exit');
  await sleep(500);
  socket.close();
  referee.kill('SIGTERM');
  await once(referee, 'exit');
  const files = readdirSync(folder).filter((name) => name.startsWith('nfcapd.'));
  const records = files.flatMap((name) => nfdump(join(folder, name)));
  rmSync(folder, { recursive: true });
  return { datagrams, records };
}

function nfdump(path) {
  const { stdout } = spawnSync('nfdump', ['-r', path, '-o', 'json'], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout).map((flow) => ({
    flowStartMilliseconds: time(flow.first),
    flowEndMilliseconds: time(flow.last),
    sourceAddress: flow.src4_addr ?? flow.src6_addr,
    destinationAddress: flow.dst4_addr ?? flow.dst6_addr,
    sourceTransportPort: flow.src_port ?? 0,
    destinationTransportPort: flow.dst_port ?? 0,
    protocolIdentifier: flow.proto,
    octets: flow.in_bytes,
    packets: flow.in_packets,
  }));
}

/**
 * softflowd's v9 header may carry a sysUptime from before the flow's last packet; nfdump 1.7.1 takes that
 * for a wrap of the counter, 49.7 days later. The capture is from the past: a time to come is wrong.
 */
function time(text) {
  const milliseconds = Date.parse(`${text}Z`);
  return milliseconds > Date.now() ? milliseconds - 2 ** 32 : milliseconds;
}

/** Datagrams one after another, each after its length in two octets (big-endian). */
function framed(datagrams) {
  return Buffer.concat(
    datagrams.flatMap((datagram) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(datagram.length);
      return [length, datagram];
    }),
  );
}

for (const version of ['5', '9']) {
  const { datagrams, records } = await record(version);
  writeFileSync(join(HERE, `softflowd-v${version}.bin`), framed(datagrams));
  const lines = records.map((flow) => JSON.stringify(flow)).join('\n');
  writeFileSync(join(HERE, `softflowd-v${version}.jsonl`), `${lines}\n`);
  console.log(`v${version}: ${datagrams.length} datagrams, ${records.length} records`);
}
