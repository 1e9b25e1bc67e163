// SPDX-License-Identifier: Apache-2.0
// IPFIX over TCP and TLS: whatever the collector does, what it got and what is counted as failed
// add up to what was given.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from './certificates.js';
import { eventually } from './lab/eventually.js';
import { writeManyFlows } from './many-flows.js';
import { StreamCollector } from './stream-collector.js';
import {
  booksOf,
  RunningWeir,
  readStats,
  runProbe,
  SAMPLE,
  type Stats,
  scratchFolder,
  type TargetBooks,
  weir,
} from './weir.js';

/** The sample again and again, its flows exported every second. */
function startReplay(target: string, statsFile: string, ...args: string[]): RunningWeir {
  const short = ['--active-timeout', '1', '--idle-timeout', '1'];
  const source = ['--replay', SAMPLE, '--loop'];
  const output = ['--export', target, '--stats', statsFile];
  return RunningWeir.start(['probe', ...source, ...short, ...output, ...args]);
}

/** Everything given was received or counted as failed, in records, packets and octets. */
function expectBalance(books: TargetBooks, collector: StreamCollector): void {
  const { records, packets, octets } = collector.totals;
  expect({
    records: records + (books.failedRecords ?? 0),
    packets: packets + (books.failedPackets ?? 0),
    octets: octets + (books.failedOctets ?? 0),
  }).toEqual({ records: books.records, packets: books.packets, octets: books.octets });
}

describe('ipfix+tcp', () => {
  it.each(['uniflow', 'biflow'])('carries the sample whole, as %ss', async (form) => {
    await using collector = await StreamCollector.start();
    const target = `ipfix+tcp://127.0.0.1:${collector.port}`;
    const args = ['--ipfix-flows', form, '--lanes', '2'];
    const { stats } = await runProbe('--read', SAMPLE, '--export', target, ...args);
    const books = booksOf({ stats });
    await collector.ended();
    expect(collector.sessions).toHaveLength(2);
    expect(books).toMatchObject({ sessions: 2, failedMessages: 0 });
    expect(collector.totals).toMatchObject(stats.recorded);
    expectBalance(books, collector);
    for (const session of collector.sessions) {
      expect(session).toMatchObject({ tornOctets: 0, missingRecords: 0 });
    }
  });

  it('waits for a collector that comes late when it reads a file', async () => {
    const probeOf = async (port: number) =>
      runProbe('--read', SAMPLE, '--export', `ipfix+tcp://127.0.0.1:${port}`);
    const unused = await StreamCollector.start();
    const { port } = unused;
    await unused.stop();
    const running = probeOf(port);
    await sleep(2500);
    await using collector = await StreamCollector.start(undefined, port);
    const { stats } = await running;
    await collector.ended();
    expect(booksOf({ stats })).toMatchObject({ sessions: 1, failedMessages: 0 });
    expect(collector.totals).toMatchObject(stats.recorded);
  });

  it('counts what a collector that stops reading has no room for, and goes on', async () => {
    const folder = scratchFolder();
    const statsFile = path.join(folder, 'stats.json');
    const capture = path.join(folder, 'many.pcap');
    writeManyFlows(capture, 300_000, 4);
    await using collector = await StreamCollector.start();
    collector.pause();
    const source = ['--replay', capture, '--engine', 'none', '--idle-timeout', '1'];
    const target = ['--export', `ipfix+tcp://127.0.0.1:${collector.port}`];
    const control = path.join(folder, 'probe.sock');
    const more = ['--export-buffer', '1048576', '--stats', statsFile, '--control', control];
    await using probe = RunningWeir.start(['probe', ...source, ...target, ...more]);
    // Before the replay ends: what waits then is given up after some seconds, amid a message.
    await eventually('messages find no room', async () => {
      const status = await weir('probe', 'status', '--json', '--control', control).catch(() => {});
      const { stats } = JSON.parse(status?.stdout ?? '{}') as { stats?: Stats };
      return stats !== undefined && (booksOf({ stats }).failedMessagesByReason.bufferFull ?? 0) > 0;
    });
    collector.resume();
    await eventually('the probe has ended', () => probe.process.exitCode !== null, 60_000);
    expect(probe.process.exitCode).toBe(0);
    await collector.ended();
    const books = booksOf(readStats(statsFile));
    expect(books.failedMessagesByReason.bufferFull).toBeGreaterThan(0);
    expect(collector.totals.records).toBeGreaterThan(0);
    expectBalance(books, collector);
    expect(collector.sessions.map(({ tornOctets }) => tornOctets)).toEqual(
      collector.sessions.map(() => 0),
    );
  });
});

