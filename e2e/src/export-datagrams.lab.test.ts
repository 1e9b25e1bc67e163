// SPDX-License-Identifier: Apache-2.0
// Datagrams to collectors that are not there, or behind a way that is too narrow: counted, and over
// when the trouble is over.
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IpfixSession } from './ipfix-reader.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { run } from './lab/run.js';
import { writeManyFlows } from './many-flows.js';
import { booksOf, RunningWeir, readStats, runProbe, SAMPLE, scratchFolder } from './weir.js';

const TEMPLATE_SET = 2;

/** Takes IPFIX datagrams on loopback. */
class DatagramCollector implements AsyncDisposable {
  readonly session = new IpfixSession();
  datagrams = 0;
  #hasTemplates = false;
  readonly #socket: Socket;

  constructor(type: 'udp4' | 'udp6') {
    this.#socket = createSocket({ type, recvBufferSize: 8 << 20 });
    this.#socket.on('message', (datagram) => this.#take(datagram));
  }

  /** Who comes late cannot read what comes before the next templates. */
  #take(datagram: Buffer): void {
    this.datagrams += 1;
    this.#hasTemplates ||= datagram.readUInt16BE(16) === TEMPLATE_SET;
    if (this.#hasTemplates) this.session.takeMessage(datagram);
  }

