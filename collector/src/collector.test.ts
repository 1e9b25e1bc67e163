// SPDX-License-Identifier: Apache-2.0
// The whole collector: datagrams in at one end, answers out at the other.
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { API, type DecisionsResponse, type HealthResponse, type TopResponse } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collector } from './collector.js';
import type { CollectorConfig } from './config.js';
import { BLOCK_BITTORRENT } from './decide/test-rules.js';
import { TestClickhouse } from './store/test-clickhouse.js';
import {
  encodeNetflow9,
  encodeOptionsTemplate,
  encodeSet,
  encodeTemplate,
  fixedText,
  unsigned,
} from './test-datagrams.js';

const CAPTURE = join(import.meta.dirname, '../../samples/sample.pcapng');
const HAS_SOFTFLOWD = existsSync(CAPTURE) && spawnSync('softflowd', ['-h']).error === undefined;

let dataFolder = '';
const started: Collector[] = [];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-collector-'));
});
afterEach(async () => {
  for (const collector of started.splice(0)) await collector.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

function newCollector(changes: Partial<CollectorConfig> = {}): Collector {
  const config: CollectorConfig = {
    listen: ['127.0.0.1:0'],
    listenTcp: [],
    listenTls: [],
    exporterRecordsPerSecond: 0,
    biflows: 'split',
    receiveMemoryBytes: 1 << 25,
    http: '127.0.0.1:0',
    access: 'auto',
    trustedProxies: [],
    sessionIdleMinutes: 60,
    sessionHours: 24,
    hostNames: [],
    dataFolder,
    retentionDays: 3650,
    rollupRetentionDays: 3650,
    allowedExporters: [],
    receiveBufferBytes: 1 << 20,
    flushIntervalMs: 50,
    protect: [],
    confirmShare: 1,
    site: 'default',
    influxdbStepSeconds: 60,
    influxdbMostSeries: 200,
    influxdbSpoolBytes: 1 << 26,
    rollup5mRetentionDays: 3650,
    rollup1hRetentionDays: 3650,
    behaviourIntervalSeconds: 0,
    behaviourWindowSeconds: 900,
    storeBytes: 1 << 30,
    diskReserveBytes: 0,
    spoolBytes: 1 << 26,
    spoolSync: 'never',
    ...changes,
  };
  const collector = new Collector(config, { log: () => undefined });
  started.push(collector);
  return collector;
}

async function ask<Answer>(
  collector: Collector,
  path: string,
  init?: RequestInit,
): Promise<Answer> {
  const response = await fetch(`${collector.url}${path}`, init);
  return (await response.json()) as Answer;
}

async function send(collector: Collector, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  const port = collector.listening[0]?.port ?? 0;
  for (const datagram of datagrams) {
    await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  }
  socket.close();
}

/** Waits until everything that was received is stored. */
async function settled(collector: Collector, records: number): Promise<HealthResponse> {
  for (;;) {
    const health = await ask<HealthResponse>(collector, API.health);
    if (health.store.storedRecords >= records) return health;
    await sleep(20);
  }
}

it('works without the Redis and the InfluxDB that it should use, and says so', async () => {
  const nowhere = '127.0.0.1:1';
  const collector = newCollector({
    redis: `redis://${nowhere}`,
    influxdb: `http://${nowhere}/weir`,
    collectorName: 'one',
  });
  await collector.start();
  const health = await ask<HealthResponse>(collector, API.health);
  expect(health.status).toBe('degraded');
  expect(health.problems[0]).toMatch(/^Redis at .* does not work, this collector goes on alone: /);
  expect(health.site).toMatchObject({ kind: 'redis', isConnected: false });
  expect(await ask(collector, API.live)).toMatchObject({
    ...{ spanMilliseconds: 60_000, totals: { flows: 0 }, applications: [], talkers: [] },
  });
  expect(health.influxdb).toMatchObject({ target: `http://${nowhere}/weir`, waitingFiles: 0 });
});

const FIELDS = [
  { element: 8, length: 4 },
  { element: 12, length: 4 },
  { element: 7, length: 2 },
  { element: 11, length: 2 },
  { element: 4, length: 1 },
  { element: 1, length: 8 },
  { element: 2, length: 8 },
  { element: 153, length: 8 },
  { element: 95, length: 4 },
];

/** Template, application table and one record for each port; all to 192.0.2.1:6881 by BitTorrent. */
function bitTorrent(sequence: number, ports: readonly number[]): Buffer {
  const table = [
    { element: 95, length: 4 },
    { element: 96, length: 24 },
    { element: 94, length: 16 },
  ];
  const id = Buffer.from('06000016', 'hex');
  const texts = [fixedText('BitTorrent', 24), fixedText('file sharing', 16)];
  const records = ports.map((port) =>
    Buffer.concat([
      unsigned(0x0a000001, 4),
      unsigned(0xc0000201, 4),
      unsigned(port, 2),
      unsigned(6881, 2),
      unsigned(6, 1),
      unsigned(1000, 8),
      unsigned(10, 8),
      unsigned(Date.now(), 8),
      id,
    ]),
  );
  return encodeNetflow9({ sequence, domain: 3, seconds: Math.floor(Date.now() / 1000) }, [
    encodeTemplate(256, FIELDS),
    encodeOptionsTemplate(258, [{ element: 1, length: 4 }], table),
    encodeSet(258, Buffer.concat([unsigned(0, 4), id, ...texts])),
    encodeSet(256, Buffer.concat(records)),
  ]);
}

it('starts without the ClickHouse that it should use, keeps what comes, and says so', async () => {
  const collector = newCollector({
    clickhouse: 'http://weir:secret@127.0.0.1:1,127.0.0.1:2/?cluster=a',
  });
  await collector.start();
  await send(collector, [bitTorrent(0, [1000])]);
  for (;;) {
    const health = await ask<HealthResponse>(collector, API.health);
    expect(JSON.stringify(health)).not.toContain('secret');
    if (health.store.spool.files === 0) continue;
    expect(health.store).toMatchObject({ engine: 'clickhouse', storedRecords: 0 });
    expect(health.store.pendingRecords).toBeGreaterThan(0);
    expect(health.problems.join()).toContain('ClickHouse does not answer: http://127.0.0.1:');
    break;
  }
  const response = await fetch(`${collector.url}${API.top}?by=host`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 'WEIR_API_STORE' });
});

it('keeps records in a ClickHouse, also those that came while it was away', async () => {
  const server = new TestClickhouse();
  try {
    await server.start();
    const collector = newCollector({ clickhouse: `${server.url}/?cluster=one` });
    await collector.start();
    await send(collector, [bitTorrent(0, [1, 2, 3])]);
    await settled(collector, 3);
    await server.kill();
    await send(collector, [bitTorrent(3, [4, 5])]);
    for (;;) {
      const { problems } = await ask<HealthResponse>(collector, API.health);
      if (problems.some((problem) => problem.startsWith('ClickHouse does not answer'))) break;
    }
    await server.start();
    const health = await settled(collector, 5);
    expect(health.store).toMatchObject({ engine: 'clickhouse', storedRecords: 5 });
    const top = await ask<TopResponse>(collector, API.top);
    expect(top.rows).toMatchObject([{ key: 'BitTorrent', flows: 5 }]);
  } finally {
    await server.stop();
  }
});

describe.skipIf(!HAS_SOFTFLOWD)('flows of softflowd', () => {
  it.each(['5', '9'])('over v%s: the totals are those of the capture', async (version) => {
    const collector = newCollector();
    await collector.start();
    const target = `127.0.0.1:${collector.listening[0]?.port}`;
    const arguments_ = ['-r', CAPTURE, '-n', target, '-v', version];
    const { stdout, stderr } = spawnSync('softflowd', arguments_, { encoding: 'utf8' });
    const report = stdout + stderr;
    const exported = Number(/\((\d+) records\)/.exec(report)?.[1]);
    const { receive } = await settled(collector, exported);
    expect(Object.values(receive.dropsByReason).every((count) => count === 0)).toBe(true);
    const top = await ask<TopResponse>(collector, `${API.top}?from=0&by=protocolIdentifier`);
    expect(top.total.flows).toBe(exported);
    // "tcp (6):   1234567   1234 …": octets and packets of each protocol.
    const expected = [...report.matchAll(/\((\d+)\):\s+(\d+)\s+(\d+)/g)].map((match) => ({
      key: match[1],
      octets: Number(match[2]),
      packets: Number(match[3]),
    }));
    const v4Only = version === '5';
    expect(expected.length).toBeGreaterThan(2);
    for (const { key, octets, packets } of expected) {
      const row = top.rows.find((candidate) => candidate.key === key);
      // v5 has no IPv6: softflowd leaves those flows out.
      if (v4Only) expect(row?.octets ?? 0).toBeLessThanOrEqual(octets);
      else expect(row).toMatchObject({ octets, packets });
    }
  });
});

/** Of a decision about a flow; this machine's own addresses are allowed, too. */
const portOf = ({ selector }: DecisionsResponse['decisions'][number]) =>
  selector.kind === 'flow' ? [selector.sourceTransportPort] : [];

describe('the collector', () => {
  it('names flows, answers about them, and makes rules into decisions', async () => {
    const collector = newCollector();
    await collector.start();
    await send(collector, [bitTorrent(1, [5001, 5002])]);
    await settled(collector, 2);
    const top = await ask<TopResponse>(collector, API.top);
    expect(top.rows).toMatchObject([{ key: 'BitTorrent', octets: 2000, packets: 20, flows: 2 }]);
    expect(await ask(collector, API.applications)).toMatchObject({
      applications: [
        {
          applicationId: '6:22',
          applicationName: 'BitTorrent',
          applicationDescription: 'file sharing',
        },
      ],
    });
    expect(await ask(collector, API.exporters)).toMatchObject({
      exporters: [
        {
          exporterAddress: '127.0.0.1',
          exportProtocol: 'netflow9',
          observationDomainId: 3,
          datagrams: 1,
          records: 2,
          lostUnits: 0,
          templates: 2,
        },
      ],
    });
    const body = JSON.stringify(BLOCK_BITTORRENT);
    const headers = { 'content-type': 'application/json' };
    await ask(collector, API.rules, { method: 'POST', headers, body });
    const before = await ask<DecisionsResponse>(collector, API.decisions);
    expect(before.decisions.flatMap(portOf).sort()).toEqual([5001, 5002]);
    // A gateway that waits hears of a new flow as soon as its record comes.
    const waiting = ask<DecisionsResponse>(
      collector,
      `${API.decisions}?since=${before.revision}&waitSeconds=30`,
    );
    await send(collector, [bitTorrent(2, [5003])]);
    const news = await waiting;
    expect(news.complete).toBe(false);
    expect(news.decisions.flatMap(portOf)).toEqual([5003]);
  });

  it('loses nothing when it stops, and knows everything when it starts again', async () => {
    const first = newCollector({ flushIntervalMs: 60_000 });
    await first.start();
    const ports = Array.from({ length: 300 }, (_, i) => 10_000 + i);
    await send(
      first,
      ports.map((port, i) => bitTorrent(i, [port])),
    );
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(BLOCK_BITTORRENT);
    await ask(first, API.rules, { method: 'POST', headers, body });
    const decided = await ask<DecisionsResponse>(first, API.decisions);
    await send(first, [bitTorrent(300, [9])]);
    await first.stop();
    const second = newCollector();
    await second.start();
    expect((await ask<TopResponse>(second, API.top)).total.flows).toBe(301);
    const after = await ask<DecisionsResponse>(
      second,
      `${API.decisions}?since=${decided.revision}`,
    );
    expect(after.complete).toBe(true);
    expect(after.decisions.flatMap(portOf)).toHaveLength(301);
  });

  it('says when no record counts, and refuses protections that protect nobody', async () => {
    const networkFile = join(dataFolder, 'networks.yaml');
    writeFileSync(networkFile, 'count: { boundaries: [{ exporter: 192.0.2.1 }] }');
    const collector = newCollector({ networkFile });
    await collector.start();
    await send(collector, [bitTorrent(0, [1])]);
    const { problems } = await settled(collector, 1);
    expect(problems).toEqual([expect.stringContaining('none of 1 records counts')]);
    expect(() => newCollector({ protect: ['10.0.0.0/33'] })).toThrow('"10.0.0.0/33" in protect');
  });

  it('ends waits and streams when it stops', async () => {
    const collector = newCollector();
    await collector.start();
    const stream = await fetch(`${collector.url}${API.stream}`);
    const { revision } = await ask<DecisionsResponse>(collector, API.decisions);
    const path = `${API.decisions}?since=${revision}&waitSeconds=60`;
    const waiting = ask(collector, path).catch(() => 'closed');
    await sleep(50);
    await collector.stop();
    await waiting;
    await stream.text().catch(() => 'closed');
  });

  it('answers when it receives, not before', async () => {
    const collector = newCollector();
    const starting = collector.start();
    while (collector.url === undefined) await nextTurn();
    expect(collector.listening).toHaveLength(1);
    await starting;
  });

  it('says who is in the way of its HTTP port, and lets go of the rest', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const collector = newCollector({ http: `127.0.0.1:${port}` });
    await expect(collector.start()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_HTTP' });
    blocker.close();
    const again = newCollector();
    await again.start();
  });

  it('does not touch rules that it cannot read', async () => {
    const first = newCollector();
    await first.start();
    await first.stop();
    const path = join(dataFolder, 'rules.json');
    spawnSync('sh', ['-c', 'printf broken > "$1"', 'sh', path]);
    await expect(newCollector().start()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_RULES' });
    expect(readFileSync(path, 'utf8')).toBe('broken');
  });
});