describe.each(['ipfix+tcp', 'ipfix+tls'])('%s to a collector that is started again', (scheme) => {
  it('begins a session with templates, and the books add up', async () => {
    const folder = scratchFolder();
    makeCertificates(folder);
    const read = (name: string) => readFileSync(path.join(folder, name));
    const tls =
      scheme === 'ipfix+tls'
        ? { cert: read('collector.pem'), key: read('collector.key') }
        : undefined;
    await using collector = await StreamCollector.start(tls);
    const { port } = collector;
    const statsFile = path.join(folder, 'stats.json');
    const authority = ['--export-ca', path.join(folder, 'ca.pem')];
    await using probe = startReplay(`${scheme}://localhost:${port}`, statsFile, ...authority);
    const received = (session: number) => collector.sessions[session]?.totals.records ?? 0;
    await eventually('the first session has flows', () => received(0) > 50);
    await collector.stop();
    await sleep(3000);
    await collector.listen(port);
    await eventually('the second session has flows', () => received(1) > 50, 60_000);
    expect(await probe.stop()).toBe(0);
    await collector.ended();
    const books = booksOf(readStats(statsFile));
    expect(books.sessions).toBe(2);
    expect(collector.sessions).toHaveLength(2);
    expectBalance(books, collector);
  });
});

describe('ipfix+tls', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  beforeAll(() => {
    folder = scratchFolder();
    makeCertificates(folder);
  });

  it('proves who it is when the collector asks', async () => {
    await using collector = await StreamCollector.start({
      cert: readFileSync(file('collector.pem')),
      key: readFileSync(file('collector.key')),
      ca: readFileSync(file('ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const target = `ipfix+tls://localhost:${collector.port}`;
    const identity = ['--export-cert', file('probe.pem'), '--export-key', file('probe.key')];
    const args = ['--export', target, '--export-ca', file('ca.pem'), ...identity];
    const { stats } = await runProbe('--read', SAMPLE, ...args);
    await collector.ended();
    expect(collector.totals).toMatchObject(stats.recorded);
    expect(booksOf({ stats })).toMatchObject({ sessions: 1, failedMessages: 0, lastFailure: '' });
  });

  it.each([
    [
      'a name that is not its own',
      'elsewhere',
      ['ca.pem'],
      /name in the certificate does not match/,
    ],
    ['an authority that nobody knows', 'collector', [], /issuer is unknown/],
  ])('tells of %s, and sends nothing', async (_, certificate, authorities, reason) => {
    await using collector = await StreamCollector.start({
      cert: readFileSync(file(`${certificate}.pem`)),
      key: readFileSync(file(`${certificate}.key`)),
    });
    const statsFile = path.join(scratchFolder(), 'stats.json');
    const trust = authorities.flatMap((name) => ['--export-ca', file(name)]);
    await using probe = startReplay(`ipfix+tls://localhost:${collector.port}`, statsFile, ...trust);
    await sleep(4000);
    expect(await probe.stop()).toBe(0);
    const books = booksOf(readStats(statsFile));
    expect(books.lastFailure).toMatch(reason);
    expect(books).toMatchObject({ sessions: 0, messages: 0 });
    expect(books.failedRecords).toBe(books.records);
    expect(collector.totals.records).toBe(0);
  });
});
