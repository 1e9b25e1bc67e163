// SPDX-License-Identifier: Apache-2.0
// How long it takes until all of many gateways have heard of a decision, with some that do not read.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ChangeFeed, DecisionBook, DecisionStreams } from '@weir/collector/bench';

export interface FanOutOptions {
  readonly gateways: number;
  /** Of those, how many never read. */
  readonly deaf: number;
  readonly changes: number;
}

export interface FanOut {
  readonly medianMs: number;
  readonly lastMs: number;
  /** The event loop was away for so long at most. */
  readonly longestTurnMs: number;
  /** Of this process when all was told, octets. */
  readonly residentOctets: number;
}

const STANDING = 1000;
const PAUSE_MS = 1000;

/** Real sockets over loopback; the gateways live in a process of their own. */
export async function measureFanOut(options: FanOutOptions): Promise<FanOut> {
  const book = new DecisionBook({ firstRevision: 1 });
  const feed = new ChangeFeed(book);
  book.put(Array.from({ length: STANDING }, (_, n) => decision(n)));
  const streams = new DecisionStreams({ feed, book });
  const server = createServer((_, response) => {
    streams.open({
      ...{ response, headers: {}, revision: book.revision, gateway: undefined },
      onClose: () => undefined,
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const program = fileURLToPath(new URL('./fan-out-gateways.js', import.meta.url));
  const gateways = fork(program, [JSON.stringify({ ...options, port })]);
  await once(gateways, 'message');
  const seen = await tellAll(options, { book, feed, gateways });
  streams.close();
  gateways.kill();
  server.closeAllConnections();
  server.close();
  return seen;
}

interface Told {
  readonly book: DecisionBook;
  readonly feed: ChangeFeed;
  readonly gateways: ChildProcess;
}

async function tellAll(
  { changes }: FanOutOptions,
  { book, feed, gateways }: Told,
): Promise<FanOut> {
  const delays: number[] = [];
  let longestTurnMs = 0;
  for (let change = 0; change < changes; change++) {
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longestTurnMs = Math.max(longestTurnMs, now - before);
      before = now;
    }, 1);
    const heard = once(gateways, 'message');
    const told = performance.timeOrigin + performance.now();
    book.put([decision(STANDING + change)]);
    feed.tell();
    const [times] = (await heard) as [number[]];
    clearInterval(timer);
    delays.push(...times.map((time) => time - told));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS / 4));
  }
  delays.sort((a, b) => a - b);
  return {
    medianMs: delays[delays.length >> 1] ?? Number.NaN,
    lastMs: delays.at(-1) ?? Number.NaN,
    longestTurnMs,
    residentOctets: process.memoryUsage().rss,
  };
}

function decision(n: number) {
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  return {
    id: `decision ${n}`,
    action: { kind: 'block', answer: 'drop' },
    selector: { kind: 'host', address },
    createdMilliseconds: 0,
    expiresMilliseconds: 1e15,
    origin: 'rule',
    rule: { id: 'r', name: 'r' },
    reason: `rule "r" (block app = BitTorrent): measured; ${address}`,
    isSimulated: false,
    whenCollectorIsLost: 'keep',
  } as const;
}
