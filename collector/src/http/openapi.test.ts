// SPDX-License-Identifier: Apache-2.0
// The API document: valid by the judgement of others, and what the routes answer is what it says.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import { API, type Flow } from '@weir/wire';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnownValues } from '../query/known-values.js';
import { createQueries, type Queries } from '../query/queries.js';
import { QuestionGate } from '../query/question-gate.js';
import { ReverseNames } from '../query/reverse-names.js';
import { randomRows, TestStore } from '../query/test-store.js';
import { apiDocument } from './api-document.js';
import { TEST_HEALTH, TestApi } from './test-api.js';

const END = Date.UTC(2026, 4, 5, 12);
const store = new TestStore();
const rows = randomRows({ count: 200, seed: 8, from: END - 3_600_000, to: END });
const gate = new QuestionGate({ running: 2, waiting: 10 });
const stored = createQueries({
  store: store.asStore(),
  ...{ gate, exportGate: gate },
  limitSeconds: 30,
  exportLimitSeconds: 30,
});
/** An export without an end, for a reader that is slow. */
const endless = { asked: false, chunks: 0, ended: false };
async function* endlessRows() {
  try {
    for (;;) {
      endless.chunks++;
      yield Array.from({ length: 1000 }, () => ['x'.repeat(100)]);
    }
  } finally {
    endless.ended = true;
  }
}
const exported = stored.export.bind(stored);
const queries: Queries = stored;
queries.export = (question, signal) => (endless.asked ? endlessRows() : exported(question, signal));
const api = new TestApi({
  context: {
    queries,
    knownValues: createKnownValues(queries),
    reverseNames: new ReverseNames({ resolve: async () => ['host.example'] }),
    behaviour: { answer: () => ({ hostCount: 0, hosts: [] }) },
    health: () => TEST_HEALTH,
    siteLive: async () => ({
      ...{ spanMilliseconds: 60_000, collectors: ['one'] },
      totals: { octets: 1, packets: 1, flows: 1 },
      applications: [{ key: 'http', octets: 1, packets: 1, flows: 1 }],
      talkers: [{ key: '192.0.2.1', octets: 1, packets: 1, flows: 1 }],
    }),
    applications: () => ({ applications: [] }),
    exporters: () => ({ exporters: [] }),
  },
});
// biome-ignore lint/suspicious/noExplicitAny: any document
let document: any;

beforeAll(async () => {
  await store.open();
  await store.insert(rows);
  await api.start();
  document = (await api.server.inject(API.openapi)).json();
});
afterAll(async () => {
  await api.stop();
  store.close();
});

/** Parameters that give a question something to answer. */
const ASKED: Readonly<Record<string, string>> = {
  [API.filter]: 'text=src+%3D+nonsense',
  [API.completions]: 'text=app+%3D+b',
  [API.names]: 'addresses=192.0.2.1',
  [API.series]: 'previous=window&by=host&limit=3',
  [API.matrix]: 'by=sourceNetwork&by=destinationNetwork&limit=3',
  [API.top]: 'by=applicationName&by=host&filter=bytes+%3E+1k&limit=3',
  [API.flows]: 'limit=5',
  [API.why]: 'address=192.0.2.1',
};
const window = `from=${END - 3_600_000}&to=${END}`;
const WITH_WINDOW: readonly string[] = [
  API.flows,
  API.top,
  API.series,
  API.matrix,
  API.compare,
  API.interfaces,
];
/** Answered with something else than one JSON value, or about oneself. */
const OTHERS: readonly string[] = [API.stream, API.decisionStream, API.export, API.session];

