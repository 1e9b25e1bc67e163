// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, parseFilter } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Access } from '../access/access.js';
import { Decisions } from '../decide/decisions.js';
import { BLOCK_BITTORRENT, EMPTY_STORE } from '../decide/test-rules.js';
import { CollectorError } from '../errors.js';
import type { Asked, Queries } from '../query/queries.js';
import { QueryError } from '../query/query-error.js';
import { ReverseNames } from '../query/reverse-names.js';
import { testChunk } from '../test-chunk.js';
import { ViewBook } from '../views/view-book.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { API_ERRORS, ApiError, toApiError } from './errors.js';
import { LiveFeed } from './live-feed.js';
import { createServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-http-'));
const live = new LiveFeed();
const log = () => undefined;
const decisions = new Decisions({ dataFolder: folder, log, store: EMPTY_STORE });

const access = new Access({
  ...{ dataFolder: folder, mode: 'auto', sessionIdleMinutes: 60, sessionHours: 24, log },
});

const views = new ViewBook(folder);

/** Answers with what it was asked, so that tests see what reached the store. */
const asked: unknown[] = [];
let failure: Error | undefined;
function answer<Answer>(question: unknown, value: Answer): Promise<Answer> {
  asked.push(question);
  return failure === undefined ? Promise.resolve(value) : Promise.reject(failure);
}
const SUMS = { octets: 0, packets: 0, flows: 0 };
const head = ({ by, metric, window }: Asked) => ({
  by: [...by],
  metric,
  ...window,
  table: 'flows',
  missing: [],
});
const queries: Queries = {
  flows: (question) => answer(question, { flows: [], table: 'flows', missing: [] }),
  export: async function* () {},
  top: (options) => answer(options, { ...head(options), rows: [], other: SUMS, total: SUMS }),
  keys: async () => [],
  series: (options) => {
    const { stepSeconds = 0 } = options;
    return answer(options, { ...head(options), stepSeconds, times: [], series: [] });
  },
  matrix: (options) =>
    answer(options, { ...head(options), rows: [], columns: [], values: [], total: 0 }),
  compare: (options) => {
    const against = { ...options.against, missing: [] };
    const total = { current: 0, previous: 0 };
    return answer(options, { ...head(options), against, rows: [], other: total, total });
  },
  interfaces: (options) =>
    answer(options, {
      ...{ ...options.window, table: 'flows', missing: [] },
      ...{ interfaces: [], other: { input: SUMS, output: SUMS }, truncated: false },
    }),
  missingRecords: () => [],
  ask: async () => [],
  askForRule: async () => [],
};

const context: ApiContext = {
  queries,
  knownValues: { of: async () => [] },
  reverseNames: new ReverseNames({ resolve: async () => ['host.example'] }),
  behaviour: { answer: ({ role }) => ({ problem: `asked for ${role}`, hostCount: 0, hosts: [] }) },
  decisions,
  live,
  access,
  views,
  trustedProxies: [],
  log,
  health: () => ({
    status: 'ok',
    version: '1',
    uptimeSeconds: 1,
    problems: [],
    receive: {
      ...{ listens: [], addresses: [], allowedExporters: [] },
      datagrams: 1,
      octets: 2,
      records: 3,
      dropsByReason: { malformedSet: 4 },
      counters: {},
    },
    store: {
      engine: 'fake',
      storedRecords: 5,
      pendingRecords: 6,
      failedInserts: 7,
      octets: 8,
      mostOctets: 9,
      droppedForSize: 0,
      tables: [],
      spool: { files: 0, octets: 0, mostOctets: 4096, filesSetAside: 0 },
    },
    decide: {
      ...{ rules: 0, decisions: 0, revision: 0 },
      ...{ trackedKeys: 0, mostTrackedKeys: 0, givenUpKeys: 0 },
    },
  }),
  siteLive: async () => ({
    ...{ spanMilliseconds: 60_000, collectors: [], applications: [], talkers: [] },
    totals: { octets: 0, packets: 0, flows: 0 },
  }),
  applications: () => ({
    applications: [
      { applicationId: '6:22', applicationName: 'BitTorrent', applicationDescription: 'p2p' },
    ],
  }),
  exporters: () => ({ exporters: [] }),
  hostNames: ['Weir.example'],
  dashboardFolder: folder,
};
let server: ApiServer;

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Weir</title>');
  writeFileSync(join(folder, 'main-DQx81v_a.js'), 'export {};');
  await decisions.start();
  await access.start();
  await access.listensOn(['127.0.0.1']);
  server = await createServer(context);
});
afterAll(async () => {
  await server.close();
  access.stop();
  await decisions.stop();
  rmSync(folder, { recursive: true });
});

