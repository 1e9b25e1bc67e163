// SPDX-License-Identifier: Apache-2.0
// The lab itself: what tests build on must hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BitTorrentTransfer } from './bittorrent.js';
import { eventually } from './eventually.js';
import { HttpDownload } from './http.js';
import { IS_ROOT, Lab } from './lab.js';
import { isLeftover } from './namespace-names.js';
import { run } from './run.js';
import { ADDRESSES, MIRROR } from './topology.js';

describe.skipIf(!IS_ROOT)('the lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ servers: 2 });
  }, 60_000);
  afterAll(() => lab.dispose(), 60_000);

  test.each(['server', 'server2'] as const)(
    'the client reaches %s, by both families',
    async (server) => {
      await lab.exec('client', ['ping', '-c1', '-W5', ADDRESSES[server][4]]);
      await lab.exec('client', ['ping', '-c1', '-W5', ADDRESSES[server][6]]);
    },
  );

  test('the gateway reaches the collector on the management link, the client does not', async () => {
    await lab.exec('gateway', ['ping', '-c1', '-W5', ADDRESSES.probe[4]]);
    await expect(lab.exec('client', ['ping', '-c1', '-W1', ADDRESSES.probe[4]])).rejects.toThrow();
  });

  test.each([4, 6] as const)(
    'the mirror shows every packet of both directions once, over IPv%s',
    async (family) => {
      const lengths = Array.from({ length: 200 }, (_, i) => 101 + i);
      await using echo = lab.spawn('server', ['node', '-e', ECHO, '5555']);
      await echo.waitFor(/ready/);
      const filter = ['udp', 'and', 'port', '5555'];
      await using capture = lab.spawn('probe', [
        'tcpdump',
        '-i',
        MIRROR,
        '-nn',
        '-l',
        '--immediate-mode',
        ...filter,
      ]);
      await capture.waitFor(/listening on/);
      await lab.exec('client', [
        'node',
        '-e',
        PING_PONG,
        ADDRESSES.server[family],
        '5555',
        lengths.join(),
      ]);
      await eventually('all copies are there', () => seen(capture.lines).length >= 400);
      const to = seen(capture.lines.filter((line) => line.includes('.5555: ')));
      const from = seen(capture.lines.filter((line) => line.includes('.5555 > ')));
      expect(to).toEqual(lengths);
      expect(from).toEqual(lengths);
    },
    60_000,
  );

  test('a real BitTorrent transfer runs with a handshake in plain text, and HTTP beside it', async () => {
    await using capture = lab.spawn('probe', ['tcpdump', '-i', MIRROR, '-nn', '-l', HANDSHAKE]);
    await capture.waitFor(/listening on/);
    await using torrent = await BitTorrentTransfer.start(lab, { sizeBytes: 50_000_000 });
    await using download = await HttpDownload.start(lab, { server: 'server2', family: 6 });
    await capture.waitFor(/10.77.1.2.* > 10.77.2.2/);
    await capture.waitFor(/10.77.2.2.* > 10.77.1.2/);
    expect(await torrent.connections()).toBe(1);
    const [torrentBefore, downloadBefore] = [await torrent.progress(), await download.progress()];
    await eventually('both go on', async () => {
      const torrentNow = await torrent.progress();
      return (
        torrentNow > torrentBefore + 500_000 &&
        (await download.progress()) > downloadBefore + 200_000
      );
    });
    expect(download.running).toBe(true);
  }, 120_000);

  test('a second lab stands beside the first, and leaves nothing behind', async () => {
    const second = await Lab.create();
    const spawned = second.spawn('client', ['sh', '-c', 'sleep 600 & sleep 600']);
    await second.exec('client', ['ping', '-c1', '-W5', ADDRESSES.server[4]]);
    const name = second.namespaceOf('client');
    await second.dispose();
    expect(spawned.running).toBe(false);
    expect(await run('ip', ['netns', 'list'])).not.toContain(name);
    await lab.exec('client', ['ping', '-c1', '-W5', ADDRESSES.server[4]]);
  }, 60_000);

  test('what a crashed run left is removed', async () => {
    const leftover = 'weir-lab-4194304-1-1-client';
    await run('ip', ['netns', 'add', leftover]);
    await (await Lab.create()).dispose();
    expect(await run('ip', ['netns', 'list'])).not.toContain(leftover);
  }, 60_000);

  test('a program that takes too long is ended', async () => {
    await expect(lab.exec('client', ['sleep', '60'], { limitMs: 200 })).rejects.toThrow();
  });
});

test('a living lab is no leftover', () => {
  expect(isLeftover('weir-lab-4194304-1-1-client')).toBe(true);
  expect(isLeftover('someone-elses')).toBe(false);
});

/** pcap filter: TCP payload that begins with the octet 19 and "BitT". */
const HANDSHAKE = 'tcp[(tcp[12] >> 4) * 4] = 19 and tcp[(tcp[12] >> 4) * 4 + 1 : 4] = 0x42697454';

const ECHO = `
const socket = require('node:dgram').createSocket('udp6').bind(Number(process.argv[1]));
socket.on('listening', () => console.log('ready'));
socket.on('message', (data, from) => socket.send(data, from.port, from.address));
`;

/** One datagram of each length, each sent after the echo of the one before. */
const PING_PONG = `
const [address, port, lengths] = process.argv.slice(1);
const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
const left = lengths.split(',').map(Number);
const next = () => left.length ? socket.send(Buffer.alloc(left.shift()), Number(port), address) : socket.close();
socket.on('message', next);
next();
`;

function seen(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const length = / UDP, length (\d+)/.exec(line)?.[1];
    return length === undefined ? [] : [Number(length)];
  });
}
