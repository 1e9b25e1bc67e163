// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type Decision, SILENT } from '@weir/wire';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DecisionBook } from '../decide/decision-book.js';
import { testDecision } from '../decide/test-rules.js';
import { testChunk } from '../test-chunk.js';
import { freePort, until } from '../test-server.js';
import { LocalSite } from './local-site.js';
import { RedisSite, type RedisSiteOptions } from './redis-site.js';
import type { DecisionChange, SharedTemplate, TemplateSource } from './site.js';
import { TestRedis } from './test-redis.js';

/** Keeps templates as the decoder does. */
class TestDecoder implements TemplateSource {
  readonly #templates = new Map<string, { template: SharedTemplate; change: number }>();
  #change = 0;

  learn(template: SharedTemplate): void {
    this.#templates.set(keyOf(template), { template, change: ++this.#change });
  }

  async templatesSince([change = 0]: readonly number[]) {
    const templates = [...this.#templates.values()]
      .filter((known) => known.change > change)
      .map(({ template }) => template);
    return { templates, changes: [this.#change] };
  }

  async importTemplates(templates: readonly SharedTemplate[]): Promise<void> {
    for (const template of templates) {
      const known = this.#templates.get(keyOf(template))?.template;
      if (known === undefined || known.toldMilliseconds < template.toldMilliseconds)
        this.learn(template);
    }
  }

  get known(): string[] {
    return [...this.#templates]
      .map(([key, { template }]) => `${key}=${Buffer.from(template.definition)}`)
      .sort();
  }
}

const keyOf = ({
  exporterAddress,
  exportProtocol,
  observationDomainId,
  templateId,
}: SharedTemplate) => [exporterAddress, exportProtocol, observationDomainId, templateId].join(' ');

const template = (number: number, exporter = number % 5): SharedTemplate => ({
  exporterAddress: exporter === 0 ? '2001:db8::1' : `192.0.2.${exporter}`,
  exportProtocol: number % 2 === 0 ? 'ipfix' : 'netflow9',
  observationDomainId: 0xffffffff,
  templateId: 256 + number,
  toldMilliseconds: 1000,
  definition: Buffer.from(`fields ${number}`),
});

const redis = new TestRedis();
const sites: RedisSite[] = [];
const servers = [redis];
afterAll(async () => {
  for (const server of servers) await server.stop();
});
let siteName: string;
let siteCount = 0;
beforeEach(async () => {
  siteName = `site ${siteCount++}`;
  await redis.start();
});
afterEach(async () => {
  for (const site of sites.splice(0)) await site.stop();
});

interface Collector {
  readonly site: RedisSite;
  readonly decoder: TestDecoder;
  readonly book: DecisionBook;
}

async function collector(
  collectorName: string,
  options: Partial<RedisSiteOptions> & { decoder?: TestDecoder; book?: DecisionBook } = {},
): Promise<Collector> {
  const { decoder = new TestDecoder(), book = new DecisionBook({ firstRevision: 1000 }) } = options;
  const site = new RedisSite({
    url: `redis://127.0.0.1:${redis.port}`,
    ...{ siteName, collectorName, templates: decoder, decisions: book },
    ...{ log: SILENT, turnMs: 10 },
    ...options,
  });
  sites.push(site);
  await site.start();
  return { site, decoder, book };
}

const connected = ({ site }: Collector) =>
  until(() => (site.state.isConnected && site.problems().length === 0) || undefined);
const same = (a: () => unknown, b: () => unknown) =>
  until(() => JSON.stringify(a()) === JSON.stringify(b()) || undefined);

/** Its exporter goes on using what it told here. */
class BusyDecoder extends TestDecoder {
  override async importTemplates(): Promise<void> {}
}

describe('templates of a site', () => {
  it('that were told last hold, also when who knows an older one tells it again', async () => {
    const old = template(1);
    const newer = { ...old, toldMilliseconds: 2000, definition: Buffer.from('newer fields') };
    const key = `weir:2:{${siteName}}:templates:${old.exporterAddress}`;
    const field = `${old.exportProtocol}/${old.observationDomainId}/${old.templateId}`;
    const kept = (told: number, { definition }: SharedTemplate) =>
      `${told} ${Buffer.from(definition).toString('base64')}`;
    const isKept = () =>
      until(async () => (await redis.client.hget(key, field)) === kept(2000, newer) || undefined);
    let now = Date.now();
    const one = await collector('one', { decoder: new BusyDecoder(), now: () => now });
    const two = await collector('two');
    one.decoder.learn(old);
    await until(() => two.decoder.known.length > 0 || undefined);
    two.decoder.learn(newer);
    await isKept();
    await until(() => one.site.state.importedTemplates === 1 || undefined);

    now += 3_600_000;
    one.decoder.learn(template(2));
    await until(() => two.decoder.known.length === 2 || undefined);
    expect(await redis.client.hget(key, field)).toBe(kept(2000, newer));

    // Another that does not know of it.
    const definition = Buffer.from(old.definition).toString('base64');
    await redis.client.hset(key, field, kept(1000, old));
    await redis.client.xadd(
      ...([`weir:2:{${siteName}}:templates`, '*', 'collector', 'three'] as const),
      ...['exporter', old.exporterAddress, 'field', field, 'told', 1000, 'definition', definition],
    );
    await isKept();
    const late = await collector('late');
    await same(
      () => late.decoder.known,
      () => two.decoder.known,
    );
  });

  it('reach all collectors, those that come later, and all again after the Redis lost them', async () => {
    const one = await collector('one');
    const two = await collector('two');
    for (let i = 0; i < 450; i++) one.decoder.learn(template(i));
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
    two.decoder.learn(template(1000));
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
    expect(one.decoder.known.length).toBe(451);

    await redis.kill();
    await until(() => one.site.problems().length > 0 || undefined);
    expect(one.site.problems()[0]).toMatch(/does not work, this collector goes on alone/);
    two.decoder.learn(template(1001));
    one.decoder.learn(template(1002));
    await redis.start();
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
    expect(one.decoder.known.length).toBe(453);
    const three = await collector('three');
    await same(
      () => one.decoder.known,
      () => three.decoder.known,
    );
    await connected(one);
  });

  it('are told again when somebody empties the Redis under a connection that holds', async () => {
    const one = await collector('one');
    one.decoder.learn(template(1));
    await until(() => one.site.state.publishedTemplates === 1 || undefined);
    await redis.client.flushall();
    await until(() => one.site.state.publishedTemplates === 2 || undefined);
    const two = await collector('two');
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
  });

  it('are not told back and forth, and a new definition replaces the old one', async () => {
    const one = await collector('one');
    const two = await collector('two');
    one.decoder.learn(template(1));
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
    one.decoder.learn({ ...template(1), definition: Buffer.from('other fields') });
    const three = await collector('three');
    await until(() => three.decoder.known[0]?.endsWith('=other fields') || undefined);
    expect(one.site.state.publishedTemplates).toBe(2);
    expect(two.site.state.publishedTemplates).toBe(0);
  });

  it('of one exporter are bounded, and what is none is passed over', async () => {
    const one = await collector('one');
    for (let i = 0; i < 1100; i++) one.decoder.learn(template(i, 1));
    one.decoder.learn({ ...template(0, 2), definition: Buffer.alloc(100_000) });
    await until(() => one.site.state.publishedTemplates >= 1000 || undefined);
    const prefix = `weir:2:{${siteName}}`;
    await redis.client.hset(`${prefix}:templates:192.0.2.1`, 'nonsense', 'x');
    await redis.client.zadd(`${prefix}:exporters`, 1, 'nobody');
    await redis.client.xadd(`${prefix}:templates`, '*', 'exporter', 'x', 'field', 'y');
    const two = await collector('two');
    await until(() => two.site.state.importedTemplates === 1000 || undefined);
    await connected(two);
    // 100 too many, one too large, and what somebody wrote into the stream.
    expect(one.site.state.passedOverTemplates).toBe(102);
  });

  it('of two sites in one Redis do not mix, and other keys stay as they are', async () => {
    await redis.client.flushall();
    await redis.client.mset('mine', 'a', 'weir:2:other', 'b');
    const one = await collector('one');
    const other = await collector('one', { siteName: 'elsewhere' });
    one.decoder.learn(template(1));
    other.decoder.learn(template(2));
    await until(
      () =>
        other.site.state.publishedTemplates + one.site.state.publishedTemplates === 2 || undefined,
    );
    await connected(one);
    expect(one.decoder.known.length).toBe(1);
    expect(await redis.client.mget('mine', 'weir:2:other')).toEqual(['a', 'b']);
    const keys = (await redis.client.keys('*')).filter((key) => !/^(mine|weir:2:other)$/.test(key));
    expect(keys.filter((key) => !/^weir:2:\{(site \d+|elsewhere)\}:/.test(key))).toEqual([]);
  });
});

/** Decisions about as many hosts. */
const hosts = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) =>
    testDecision(`10.0.${(first + i) >> 8}.${(first + i) & 255}`),
  );

/** What somebody knows who follows. */
function follower({ site }: Collector) {
  const known = new Map<string, Map<string, Decision>>();
  const changes: DecisionChange[] = [];
  const stop = site.followDecisions((change) => {
    changes.push(change);
    const decisions = change.complete
      ? new Map<string, Decision>()
      : (known.get(change.collectorName) ?? new Map());
    known.set(change.collectorName, decisions);
    for (const id of change.removed) decisions.delete(id);
    for (const decision of change.decisions) decisions.set(decision.id, decision);
  });
  const of = (name: string) =>
    [...(known.get(name)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { of, changes, stop };
}
const held = (book: DecisionBook) => book.since(0).decisions.sort((a, b) => (a.id < b.id ? -1 : 1));

describe('decisions of a site', () => {
  it('stand beside how far the clock is off that their expiries are told by', async () => {
    const [hourMs, minuteMs] = [3_600_000, 60_000];
    const book = new DecisionBook({ firstRevision: 1000 });
    await collector('late', { book, now: () => Date.now() - hourMs });
    const key = `weir:2:{${siteName}}:clock:late`;
    const ahead = await until(async () => (await redis.client.get(key)) ?? undefined);
    expect(Math.abs(Number(ahead) + hourMs)).toBeLessThan(minuteMs);
  });

  it('are followed from any time, through cut streams and a Redis that forgets', async () => {
    const one = await collector('one');
    one.book.put(hosts(2500));
    const two = await collector('two');
    const seen = follower(two);
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );
    expect(seen.changes.some(({ complete }) => complete)).toBe(true);

    one.book.put(hosts(2, 3000));
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );
    expect(seen.changes.at(-1)).toMatchObject({ complete: false, collectorName: 'one' });

    await redis.client.xtrim(`weir:2:{${siteName}}:decisions`, 'MAXLEN', 0);
    one.book.put(hosts(1, 3002));
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );

    await redis.kill();
    one.book.put(hosts(1, 3003));
    one.book.expire(600_000);
    one.book.put(hosts(1, 3004));
    await redis.start();
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );
    expect(seen.of('one').length).toBe(1);
    const late = follower(two);
    await same(
      () => held(one.book),
      () => late.of('one'),
    );
    expect(late.of('two')).toEqual([]);
  });

  it('are kept as long as their collector is there, also where nothing changes', async () => {
    let now = Date.now();
    const one = await collector('one', { now: () => now });
    one.book.put([testDecision('10.0.0.1')]);
    const key = `weir:2:{${siteName}}:decisions:one`;
    const isThere = async () => (await redis.client.hlen(key)) === 2 || undefined;
    await until(isThere);
    await redis.client.expire(key, 1000);
    now += 2 * 3_600_000;
    await until(async () => (await redis.client.ttl(key)) > 1000 || undefined);
    await redis.client.del(key);
    now += 2 * 3_600_000;
    await until(isThere);
  });

  it('of a collector that begins anew replace those it had', async () => {
    const one = await collector('one');
    one.book.put(hosts(2));
    const two = await collector('two');
    const seen = follower(two);
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );
    await one.site.stop();
    const again = await collector('one', { book: new DecisionBook({ firstRevision: 5000 }) });
    again.book.put(hosts(1, 3));
    await same(
      () => held(again.book),
      () => seen.of('one'),
    );
    expect(seen.of('one').length).toBe(1);
  });
});