describe('the API document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('asks for nothing that has a default', () => {
    const { parameters } = document.paths[API.series].get;
    const required = parameters.filter(({ required }: { required: boolean }) => required);
    expect(required).toEqual([]);
    const { schema } = document.paths[API.views].post.requestBody.content['application/json'];
    expect(schema.required).toEqual(['name', 'link']);
  });

  it('is the same without a collector: the dashboard is built from it', async () => {
    expect(await apiDocument()).toEqual(document);
  });

  it('says what every question answers', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const asked: string[] = [];
    for (const [path, { get: operation }] of Object.entries<Record<string, { responses: never }>>(
      document.paths,
    )) {
      if (operation === undefined || OTHERS.includes(path) || path.includes('{')) continue;
      const query = [WITH_WINDOW.includes(path) ? window : '', ASKED[path] ?? ''].join('&');
      const answer = await api.server.inject(`${path}?${query}`.replace(/\?&?$/, ''));
      const responses = operation.responses as Record<
        string,
        { content: { 'application/json': { schema: object } } }
      >;
      const said = responses[answer.statusCode] ?? responses['4XX'] ?? responses['4xx'];
      const schema = said?.content['application/json'].schema ?? {};
      const validate = ajv.compile(schema);
      expect([path, validate(answer.json()) ? 'fits' : validate.errors]).toEqual([path, 'fits']);
      if (answer.statusCode === 200) asked.push(path);
    }
    expect(asked).toEqual(
      expect.arrayContaining([...WITH_WINDOW, API.filter, API.completions, API.names]),
    );
  });

  it('says what an error looks like', async () => {
    const answer = await api.server.inject(`${API.top}?filter=src+%3D+nonsense`);
    const { responses } = document.paths[API.top].get;
    const { schema } = (responses['4XX'] ?? responses['4xx']).content['application/json'];
    expect(new Ajv2020({ strict: false }).compile(schema)(answer.json())).toBe(true);
    expect(answer.json()).toMatchObject({ code: 'WEIR_API_BAD_FILTER', at: { from: 6, to: 14 } });
  });
});

describe('a number that makes no sense', () => {
  const NUMBERS = [
    '1.5',
    '-0.5',
    '0.1',
    '1e300',
    '-1e300',
    '1e-300',
    `${2 ** 53}`,
    '4102444799999.5',
  ];
  const PARAMETERS = [
    'from',
    'to',
    'against',
    'limit',
    'stepSeconds',
    'port',
    'protocolIdentifier',
  ];
  it.each([...WITH_WINDOW, API.export])("is the caller's mistake, or none, at %s", async (path) => {
    for (const name of PARAMETERS) {
      for (const number of NUMBERS) {
        const url = `${path}?${ASKED[path]?.replace(/limit=\d+/, '') ?? ''}&${name}=${number}`;
        const { statusCode } = await api.server.inject(url);
        expect([url, statusCode]).toEqual([url, statusCode === 200 ? 200 : 400]);
      }
    }
    const whole = await api.server.inject(`${path}?from=${END - 3_600_000.5}&to=${END + 0.5}`);
    expect(whole.statusCode).toBe(200);
  });
});

describe('an export', () => {
  const fields = 'fields=sourceAddress&fields=applicationName&fields=octets';

  it('is a table with a heading, safe for spreadsheets', async () => {
    const answer = await api.server.inject(`${API.export}?${window}&${fields}`);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = answer.body.split('\r\n');
    expect(lines[0]).toBe('sourceAddress,applicationName,octets');
    expect(lines).toHaveLength(rows.length + 2);
    const expected = rows.map(
      (row: Flow) => `${row.sourceAddress},${row.applicationName},${row.octets}`,
    );
    expect(lines.slice(1, -1).sort()).toEqual(expected.sort());
  });

  it('is a JSON object a line', async () => {
    const answer = await api.server.inject(
      `${API.export}?${window}&format=ndjson&filter=bytes+%3E+1M&limit=3`,
    );
    const objects = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects).toHaveLength(3);
    for (const flow of objects) expect(rows).toContainEqual(flow);
  });

  it('answers a question that cannot be put as an error', async () => {
    const answer = await api.server.inject(`${API.export}?filter=sorc`);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'WEIR_API_BAD_FILTER']);
  });

  it('waits for a slow reader, and ends when it leaves', async () => {
    endless.asked = true;
    await api.server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.server.server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', path: `${API.export}?fields=serverName` });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.pause();
    // Until the sockets' buffers are full and nothing is made any more.
    let before = -1;
    while (before !== endless.chunks) {
      before = endless.chunks;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(endless.ended).toBe(false);
    expect(endless.chunks).toBeLessThan(1000);
    response.destroy();
    while (!endless.ended) await new Promise((resolve) => setTimeout(resolve, 10));
    endless.asked = false;
  });
});