async function ask(url: string) {
  const response = await server.inject(url);
  return { status: response.statusCode, body: response.json(), headers: response.headers };
}

async function listening(): Promise<AddressInfo> {
  if (!server.server.listening) await server.listen({ port: 0, host: '127.0.0.1' });
  return server.server.address() as AddressInfo;
}

describe('the API document', () => {
  it('describes every route', async () => {
    const { body } = await ask(API.openapi);
    expect(body.openapi).toBe('3.1.0');
    const described = Object.keys(body.paths).sort();
    const { openapi, ...routes } = API;
    const inner = [
      ...[`${API.rules}/{id}`, `${API.keys}/{id}`, `${API.views}/{id}`],
      ...[`${API.lists}/{id}`, `${API.lists}/{id}/refresh`],
      ...[`${API.decisions}/{id}`, `${API.gateways}/{name}/state`],
      ...[`${API.users}/{name}`, `${API.users}/{name}/invitation`],
    ];
    expect(described).toEqual([...Object.values(routes), ...inner].sort());
  });

  it('says of every operation what it is for, and names it once', async () => {
    const { body } = await ask(API.openapi);
    const operations = Object.values<Record<string, { operationId: string; summary: string }>>(
      body.paths,
    ).flatMap((path) => Object.values(path));
    expect(operations.every(({ summary }) => summary.length > 5)).toBe(true);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const top = body.paths[API.top].get;
    const parameters = top.parameters.map(({ name }: { name: string }) => name);
    expect(parameters).toEqual(
      expect.arrayContaining(['from', 'to', 'host', 'by', 'metric', 'limit']),
    );
    expect(top.responses['200'].content['application/json'].schema.required).toContain('rows');
  });
});

