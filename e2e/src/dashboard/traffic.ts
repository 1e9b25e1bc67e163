// SPDX-License-Identifier: Apache-2.0
// Flows for the dashboard's tests: hours of a small network as an exporter tells of them by IPFIX.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** One record, as the tests think of it. */
export interface SentFlow {
  readonly endMs: number;
  readonly durationMs: number;
  readonly source: readonly [number, number, number, number];
  readonly destination: readonly [number, number, number, number];
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly octets: number;
  readonly packets: number;
  readonly application: string;
}

/** Element numbers of IANA's registry and their octets; 65535: of any length. */
const FIELDS = [
  [152, 8],
  [153, 8],
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 8],
  [2, 8],
  [10, 4],
  [14, 4],
  [96, 65_535],
] as const;
const TEMPLATE = 256;
const MOST_OCTETS = 1400;

function set(id: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(4 + content.length, 2);
  return Buffer.concat([head, content]);
}

function templateSet(): Buffer {
  const content = Buffer.alloc(4 + 4 * FIELDS.length);
  content.writeUInt16BE(TEMPLATE, 0);
  content.writeUInt16BE(FIELDS.length, 2);
  FIELDS.forEach(([id, length], index) => {
    content.writeUInt16BE(id, 4 + 4 * index);
    content.writeUInt16BE(length, 6 + 4 * index);
  });
  return set(2, content);
}

function record(flow: SentFlow): Buffer {
  const name = Buffer.from(flow.application);
  const fixed = Buffer.alloc(53);
  fixed.writeBigUInt64BE(BigInt(Math.round(flow.endMs - flow.durationMs)), 0);
  fixed.writeBigUInt64BE(BigInt(Math.round(flow.endMs)), 8);
  fixed.set(flow.source, 16);
  fixed.set(flow.destination, 20);
  fixed.writeUInt16BE(flow.sourcePort, 24);
  fixed.writeUInt16BE(flow.destinationPort, 26);
  fixed.writeUInt8(flow.protocol, 28);
  fixed.writeBigUInt64BE(BigInt(Math.round(flow.octets)), 29);
  fixed.writeBigUInt64BE(BigInt(Math.round(flow.packets)), 37);
  fixed.writeUInt32BE(1, 45);
  fixed.writeUInt32BE(2, 49);
  return Buffer.concat([fixed, Buffer.from([name.length]), name]);
}

/** Sends flows to a collector, no faster than it takes them. */
export class FlowSender {
  readonly #socket: Socket = createSocket('udp4');
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;

  async connect(port: number): Promise<void> {
    this.#socket.connect(port, '127.0.0.1');
    await once(this.#socket, 'connect');
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  /** Sends some flows that end now, twice a second, until it is closed. */
  goOn(): void {
    let seed = 0;
    this.#timer = setInterval(() => {
      const now = Date.now();
      const flows = makeTraffic({ from: now - 60_000, to: now, flowsPerMinute: 12, seed: ++seed });
      void this.send([...flows].map((flow) => ({ ...flow, endMs: now })));
    }, 500);
  }

  async send(flows: readonly SentFlow[]): Promise<void> {
    let records: Buffer[] = [];
    let octets = 0;
    let datagrams = 0;
    for (const flow of flows) {
      const next = record(flow);
      if (octets + next.length > MOST_OCTETS) {
        this.#flush(records);
        records = [];
        octets = 0;
        datagrams += 1;
        // The receive buffer is not without end.
        if (datagrams % 50 === 0) await sleep(5);
      }
      records.push(next);
      octets += next.length;
    }
    if (records.length > 0) this.#flush(records);
  }

  #flush(records: readonly Buffer[]): void {
    const sets = [templateSet(), set(TEMPLATE, Buffer.concat(records))];
    const head = Buffer.alloc(16);
    head.writeUInt16BE(10, 0);
    head.writeUInt16BE(16 + sets.reduce((sum, { length }) => sum + length, 0), 2);
    head.writeUInt32BE(Math.floor(Date.now() / 1000), 4);
    head.writeUInt32BE(this.#sequence, 8);
    head.writeUInt32BE(7, 12);
    this.#sequence += records.length;
    this.#socket.send(Buffer.concat([head, ...sets]));
  }
}

/** The same numbers in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What runs on the network: its share, its port, and the mean octets of a flow. */
const APPLICATIONS = [
  ['TLS', 30, 443, 260_000],
  ['QUIC', 18, 443, 420_000],
  ['HTTP', 9, 80, 120_000],
  ['DNS', 16, 53, 300],
  ['SSH', 4, 22, 90_000],
  ['BitTorrent', 5, 6881, 900_000],
  ['IMAP', 3, 993, 60_000],
  ['NTP', 4, 123, 180],
  ['RTP', 3, 5004, 700_000],
  ['SMB', 3, 445, 1_400_000],
  ['unknown', 3, 40_000, 20_000],
  ['Видео', 1, 8443, 300_000],
  ['視訊會議', 1, 8444, 240_000],
  ['مؤتمر', 1, 8445, 200_000],
  ['<img src=x onerror=alert(1)>', 1, 8446, 50_000],
] as const;
const SHARES = APPLICATIONS.reduce((sum, [, share]) => sum + share, 0);

export interface TrafficOptions {
  readonly from: number;
  readonly to: number;
  readonly flowsPerMinute: number;
  readonly seed: number;
}

/** Traffic of a small network that has its day and its night. */
export function* makeTraffic(options: TrafficOptions): Generator<SentFlow> {
  const { from, to, flowsPerMinute, seed } = options;
  const random = createRandom(seed);
  for (let minute = from; minute < to; minute += 60_000) {
    const hour = (minute / 3_600_000) % 24;
    const day = 0.55 + 0.45 * Math.sin(((hour - 8) / 24) * 2 * Math.PI);
    const count = Math.max(1, Math.round(flowsPerMinute * day));
    for (let flow = 0; flow < count; flow++) {
      yield makeFlow(random, Math.min(minute + random() * 60_000, to));
    }
  }
}

function makeFlow(random: () => number, endMs: number): SentFlow {
  let at = random() * SHARES;
  const [application, , port, mean] = APPLICATIONS.find(([, share]) => {
    at -= share;
    return at < 0;
  }) as (typeof APPLICATIONS)[number];
  const octets = Math.max(60, mean * (0.2 + 1.6 * random() ** 2));
  const inside = [10, 1, Math.floor(random() * 3), 1 + Math.floor(random() ** 2 * 40)] as const;
  const outside = [192, 0, 2, 1 + Math.floor(random() ** 3 * 200)] as const;
  const isAnswer = random() < 0.7;
  const high = 49_152 + Math.floor(random() * 16_000);
  return {
    endMs,
    durationMs: random() * 20_000,
    source: isAnswer ? outside : inside,
    destination: isAnswer ? inside : outside,
    sourcePort: isAnswer ? port : high,
    destinationPort: isAnswer ? high : port,
    protocol: ['QUIC', 'DNS', 'NTP', 'RTP'].includes(application) ? 17 : 6,
    octets,
    packets: Math.ceil(octets / 900),
    application,
  };
}