describe('live sums of a site', () => {
  const row = (sourceAddress: string, octets: number) => ({
    ...{ sourceAddress, destinationAddress: '198.51.100.7', applicationName: 'http' },
    ...{ octets, packets: 1 },
  });

  it('are of all collectors, and of one alone while the Redis is away', async () => {
    let now = 1_800_000_000_000;
    const options = { now: () => now };
    const one = await collector('one', options);
    const two = await collector('two', options);
    await connected(one);
    await connected(two);
    one.site.observe(testChunk([row('192.0.2.1', 100), row('192.0.2.2', 50)]));
    two.site.observe(testChunk([row('192.0.2.2', 70)]));
    now += 5000;
    const live = await until(async () => {
      const live = await two.site.live();
      return live.totals.flows === 3 ? live : undefined;
    });
    expect(live.collectors).toEqual(['one', 'two']);
    expect(live.talkers.map(({ key, octets }) => `${key} ${octets}`)).toEqual([
      '198.51.100.7 220',
      '192.0.2.2 120',
      '192.0.2.1 100',
    ]);
    expect(live.applications).toEqual([{ key: 'http', octets: 220, packets: 3, flows: 3 }]);
    await redis.kill();
    await until(() => !one.site.state.isConnected || undefined);
    const alone = await one.site.live();
    expect(alone.collectors).toEqual(['one']);
    expect(alone.totals.octets).toBe(150);
    await redis.start();
    const again = await until(async () => {
      const live = await one.site.live();
      return live.collectors.length === 2 ? live : undefined;
    });
    expect(again.spanMs).toBe(60_000);
  });

  it('are there without any Redis', async () => {
    let now = 0;
    const site = new LocalSite('one', () => now);
    await site.start();
    site.observe(testChunk([row('192.0.2.1', 100)]));
    now = 5000;
    expect((await site.live()).totals.octets).toBe(100);
    now = 100_000;
    expect((await site.live()).totals.octets).toBe(0);
    expect(site.problems()).toEqual([]);
    await site.stop();
  });
});

