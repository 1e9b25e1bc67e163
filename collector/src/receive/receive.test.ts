// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { allowList } from './allow-list.js';
import { endpointText, parseEndpoint } from './endpoint.js';
import { dropsIn } from './kernel-drops.js';
import { type Datagram, Receiver } from './receiver.js';
import { createRecentGrowth } from './recent-growth.js';

describe('endpoints', () => {
  it.each(['0.0.0.0:2055', '[::]:2055', 'localhost:0'])('%s', (text) => {
    expect(endpointText(parseEndpoint(text))).toBe(text);
  });

  it.each(['', '2055', ':2055', 'host:', 'host:99999', '::1:2055', '[x]:1'])(
    'refuses "%s" and says how to write it',
    (text) => {
      const code = 'WEIR_COLLECTOR_ADDRESS';
      expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code }));
      expect(() => parseEndpoint(text)).toThrow('[::]:2055');
    },
  );
});

describe('the list of allowed exporters', () => {
  it('covers addresses and prefixes', () => {
    const allowed = allowList(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7']);
    expect(['192.0.2.200', '2001:db8:1::1', '198.51.100.7'].map(allowed)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['192.0.3.1', '2001:db9::1', '198.51.100.8'].map(allowed)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('allows everyone when it is empty', () => {
    expect(allowList([])('203.0.113.1')).toBe(true);
  });

  it.each(['x', '1.2.3.4/33', '::1/129', '1.2.3.4/a'])('refuses "%s"', (entry) => {
    const code = 'WEIR_COLLECTOR_ADDRESS';
    expect(() => allowList([entry])).toThrow(expect.objectContaining({ code }));
  });
});

it('reads the drops of its own sockets from the table of the kernel', () => {
  const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  345: 00000000:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 17
  346: 0100007F:0808 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 4`;
  expect(dropsIn(table, [2055])).toBe(17);
  expect(dropsIn(table, [2055, 2056])).toBe(21);
  expect(dropsIn('', [2055])).toBe(0);
});

it('tells of a loss as long as it is recent', () => {
  const growing = createRecentGrowth(100);
  const steps: [number, number, boolean][] = [
    [0, 0, false],
    [5, 10, true],
    [5, 109, true],
    [5, 110, false],
    [6, 120, true],
  ];
  for (const [value, now, expected] of steps) expect(growing(value, now)).toBe(expected);
});

async function sendTo(port: number, host: string, payloads: readonly string[]): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  for (const payload of payloads) {
    await new Promise((resolve) => socket.send(payload, port, host, resolve));
  }
  socket.close();
}

function receiver(endpoints: readonly string[], allowed: readonly string[] = []) {
  const taken: Datagram[] = [];
  const drops = {};
  const made = new Receiver({
    endpoints: endpoints.map(parseEndpoint),
    receiveBufferBytes: 1 << 20,
    allowed: allowList(allowed),
    drops,
    onBatch: (datagrams) => taken.push(...datagrams),
    onError: (error) => {
      throw error;
    },
  });
  return { made, taken, drops };
}

describe('the receiver', () => {
  it('takes datagrams on several addresses, IPv4 senders on a dual-stack socket dotted', async () => {
    const { made, taken } = receiver(['127.0.0.1:0', '[::]:0']);
    await made.start();
    const [first, second] = made.endpoints;
    await sendTo(first?.port ?? 0, '127.0.0.1', ['a']);
    await sendTo(second?.port ?? 0, '::1', ['b']);
    await sendTo(second?.port ?? 0, '127.0.0.1', ['c']);
    await made.stop();
    const seen = taken.map(({ payload, exporterAddress }) => `${payload} ${exporterAddress}`);
    expect(seen.sort()).toEqual(['a 127.0.0.1', 'b ::1', 'c 127.0.0.1']);
    expect(made.state).toMatchObject({ datagrams: 3, octets: 3 });
  });

  it('loses nothing that was in the socket when it stops', async () => {
    const { made, taken } = receiver(['127.0.0.1:0']);
    await made.start();
    const many = Array.from({ length: 500 }, (_, i) => String(i));
    await sendTo(made.endpoints[0]?.port ?? 0, '127.0.0.1', many);
    await made.stop();
    expect(taken.map(({ payload }) => String(payload))).toEqual(many);
  });

  it('counts datagrams of exporters that are not allowed', async () => {
    const { made, taken, drops } = receiver(['127.0.0.1:0'], ['192.0.2.1']);
    await made.start();
    await sendTo(made.endpoints[0]?.port ?? 0, '127.0.0.1', ['a', 'b']);
    await sleep(20);
    await made.stop();
    expect(taken).toEqual([]);
    expect(drops).toEqual({ exporterNotAllowed: 2 });
  });

  it('says who is in the way when the port is taken, and keeps nothing open', async () => {
    const first = receiver(['127.0.0.1:0']);
    await first.made.start();
    const port = first.made.endpoints[0]?.port;
    const second = receiver(['127.0.0.1:0', `127.0.0.1:${port}`]);
    const code = 'WEIR_COLLECTOR_LISTEN';
    await expect(second.made.start()).rejects.toMatchObject({ code });
    await expect(second.made.start()).rejects.toThrow(`ss -ulpn 'sport = :${port}'`);
    expect(second.made.endpoints).toEqual([]);
    await first.made.stop();
  });
});
