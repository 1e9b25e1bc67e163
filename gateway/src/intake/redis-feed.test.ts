// SPDX-License-Identifier: Apache-2.0
// Against a real server.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@weir/wire';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.js';
import { decisionOn, randomFlow, seeded } from '../testing/random.js';
import { connectRedis, parseRedis } from './redis-connection.js';
import { RedisFeed } from './redis-feed.js';

const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;
const PREFIX = 'weir:2:{campus}';

describe.skipIf(!HAS_REDIS)('a gateway on a Redis', () => {
  let folder: string;
  let port: number;
  let server: ChildProcess;
  let redis: Redis;
  let feed: RedisFeed;
  let abort: AbortController;
  let following: Promise<void>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-gateway-redis-'));
    port = await freePort();
    await startServer();
    feed = new RedisFeed({ url: url(), siteName: 'campus', log: SILENT });
    abort = new AbortController();
  });
  afterEach(async () => {
    abort.abort();
    await following;
    await stopServer();
    rmSync(folder, { recursive: true });
  });

  test('holds what all collectors decide: the whole, then changes', async () => {
    await publish('north', { revision: 5, put: ['a', 'b'] });
    follow();
    await eventually('the whole', () => ids() === 'a,b');
    await publish('south', { revision: 9, put: ['x'] });
    await publish('north', { revision: 6, before: 5, put: ['c'], removed: ['a'] });
    await eventually('the changes', () => ids() === 'b,c,x');
  });

  test('reads everything again after a change that it has missed', async () => {
    await publish('north', { revision: 5, put: ['a'] });
    follow();
    await eventually('the whole', () => ids() === 'a');
    await redis.hset(`${PREFIX}:decisions:north`, 'b', JSON.stringify(decision('b')));
    await publish('north', { revision: 7, before: 6, put: ['c'] });
    await eventually('all of it', () => ids() === 'a,b,c');
  });

  test('holds what it has while the server is away, and follows one that began anew', async () => {
    await publish('north', { revision: 5, put: ['a'] });
    await publish('north', { revision: 6, before: 5, put: ['b'] });
    follow();
    await eventually('the whole', () => ids() === 'a,b');
    await stopServer();
    await eventually('it is missed', () => feed.connected === false);
    expect(ids()).toBe('a,b');
    await startServer();
    await publish('north', { revision: 8, put: ['z'] });
    await eventually('the new ones', () => ids() === 'z');
    await eventually('it is there', () => feed.connected === true);
  });

  test('misses each collector that has not told for a while that it is there', async () => {
    feed = new RedisFeed({ url: url(), siteName: 'campus', log: SILENT, silenceMs: 3000 });
    await publish('north', { revision: 5, put: ['a'] });
    await publish('south', { revision: 9, put: ['x'] });
    follow();
    await eventually('both are there', () => present() === 'north,south');
    await eventually('one is missed', async () => {
      await redis.zadd(`${PREFIX}:collectors`, Date.now(), 'north');
      return present() === 'north';
    });
    expect(feed.connected).toBe(true);
    await eventually('both are', () => present() === '');
    expect(feed.connected).toBe(false);
    expect(ids()).toBe('a,x');
    await redis.zadd(`${PREFIX}:collectors`, Date.now(), 'south');
    await eventually('it is there again', () => present() === 'south');
  });

  test("moves expiries from each collector's clock into its own", async () => {
    const hourMs = 3_600_000;
    // The clock of the server is the one that this process has.
    feed = new RedisFeed({
      ...{ url: url(), siteName: 'campus', log: SILENT },
      now: () => Date.now() - hourMs,
    });
    await redis.set(`${PREFIX}:clock:north`, 2 * hourMs);
    await redis.set(`${PREFIX}:clock:south`, 0);
    for (const collector of ['north', 'south', 'unknown'])
      await publish(collector, { revision: 5, put: [`${collector} whole`] });
    follow();
    await eventually('the wholes', () => feed.size === 3);
    await publish('north', { revision: 6, before: 5, put: ['north change'] });
    await eventually('the change', () => feed.size === 4);
    const told = EXPIRES.expiresMilliseconds;
    const movedHours = Object.fromEntries(
      [...feed.decisions].map(({ id, expiresMilliseconds = 0 }) => {
        return [id, Math.round((told - expiresMilliseconds) / hourMs)];
      }),
    );
    expect(movedHours).toEqual({
      'north whole': 3,
      'north change': 3,
      'south whole': 1,
      'unknown whole': 0,
    });
  });

  test('keeps what it held before its own restart until a collector tells', async () => {
    feed.restore([decision('old')]);
    follow();
    await eventually('nobody is there', () => feed.connected === false);
    expect(ids()).toBe('old');
    await publish('north', { revision: 5, put: ['a'] });
    await feed.probe(AbortSignal.timeout(5000));
    expect(ids()).toBe('a');
  });

  interface Change {
    readonly revision: number;
    /** Absent: who reads it has to read the whole. */
    readonly before?: number;
    readonly put: readonly string[];
    readonly removed?: readonly string[];
  }

  /** As a collector does. */
  async function publish(collector: string, change: Change): Promise<void> {
    const { revision, before, put, removed = [] } = change;
    const decisions = put.map(decision);
    const key = `${PREFIX}:decisions:${collector}`;
    const transaction = redis.multi().zadd(`${PREFIX}:collectors`, Date.now(), collector);
    if (before === undefined) transaction.del(key);
    for (const one of decisions) transaction.hset(key, one.id, JSON.stringify(one));
    for (const id of removed) transaction.hdel(key, id);
    transaction.hset(key, '$revision', String(revision));
    const told = before === undefined ? {} : { decisions, removed };
    const entry = { collector, revision, before: before ?? '', change: JSON.stringify(told) };
    transaction.xadd(`${PREFIX}:decisions`, '*', ...Object.entries(entry).flat().map(String));
    await transaction.exec();
  }

  function follow(): void {
    following = (async () => {
      for await (const _ of feed.follow(abort.signal));
    })();
  }

  /** Collectors that are there. */
  function present(): string {
    return feed.told
      .flatMap(({ collector, isThere }) =>
        isThere && collector !== 'before the restart' ? collector : [],
      )
      .sort()
      .join(',');
  }

  function ids(): string {
    return [...feed.decisions]
      .map(({ id }) => id)
      .sort()
      .join(',');
  }

  function url(): URL {
    return parseRedis(`redis://127.0.0.1:${port}/0`);
  }

  async function startServer(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--save', '', '--dir', folder];
    server = spawn('redis-server', ['--port', String(port), ...options], { stdio: 'ignore' });
    await eventually('Redis answers', async () => {
      redis = await connectRedis(url()).catch(() => redis);
      return redis?.status === 'ready';
    });
  }

  async function stopServer(): Promise<void> {
    redis.disconnect();
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
});

const EXPIRES = { expiresMilliseconds: Date.now() + 86_400_000 };

function decision(id: string) {
  return decisionOn(randomFlow(seeded(1)), { id, ...EXPIRES });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