describe('a Redis with passwords', () => {
  it('needs no more rights than those in the documentation', async () => {
    const commands = '+set +get +hset +hdel +hgetall +del +expire +zadd +zrange +zrangebyscore';
    const more = '+zremrangebyscore +xadd +xread +xrevrange +multi +exec +info';
    const rules = `on >p:/@w ~weir:2:* resetchannels -@all ${commands} ${more}`.split(' ');
    await redis.client.acl('SETUSER', 'weir', ...rules);
    const url = `redis://weir:${encodeURIComponent('p:/@w')}@127.0.0.1:${redis.port}`;
    const one = await collector('one', { url });
    const two = await collector('two', { url });
    const seen = follower(two);
    one.decoder.learn(template(1));
    one.book.put(hosts(1));
    await same(
      () => one.decoder.known,
      () => two.decoder.known,
    );
    await same(
      () => held(one.book),
      () => seen.of('one'),
    );
    await connected(one);
    await connected(two);
  });

  it('says that the password is wrong, and does not show it', async () => {
    const one = await collector('one', { url: `redis://weir:secret@127.0.0.1:${redis.port}` });
    await until(() => /WRONGPASS/.test(one.site.problems()[0] ?? '') || undefined);
    expect(one.site.problems()[0]).not.toContain('secret');
    expect(
      () => new RedisSite({ ...({} as RedisSiteOptions), url: 'localhost', siteName }),
    ).toThrow(expect.objectContaining({ code: 'WEIR_COLLECTOR_REDIS' }));
  });

  it('is spoken to over TLS, when its certificate is good', async () => {
    const secured = new TestRedis();
    servers.push(secured);
    await secured.start();
    const key = path.join(secured.folder, 'key.pem');
    const certificate = path.join(secured.folder, 'certificate.pem');
    const about = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', ...curve, ...about, ...files], { stdio: 'ignore' });
    const port = await freePort();
    const { client } = secured;
    await client.config(
      'SET',
      'tls-cert-file',
      certificate,
      'tls-key-file',
      key,
      'tls-auth-clients',
      'no',
      'tls-port',
      String(port),
    );
    const bad = await collector('bad', { url: `rediss://127.0.0.1:${port}` });
    await until(() => /self-signed/.test(bad.site.problems()[0] ?? '') || undefined);
    const good = await collector('good', { url: `rediss://127.0.0.1:${port}?ca=${certificate}` });
    await connected(good);
  });
});
