// SPDX-License-Identifier: Apache-2.0
// The native intake as the collector uses it. Datagrams are softflowd's, with nfdump as the referee
// (golden/record.mjs).
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FLOW_COLUMNS, type Flow } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowAt } from '../flow-row.js';
import { FlowIntake, type IntakeConfig } from './flow-intake.js';

const GOLDEN = join(import.meta.dirname, '../../golden');

let dataFolder = '';
const running: FlowIntake[] = [];
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-intake-'));
});
afterEach(async () => {
  for (const intake of running.splice(0)) await intake.stop();
  rmSync(dataFolder, { recursive: true });
});

interface Started {
  readonly intake: FlowIntake;
  readonly flows: Flow[];
  /** Records by file that was written. */
  readonly files: { readonly records: number; readonly octets: number }[];
  readonly log: string[];
}

async function start(changes: Partial<IntakeConfig> = {}): Promise<Started> {
  const flows: Flow[] = [];
  const files: { records: number; octets: number }[] = [];
  const log: string[] = [];
  const intake = new FlowIntake({
    config: {
      listen: ['127.0.0.1:0'],
      listenTcp: [],
      listenTls: [],
      receiveThreads: 2,
      receiveBufferBytes: 1 << 22,
      receiveMemoryBytes: 1 << 25,
      allowedExporters: [],
      exporterRecordsPerSecond: 0,
      biflows: 'split',
      flushIntervalMs: 20,
      dataFolder,
      ...changes,
    },
    log: (_level, message) => log.push(message),
    observe: (chunk) => {
      for (let row = 0; row < chunk.rows; row++) flows.push(flowAt(chunk, row));
    },
    store: async (records, write) => {
      const path = join(dataFolder, `${files.length}.native`);
      await write(path);
      files.push({ records, octets: statSync(path).size });
    },
  });
  running.push(intake);
  await intake.start();
  return { intake, flows, files, log };
}

function golden(name: string): { datagrams: Buffer[]; referee: Partial<Flow>[] } {
  const octets = readFileSync(join(GOLDEN, `${name}.bin`));
  const datagrams: Buffer[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt16BE(at);
    datagrams.push(octets.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const lines = readFileSync(join(GOLDEN, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return { datagrams, referee: lines.map((line) => JSON.parse(line)) };
}

async function send({ intake }: Started, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  const port = intake.endpoints[0]?.port ?? 0;
  for (const datagram of datagrams) {
    await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  }
  socket.close();
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(5);
}

const SEEN = [
  'flowStartMilliseconds',
  'flowEndMilliseconds',
  'sourceAddress',
  'destinationAddress',
  'sourceTransportPort',
  'destinationTransportPort',
  'protocolIdentifier',
  'octets',
  'packets',
] as const;

describe.each(['softflowd-v5', 'softflowd-v9'])('%s', (name) => {
  it('becomes what nfdump sees, and a file for the store', async () => {
    const started = await start();
    const { datagrams, referee } = golden(name);
    await send(started, datagrams);
    await until(() => started.flows.length >= referee.length);
    const seen = started.flows.map((flow) =>
      Object.fromEntries(SEEN.map((column) => [column, flow[column]])),
    );
    expect(seen).toEqual(referee);
    expect(new Set(started.flows.map((flow) => flow.exporterAddress))).toEqual(
      new Set(['127.0.0.1']),
    );
    await started.intake.stop();
    expect(started.files.reduce((sum, { records }) => sum + records, 0)).toBe(referee.length);
    expect(started.files.every(({ octets }) => octets > FLOW_COLUMNS.length * 8)).toBe(true);
    const { drops, records, datagrams: taken } = started.intake.counters;
    expect(Object.entries(drops).filter(([, count]) => count > 0)).toEqual([]);
    expect([records, taken]).toEqual([referee.length, datagrams.length]);
  });
});

describe('the intake', () => {
  it('keeps templates over a restart', async () => {
    const [first, ...rest] = golden('softflowd-v9').datagrams as [Buffer, ...Buffer[]];
    const before = await start();
    await send(before, [first]);
    await until(() => before.flows.length > 0);
    await before.intake.stop();
    const after = await start();
    await send(after, rest.slice(0, 2));
    await until(() => after.flows.length > 0);
    const [exporter] = await after.intake.exporters();
    expect(exporter).toMatchObject({
      exporterAddress: '127.0.0.1',
      exportProtocol: 'netflow9',
      lostUnits: 0,
      unknownTemplateSets: 0,
    });
  });

  it('tells what was not taken of an exporter, by reason', async () => {
    const [first] = golden('softflowd-v9').datagrams as [Buffer, ...Buffer[]];
    const reserved = Buffer.from([0, 7, 0, 8, 1, 2, 3, 4]);
    const started = await start();
    await send(started, [Buffer.concat([first.subarray(0, 20), reserved, reserved])]);
    await until(() => started.intake.counters.drops.reservedSet === 2);
    const [exporter] = await started.intake.exporters();
    expect(exporter?.dropsByReason).toEqual({ reservedSet: 2 });
  });

  it('says when what it knew of exporters is damaged, and goes on', async () => {
    const { datagrams, referee } = golden('softflowd-v9');
    const before = await start();
    await send(before, datagrams.slice(0, 1));
    await until(() => before.flows.length > 0);
    await before.intake.stop();
    const path = join(dataFolder, 'exporters.state');
    const state = readFileSync(path);
    writeFileSync(path, state.subarray(0, state.length - 1));
    const after = await start();
    await send(after, datagrams);
    await until(() => after.flows.length >= referee.length);
  });

  it('takes IPFIX over TCP, and lets go of what is none', async () => {
    const started = await start({ listen: [], listenTcp: ['127.0.0.1:0'] });
    const socket = connect(started.intake.endpoints[0]?.port ?? 0, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    // An IPFIX message without sets, then another protocol.
    const message = Buffer.from('000a0010655533000000000000000000', 'hex');
    socket.write(Buffer.concat([message, Buffer.from('GET / HTTP/1.1')]));
    await closed;
    expect(started.intake.counters.all).toMatchObject({
      messages: 1,
      malformedStreams: 1,
      acceptedConnections: 1,
      openConnections: 0,
    });
  });

  it('takes all memory back when it stops', async () => {
    const started = await start({ flushIntervalMs: 60_000 });
    await send(started, golden('softflowd-v5').datagrams);
    await until(() => started.flows.length > 0);
    await started.intake.stop();
    expect(started.intake.state.chunksInUse).toBe(0);
    expect(started.intake.heldRecords).toBe(0);
  });

  it('refuses addresses that cannot be', async () => {
    const taken = await start();
    const { port } = taken.intake.endpoints[0] as { port: number };
    const rejects = async (changes: Partial<IntakeConfig>, code: string) =>
      expect(start(changes)).rejects.toMatchObject({ name: 'CollectorError', code });
    await rejects({ listen: [`127.0.0.1:${port}`] }, 'WEIR_COLLECTOR_LISTEN');
    await rejects({ listen: ['nonsense'] }, 'WEIR_COLLECTOR_ADDRESS');
    await rejects({ allowedExporters: ['10.0.0.0/33'] }, 'WEIR_COLLECTOR_ADDRESS');
    await rejects({ listenTls: ['127.0.0.1:0'] }, 'WEIR_COLLECTOR_IPFIX_TLS');
    const files = { listenTlsCert: '/no/such/file', listenTlsKey: '/no/such/file' };
    await rejects({ listenTls: ['127.0.0.1:0'], ...files }, 'WEIR_COLLECTOR_IPFIX_TLS');
  });
});