describe('queries', () => {
  it('get the window and the filters, one or several of a kind', async () => {
    asked.length = 0;
    const { status } = await ask(
      `${API.top}?from=1000&to=2000&by=host&metric=packets&limit=3&host=10.0.0.1&host=2001:db8::1&port=53&applicationName=a%27b&filter=bytes%3E1%20or%20udp`,
    );
    expect(status).toBe(200);
    expect(asked).toEqual([
      {
        by: ['host'],
        metric: 'packets',
        limit: 3,
        window: { from: 1000, to: 2000 },
        condition: parseFilter(
          `(bytes > 1 or udp) and app in "a'b" and ip in (10.0.0.1, 2001:db8::1) and port in 53`,
        ),
      },
    ]);
  });

  it('are about the last hour unless they say otherwise', async () => {
    asked.length = 0;
    await ask(API.flows);
    const [{ window, limit }] = asked as [Asked];
    expect(limit).toBe(100);
    expect(window.to - window.from).toBe(3_600_000);
    expect(Math.abs(window.to - Date.now())).toBeLessThan(60_000);
  });

  it('leave the step of series to what is kept, or take the one asked for', async () => {
    asked.length = 0;
    await ask(`${API.series}?from=0&to=3600000`);
    await ask(`${API.series}?from=0&to=3600000&stepSeconds=60`);
    await ask(`${API.series}?from=7200001&to=9000000&stepSeconds=60&previous=window`);
    expect(asked).toMatchObject([
      { stepSeconds: undefined },
      { stepSeconds: 60 },
      { stepSeconds: 60, previousMilliseconds: 1_799_999 },
    ]);
  });

  it('say which step can be had where a series was asked for in finer ones', async () => {
    failure = new QueryError('WEIR_QUERY_STEP_TOO_FINE', 'take 60');
    const { status, body } = await ask(`${API.series}?stepSeconds=10`);
    failure = undefined;
    expect([status, body]).toEqual([400, { code: 'WEIR_API_STEP_TOO_FINE', message: 'take 60' }]);
  });

  it('compare with the time just before, or another', async () => {
    asked.length = 0;
    await ask(`${API.compare}?from=2000&to=3000`);
    await ask(`${API.compare}?from=2000&to=3000&against=500`);
    expect(asked).toMatchObject([
      { against: { from: 1000, to: 2000 } },
      { against: { from: 500, to: 1500 } },
    ]);
  });

  it('say where a filter cannot be read', async () => {
    const { status, body } = await ask(
      `${API.flows}?filter=${encodeURIComponent('src = 10.0.0.0/33')}`,
    );
    expect([status, body.code]).toEqual([400, 'WEIR_API_BAD_FILTER']);
    expect(body.at).toEqual({ from: 6, to: 17 });
    expect(body.message).toContain('"10.0.0.0/33" is no value of "src"');
  });

  it.each([
    [`${API.top}?by=colour`, '"by.0" must be one of: applicationName, applicationCategory'],
    [`${API.top}?by=host&by=port`, 'both stand for either end'],
    [`${API.matrix}?by=host`, '"by" must NOT have fewer than 2 items'],
    [`${API.flows}?cursor=MSAy`, '"cursor" is not one that this API gave'],
    [`${API.flows}?fields=colour`, '"fields.0" must be one of: flowStartMilliseconds'],
    [`${API.names}?addresses=example.org`, '"addresses" has "example.org"'],
    [`${API.compare}?from=1000&to=3000`, '"from" (-1000)'],
    [`${API.top}?metric=bytes`, '"metric" must be one of: octets, packets, flows'],
    [`${API.top}?limit=0`, '"limit" must be >= 1'],
    [`${API.top}?limit=x`, '"limit" must be integer'],
    [`${API.top}?colour=red`, '"colour" is not known in the query'],
    [`${API.flows}?host=example.org`, '"host" must be an IPv4 or IPv6 address, not "example.org"'],
    [`${API.flows}?port=70000`, '"port.0" must be <= 65535'],
    [`${API.flows}?from=2000&to=1000`, '"from" (2000) must be before "to" (1000)'],
    [`${API.flows}?from=-1`, '"from" (-1)'],
    [`${API.flows}?to=9e15`, '"to" (9000000000000000)'],
    [`${API.series}?from=0&to=90000000&stepSeconds=1`, 'take at least 18'],
    [`${API.decisions}?waitSeconds=61`, '"waitSeconds" must be <= 60'],
  ])('%s is refused with what is allowed', async (url, message) => {
    const { status, body } = await ask(url);
    expect(status).toBe(400);
    expect(body.code).toBe('WEIR_API_BAD_PARAMETER');
    expect(body.message).toContain(message);
  });

  it('answer 503 when the store fails, without telling the network why', async () => {
    failure = Object.assign(new Error('secret path'), { code: 'CHDB_QUERY' });
    const first = await ask(API.flows);
    failure = new Error('secret bug');
    const second = await ask(API.flows);
    failure = undefined;
    expect([first.status, first.body.code]).toEqual([503, 'WEIR_API_STORE']);
    expect([second.status, second.body.code]).toEqual([500, 'WEIR_API_INTERNAL']);
    expect(JSON.stringify([first.body, second.body])).not.toContain('secret');
  });

  it('tell the state of the collector', async () => {
    expect((await ask(API.health)).body).toEqual(context.health());
    expect((await ask(API.applications)).body).toEqual(context.applications());
    expect((await ask(API.exporters)).body).toEqual({ exporters: [] });
  });

  it('tell what hosts are by their flows, of one role or of all', async () => {
    const { status, body } = await ask(`${API.behaviourHosts}?role=p2p`);
    expect(status).toBe(200);
    expect(body).toEqual({ problem: 'asked for p2p', hostCount: 0, hosts: [] });
    expect((await ask(`${API.behaviourHosts}?role=pirate`)).status).toBe(400);
  });
});