  async listen(host: string, port = 0): Promise<this> {
    this.#socket.bind(port, host);
    await once(this.#socket, 'listening');
    return this;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}

async function closedPort(): Promise<number> {
  await using collector = await new DatagramCollector('udp4').listen('127.0.0.1');
  return collector.port;
}

it('counts every datagram that nobody takes, and goes on when somebody does', async () => {
  const port = await closedPort();
  const statsFile = path.join(scratchFolder(), 'stats.json');
  const source = ['--replay', SAMPLE, '--loop', '--active-timeout', '1', '--idle-timeout', '1'];
  const target = ['--export', `ipfix://127.0.0.1:${port}`, '--template-refresh', '1'];
  const args = ['probe', ...source, ...target, '--stats', statsFile];
  await using probe = RunningWeir.start(args);
  await sleep(4000);
  await using collector = await new DatagramCollector('udp4').listen('127.0.0.1', port);
  await eventually('flows come', () => collector.session.totals.records > 50);
  expect(await probe.stop()).toBe(0);
  await sleep(300);
  const books = booksOf(readStats(statsFile));
  expect(books.unreachableMessages).toBeGreaterThan(0);
  expect(books).toMatchObject({ lastUnreachable: 'Connection refused', lastFailure: '' });
  expect(books).toMatchObject({ failedMessages: 0, failedRecords: 0 });
  expect(collector.datagrams + (books.unreachableMessages ?? 0)).toBe(books.messages);
});

it('reaches a collector over IPv6', async () => {
  await using collector = await new DatagramCollector('udp6').listen('::1');
  const target = `ipfix://[::1]:${collector.port}`;
  const { stats } = await runProbe('--read', SAMPLE, '--export', target, '--export-source', '::1');
  await sleep(300);
  expect(collector.session.totals).toMatchObject(stats.recorded);
});

it('shares flows among targets: each flow has one, the same in every run', async () => {
  const assignments: string[][] = [];
  for (const lanes of ['1', '3']) {
    await using left = await new DatagramCollector('udp4').listen('127.0.0.1');
    await using right = await new DatagramCollector('udp4').listen('127.0.0.1');
    const targets = [left, right].flatMap(({ port }) => ['--export', `ipfix://127.0.0.1:${port}`]);
    const args = ['--export-mode', 'share', '--lanes', lanes, ...targets];
    const { stats } = await runProbe('--read', SAMPLE, ...args);
    await sleep(300);
    const [one, other] = [left.session, right.session];
    expect(one.totals.packets).toBeGreaterThan(0);
    expect(other.totals.packets).toBeGreaterThan(0);
    expect(one.totals.packets + other.totals.packets).toBe(stats.recorded.packets);
    expect(one.totals.octets + other.totals.octets).toBe(stats.recorded.octets);
    expect([...one.flows].filter((flow) => other.flows.has(flow))).toEqual([]);
    assignments.push([...one.flows].sort());
  }
  expect(assignments[1]).toEqual(assignments[0]);
});

describe.skipIf(!IS_ROOT)('over a veth pair', () => {
  const [NEAR, FAR] = [`weir-near-${process.pid}`, `weir-far-${process.pid}`];
  const ip = (...args: string[]): Promise<string> => run('ip', args);
  const near = (...command: string[]): Promise<string> => ip('netns', 'exec', NEAR, ...command);

  beforeEach(async () => {
    for (const namespace of [NEAR, FAR]) await ip('netns', 'add', namespace);
    await ip('-n', NEAR, 'link', 'add', 'wnear', 'type', 'veth', 'peer', 'wfar', 'netns', FAR);
    await ip('-n', NEAR, 'addr', 'add', '10.99.0.1/24', 'dev', 'wnear');
    await ip('-n', FAR, 'addr', 'add', '10.99.0.2/24', 'dev', 'wfar');
    await ip('-n', NEAR, 'link', 'set', 'wnear', 'up');
    await ip('-n', FAR, 'link', 'set', 'wfar', 'up');
  });
  afterEach(async () => {
    for (const namespace of [NEAR, FAR]) await ip('netns', 'del', namespace);
  });

  /** The folder where nfcapd on the far side put what `send` sent to `host`. */
  async function receivedBeyond(host: string, send: () => Promise<void>): Promise<string> {
    const folder = scratchFolder();
    const listen = ['-w', folder, '-p', '4739', '-b', host, '-t', '300', '-B', '8000000'];
    const command = ['netns', 'exec', FAR, 'nfcapd', ...listen];
    const nfcapd = spawn('ip', command, { stdio: 'ignore' });
    await sleep(1500);
    await send();
    await sleep(1500);
    nfcapd.kill('SIGTERM');
    await once(nfcapd, 'close');
    return folder;
  }

  /** The datagrams that crossed the veth pair while `send` ran, as tcpdump saw them. */
  async function crossing(send: () => Promise<void>): Promise<IpfixSession> {
    const file = path.join(scratchFolder(), 'crossed.pcap');
    const dump = ['tcpdump', '-i', 'wfar', '-B', '65536', '-U', '-Z', 'root', '-w', file, 'udp'];
    const tcpdump = spawn('ip', ['netns', 'exec', FAR, ...dump], { stdio: 'ignore' });
    await receivedBeyond('10.99.0.2', send); // somebody must listen, or ICMP says that nobody does
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'close');
    const session = new IpfixSession();
    const octets = readFileSync(file);
    for (let at = 24; at < octets.length; ) {
      const length = octets.readUInt32LE(at + 8);
      session.takeMessage(octets.subarray(at + 16 + 14 + 20 + 8, at + 16 + length));
      at += 16 + length;
    }
    return session;
  }

  const shape = (verb: string, rate: string, burst: string): Promise<string> => {
    const form = ['rate', rate, 'burst', burst, 'limit', '50m'];
    return near('tc', 'qdisc', verb, 'dev', 'wnear', 'root', 'tbf', ...form);
  };

  it('counts what a full socket buffer has no room for, and goes on when there is', async () => {
    const folder = scratchFolder();
    const statsFile = path.join(folder, 'stats.json');
    const capture = path.join(folder, 'many.pcap');
    writeManyFlows(capture, 300_000, 10);
    // The queue holds more than the socket's buffer, so it is the buffer that fills.
    await shape('add', '200kbit', '5k');
    const { totals } = await crossing(async () => {
      const source = ['--replay', capture, '--engine', 'none', '--idle-timeout', '1'];
      const target = ['--export', 'ipfix://10.99.0.2:4739', '--stats', statsFile];
      const inside = ['ip', 'netns', 'exec', NEAR];
      await using probe = RunningWeir.start(['probe', ...source, ...target], inside);
      await sleep(9500); // it fills within two seconds, and the replay is not over
      await shape('change', '200mbit', '100k');
      await eventually('the probe has ended', () => probe.process.exitCode !== null, 60_000);
      expect(probe.process.exitCode).toBe(0);
    });
    const books = booksOf(readStats(statsFile));
    expect(books.failedMessagesByReason.bufferFull).toBeGreaterThan(0);
    expect(books.lastFailure).toBe('Resource temporarily unavailable');
    expect(totals.records + (books.failedRecords ?? 0)).toBe(books.records);
    expect(totals.packets + (books.failedPackets ?? 0)).toBe(books.packets);
  });

  it('starts without a route to the collector, and says that it is missing', async () => {
    const statsFile = path.join(scratchFolder(), 'stats.json');
    const source = ['--replay', SAMPLE, '--loop', '--active-timeout', '1', '--idle-timeout', '1'];
    const target = ['--export', 'netflow9://203.0.113.9:4739', '--stats', statsFile];
    const inside = ['ip', 'netns', 'exec', NEAR];
    await using probe = RunningWeir.start(['probe', ...source, ...target], inside);
    await sleep(4000);
    expect(await probe.stop()).toBe(0);
    const books = booksOf(readStats(statsFile));
    expect(books).toMatchObject({ connected: 0, lastFailure: 'Network is unreachable' });
    expect(books.records).toBeGreaterThan(0);
    expect(books.failedRecords).toBe(books.records);
  });

  it('reaches a link-local address by its zone', async () => {
    const addresses = await ip(
      '-n',
      FAR,
      '-6',
      '-o',
      'addr',
      'show',
      'dev',
      'wfar',
      'scope',
      'link',
    );
    const address = /inet6 (fe80::[0-9a-f:]+)/.exec(addresses)?.[1] ?? '';
    await eventually('the address is no longer tentative', async () => {
      const all = await Promise.all([NEAR, FAR].map((name) => ip('-n', name, '-6', 'addr')));
      return !all.join('').includes('tentative');
    });
    const statsFile = path.join(scratchFolder(), 'stats.json');
    const folder = await receivedBeyond('::', async () => {
      const target = ['--export', `ipfix://[${address}%25wnear]:4739`, '--stats', statsFile];
      const inside = ['ip', 'netns', 'exec', NEAR];
      await using probe = RunningWeir.start(['probe', '--read', SAMPLE, ...target], inside);
      await eventually('the probe has ended', () => probe.process.exitCode !== null);
      expect(probe.process.exitCode).toBe(0);
    });
    const csv = await run('nfdump', ['-R', folder, '-o', 'csv', '-q']);
    const rows = csv.split('\n').filter((line) => line.includes(','));
    const packets = rows.reduce((sum, row) => sum + Number(row.split(',')[11]), 0);
    const books = booksOf(readStats(statsFile));
    expect({ records: rows.length, packets }).toEqual({
      records: books.records,
      packets: books.packets,
    });
  });

  it('sends what fits a path that becomes narrower', async () => {
    const folder = scratchFolder();
    const statsFile = path.join(folder, 'stats.json');
    const capture = path.join(folder, 'many.pcap');
    writeManyFlows(capture, 3000, 6);
    const { totals } = await crossing(async () => {
      const source = ['--replay', capture, '--engine', 'none', '--idle-timeout', '1'];
      const target = ['--export', 'ipfix://10.99.0.2:4739', '--template-refresh', '1'];
      const inside = ['ip', 'netns', 'exec', NEAR];
      const args = ['probe', ...source, ...target, '--stats', statsFile];
      await using probe = RunningWeir.start(args, inside);
      await sleep(4000);
      await near('ip', 'link', 'set', 'wnear', 'mtu', '800');
      await eventually('the probe has ended', () => probe.process.exitCode !== null, 60_000);
      expect(probe.process.exitCode).toBe(0);
    });
    const books = booksOf(readStats(statsFile));
    expect(books.failedMessages).toBe(books.failedMessagesByReason.tooLong);
    expect(totals.records + (books.failedRecords ?? 0)).toBe(books.records);
    expect(books.failedMessages).toBeLessThan((books.messages ?? 0) / 2);
  });
});