describe('rules', () => {
  const post = (payload: unknown) =>
    server.inject({ method: 'POST', url: API.rules, payload: payload as object });

  it('are made, listed and deleted', async () => {
    const made = await post({ ...BLOCK_BITTORRENT, reason: 'x' });
    expect(made.statusCode).toBe(201);
    const rule = made.json();
    expect(rule).toMatchObject({ origin: 'api', revision: 1, action: { answer: 'drop' } });
    expect((await ask(API.rules)).body.rules).toMatchObject([rule]);
    const again = await post({ ...BLOCK_BITTORRENT, name: 'no bittorrent' });
    expect([again.statusCode, again.json().code]).toEqual([409, 'WEIR_API_RULE_EXISTS']);
    const url = `${API.rules}/${rule.id}`;
    expect((await server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    const gone = await server.inject({ method: 'DELETE', url });
    expect([gone.statusCode, gone.json().code]).toEqual([404, 'WEIR_API_UNKNOWN_RULE']);
    expect((await ask(API.rules)).body).toEqual({ rules: [] });
  });

  it('come back under their ids', async () => {
    const { id } = (await post(BLOCK_BITTORRENT)).json();
    const url = `${API.rules}?id=${id}`;
    const restore = () => server.inject({ method: 'POST', url, payload: BLOCK_BITTORRENT });
    expect((await restore()).json().code).toBe('WEIR_API_RULE_EXISTS');
    await server.inject({ method: 'DELETE', url: `${API.rules}/${id}` });
    expect((await restore()).json()).toMatchObject({ id, revision: 1 });
    const wrong = await server.inject({
      ...{ method: 'POST', url: `${API.rules}?id=mine`, payload: BLOCK_BITTORRENT },
    });
    expect(wrong.json().code).toBe('WEIR_API_BAD_PARAMETER');
    await server.inject({ method: 'DELETE', url: `${API.rules}/${id}` });
  });

  it('are changed by who has seen what they are', async () => {
    const { id } = (await post(BLOCK_BITTORRENT)).json();
    const url = `${API.rules}/${id}`;
    const put = (revision: string, changes: object) =>
      server.inject({
        ...{ method: 'PUT', url, headers: { 'if-match': revision } },
        payload: { ...BLOCK_BITTORRENT, ...changes },
      });
    expect((await server.inject({ url })).headers.etag).toBe('"1"');
    const changed = await put('"1"', { holdSeconds: 60 });
    expect(changed.json()).toMatchObject({ id, revision: 2, holdSeconds: 60 });
    const late = await put('"1"', { holdSeconds: 70 });
    expect([late.statusCode, late.json().code]).toEqual([412, 'WEIR_API_RULE_CHANGED']);
    expect((await put('one', {})).json().code).toBe('WEIR_API_BAD_PARAMETER');
    expect((await server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
  });

  it.each([
    [{}, 400, '"name" is missing in the body'],
    [{ ...BLOCK_BITTORRENT, name: '' }, 400, '"name" must NOT have fewer'],
    [{ ...BLOCK_BITTORRENT, colour: 1 }, 400, '"colour" is not known in the body'],
    [{ ...BLOCK_BITTORRENT, holdSeconds: 0 }, 400, '"holdSeconds" must be >= 1'],
    [{ ...BLOCK_BITTORRENT, filter: 'app = ' }, 400, 'the filter cannot be read'],
    [{ ...BLOCK_BITTORRENT, action: { kind: 'shape' } }, 422, 'a shape needs upBitsPerSecond'],
    [
      {
        ...BLOCK_BITTORRENT,
        schedule: {
          timeZone: 'Mars/Base',
          windows: [{ days: ['mon'], from: '08:00', to: '09:00' }],
        },
      },
      ...([422, '"Mars/Base" is no time zone'] as const),
    ],
  ])('like %j are refused', async (payload, status, message) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(status);
    expect(response.json().message).toContain(message);
  });

  it.each([
    ['application/json', '{', 400, 'WEIR_API_BAD_REQUEST'],
    ['text/plain', '{}', 415, 'WEIR_API_UNSUPPORTED_MEDIA_TYPE'],
    ['application/json', `"${'x'.repeat(300_000)}"`, 413, 'WEIR_API_BODY_TOO_LARGE'],
  ])('as %s are refused when they cannot be read', async (type, payload, status, code) => {
    const headers = { 'content-type': type };
    const response = await server.inject({ method: 'POST', url: API.rules, headers, payload });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });
});

it('answers decisions at once, or when the wait is over', async () => {
  const { body } = await ask(API.decisions);
  expect(body).toMatchObject({ revision: expect.any(Number), complete: true, removed: [] });
  const next = await ask(`${API.decisions}?since=${body.revision}&waitSeconds=0.01`);
  expect(next.body).toMatchObject({ revision: body.revision, complete: false });
});

describe('the host that a request is addressed to', () => {
  const status = async (host: string) =>
    (await server.inject({ url: API.rules, headers: { host } })).statusCode;

  it.each([
    '127.0.0.1:8055',
    '[::1]:8055',
    '192.0.2.1',
    'localhost:8055',
    'weir.localhost',
    'weir.example',
    'WEIR.example:443',
    hostname(),
  ])('may be %s', async (host) => {
    expect(await status(host)).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:8055',
    '127.0.0.1.evil.example',
    'localhost.evil',
    `${hostname()}.evil.example:8055`,
  ])('may not be "%s": another site could have pointed it here', async (host) => {
    expect(await status(host)).toBe(403);
  });
});

it('leaves nothing behind of questions that one connection has asked', async () => {
  const { port } = await listening();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  for (let i = 0; i < 12; i++) {
    await new Promise<void>((resolve) => {
      get({ port, agent, path: API.decisions }, (response) => {
        response.resume().once('end', resolve);
      });
    });
  }
  agent.destroy();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

describe('saved views', () => {
  const send = (method: 'POST' | 'PUT', url: string, payload: object) =>
    server.inject({ method, url, payload });

  it('are saved, changed and deleted', async () => {
    const made = await send('POST', API.views, { name: 'Uplink', link: 'explore?v=1&time=6h' });
    expect(made.statusCode).toBe(201);
    const view = made.json();
    expect(view).toMatchObject({ owner: 'local', isShared: false });
    const url = `${API.views}/${view.id}`;
    const changed = await send('PUT', url, { name: 'Up', link: 'hosts', isShared: true });
    expect((await ask(API.views)).body).toEqual({ views: [changed.json()] });
    const again = await send('POST', API.views, { name: 'UP', link: 'flows' });
    expect([again.statusCode, again.json().code]).toEqual([409, 'WEIR_API_VIEW_EXISTS']);
    expect((await server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    const gone = await server.inject({ method: 'DELETE', url });
    expect([gone.statusCode, gone.json().code]).toEqual([404, 'WEIR_API_UNKNOWN_VIEW']);
  });

  it.each(['//evil.example', 'javascript:alert(1)', 'https://evil.example', '../x', 'x y'])(
    'never lead to %s',
    async (link) => {
      const { statusCode } = await send('POST', API.views, { name: 'x', link });
      expect(statusCode).toBe(400);
    },
  );
});

describe('files', () => {
  it('serves the dashboard, its page never from a cache', async () => {
    const page = await server.inject('/');
    expect(page.body).toBe(readFileSync(join(folder, 'index.html'), 'utf8'));
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    const script = await server.inject('/main-DQx81v_a.js');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it('serves the same page under the name of each page', async () => {
    for (const url of ['/explore?v=1&time=6h', '/hosts']) {
      const page = await server.inject(url);
      expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(page.body).toContain('<title>Weir</title>');
    }
  });

  it.each(['/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/api/v1/nope', '/nope.js', '/a/b'])(
    'has nothing at %s',
    async (url) => {
      const { status, body } = await ask(url);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.code).toMatch(/^WEIR_API_(UNKNOWN_ROUTE|BAD_REQUEST)$/);
    },
  );
});

describe('the live stream', () => {
  const chunk = testChunk(
    Array.from({ length: 200 }, (_, row) => ({ octets: 10, packets: 1, flowEndMilliseconds: row })),
  );

  async function listen(query = ''): Promise<IncomingMessage> {
    const { port } = await listening();
    const path = API.stream + query;
    return new Promise((resolve) => get({ port, host: '127.0.0.1', path }, resolve));
  }

  it('sends totals, and the newest flows first', async () => {
    const response = await listen();
    expect(response.headers['content-type']).toBe('text/event-stream');
    live.start();
    live.observe(chunk);
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.includes('event: totals') && text.includes('event: flows')) break;
    }
    live.stop();
    const data = (event: string) =>
      JSON.parse(new RegExp(`event: ${event}\ndata: (.*)\n`).exec(text)?.[1] ?? '{}');
    expect(data('flows').flows).toHaveLength(50);
    expect(data('flows').flows[0].flowEndMilliseconds).toBe(199);
    expect(data('totals').flowsPerSecond).toBeGreaterThan(0);
    expect(data('totals').octetsPerSecond).toBeCloseTo(data('totals').packetsPerSecond * 10, -2);
  });

  it('tells what there is to ask about again, several changes at once, and only who wants to know', async () => {
    const [told, others] = await Promise.all([listen('?events=changed'), listen('?events=flows')]);
    let heard = '';
    others.on('data', (octets) => {
      heard += octets;
    });
    for (const topic of ['flows', 'decisions', 'flows'] as const) live.changed(topic);
    let text = '';
    for await (const octets of told) {
      text += octets;
      if (text.includes('event:')) break;
    }
    expect(text).toContain('event: changed\ndata: {"topics":["flows","decisions"]}\n\n');
    live.observe(chunk);
    live.sendNow();
    await vi.waitFor(() => expect(heard).toContain('event: flows'));
    expect(heard).not.toContain('changed');
    others.destroy();
  });

  it('gives nobody all places', async () => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => listen()));
    const refused = await listen();
    expect(refused.statusCode).toBe(503);
    for (const stream of [...streams, refused]) stream.destroy();
    await vi.waitFor(() => expect(live.listenerCount).toBe(0));
  });

  it('drops clients that do not read, and looks at no flow when nobody listens', async () => {
    const response = await listen();
    expect(live.listenerCount).toBe(1);
    response.pause();
    // More than any socket buffer holds.
    for (let i = 0; i < 20_000 && live.listenerCount > 0; i++) {
      live.observe(chunk);
      live.sendNow();
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    expect(live.listenerCount).toBe(0);
    response.destroy();
  });
});

describe('error codes', () => {
  it('are stable', () => {
    expect(API_ERRORS).toMatchInlineSnapshot(`
      {
        "WEIR_API_ACCOUNT_CHANGED": 409,
        "WEIR_API_ACCOUNT_EXISTS": 409,
        "WEIR_API_BAD_BODY": 400,
        "WEIR_API_BAD_FILTER": 400,
        "WEIR_API_BAD_INVITATION": 401,
        "WEIR_API_BAD_PARAMETER": 400,
        "WEIR_API_BAD_REQUEST": 400,
        "WEIR_API_BAD_RULE": 422,
        "WEIR_API_BODY_TOO_LARGE": 413,
        "WEIR_API_BUSY": 503,
        "WEIR_API_CROSS_SITE": 403,
        "WEIR_API_CSRF": 403,
        "WEIR_API_FORBIDDEN": 403,
        "WEIR_API_INTERNAL": 500,
        "WEIR_API_LAST_ADMINISTRATOR": 409,
        "WEIR_API_NEEDS_CONFIRMATION": 409,
        "WEIR_API_NOT_KEPT": 503,
        "WEIR_API_PROTECTED": 409,
        "WEIR_API_RULE_CHANGED": 412,
        "WEIR_API_RULE_EXISTS": 409,
        "WEIR_API_RULE_READ_ONLY": 409,
        "WEIR_API_STEP_TOO_FINE": 400,
        "WEIR_API_STORE": 503,
        "WEIR_API_TIME_LIMIT": 503,
        "WEIR_API_TOO_MANY_ACCOUNTS": 409,
        "WEIR_API_TOO_MANY_ATTEMPTS": 429,
        "WEIR_API_TOO_MANY_RULES": 409,
        "WEIR_API_TOO_MANY_STREAMS": 503,
        "WEIR_API_TOO_MANY_VIEWS": 409,
        "WEIR_API_UNAUTHENTICATED": 401,
        "WEIR_API_UNKNOWN_ACCOUNT": 404,
        "WEIR_API_UNKNOWN_DECISION": 404,
        "WEIR_API_UNKNOWN_HOST": 403,
        "WEIR_API_UNKNOWN_LIST": 404,
        "WEIR_API_UNKNOWN_ROUTE": 404,
        "WEIR_API_UNKNOWN_RULE": 404,
        "WEIR_API_UNKNOWN_VIEW": 404,
        "WEIR_API_UNSUPPORTED_MEDIA_TYPE": 415,
        "WEIR_API_VIEW_EXISTS": 409,
        "WEIR_API_WEAK_PASSWORD": 422,
        "WEIR_API_WRONG_PASSWORD": 401,
      }
    `);
  });

  it('fit anything that is thrown', () => {
    const error = new ApiError('WEIR_API_UNKNOWN_RULE', 'x');
    expect(toApiError(error)).toBe(error);
    expect(toApiError(new Error('x')).code).toBe('WEIR_API_INTERNAL');
    const notKept = new CollectorError('WEIR_COLLECTOR_RULES_NOT_KEPT', 'ENOSPC');
    expect(toApiError(notKept)).toMatchObject({ statusCode: 503, message: notKept.message });
    expect(toApiError({ statusCode: 400, message: 'x' }).code).toBe('WEIR_API_BAD_REQUEST');
  });
});
