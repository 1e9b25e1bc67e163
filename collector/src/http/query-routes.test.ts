// SPDX-License-Identifier: Apache-2.0
import { API, parseFilter } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asked, Queries } from '../query/queries.js';
import { QueryError } from '../query/query-error.js';
import { TEST_HEALTH, TestApi } from './test-api.js';

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

const APPLICATIONS = [
  { applicationId: '6:22', applicationName: 'BitTorrent', applicationDescription: 'p2p' },
];
const api = new TestApi({
  context: {
    queries,
    behaviour: {
      answer: ({ role }) => ({ problem: `asked for ${role}`, hostCount: 0, hosts: [] }),
    },
    health: () => TEST_HEALTH,
    applications: () => ({ applications: APPLICATIONS }),
    exporters: () => ({ exporters: [] }),
  },
});
beforeAll(() => api.start());
afterAll(() => api.stop());

describe('queries', () => {
  it('get the window and the filters, one or several of a kind', async () => {
    asked.length = 0;
    const { status } = await api.ask(
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
    await api.ask(API.flows);
    const [{ window, limit }] = asked as [Asked];
    expect(limit).toBe(100);
    expect(window.to - window.from).toBe(3_600_000);
    expect(Math.abs(window.to - Date.now())).toBeLessThan(60_000);
  });

  it('leave the step of series to what is kept, or take the one asked for', async () => {
    asked.length = 0;
    await api.ask(`${API.series}?from=0&to=3600000`);
    await api.ask(`${API.series}?from=0&to=3600000&stepSeconds=60`);
    await api.ask(`${API.series}?from=7200001&to=9000000&stepSeconds=60&previous=window`);
    expect(asked).toMatchObject([
      { stepSeconds: undefined },
      { stepSeconds: 60 },
      { stepSeconds: 60, previousMilliseconds: 1_799_999 },
    ]);
  });

  it('say which step can be had where a series was asked for in finer ones', async () => {
    failure = new QueryError('WEIR_QUERY_STEP_TOO_FINE', 'take 60');
    const { status, body } = await api.ask(`${API.series}?stepSeconds=10`);
    failure = undefined;
    expect([status, body]).toEqual([400, { code: 'WEIR_API_STEP_TOO_FINE', message: 'take 60' }]);
  });

  it('compare with the time just before, or another', async () => {
    asked.length = 0;
    await api.ask(`${API.compare}?from=2000&to=3000`);
    await api.ask(`${API.compare}?from=2000&to=3000&against=500`);
    expect(asked).toMatchObject([
      { against: { from: 1000, to: 2000 } },
      { against: { from: 500, to: 1500 } },
    ]);
  });

  it('say where a filter cannot be read', async () => {
    const { status, body } = await api.ask(
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
    const { status, body } = await api.ask(url);
    expect(status).toBe(400);
    expect(body.code).toBe('WEIR_API_BAD_PARAMETER');
    expect(body.message).toContain(message);
  });

  it('answer 503 when the store fails, without telling the network why', async () => {
    failure = Object.assign(new Error('secret path'), { code: 'CHDB_QUERY' });
    const first = await api.ask(API.flows);
    failure = new Error('secret bug');
    const second = await api.ask(API.flows);
    failure = undefined;
    expect([first.status, first.body.code]).toEqual([503, 'WEIR_API_STORE']);
    expect([second.status, second.body.code]).toEqual([500, 'WEIR_API_INTERNAL']);
    expect(JSON.stringify([first.body, second.body])).not.toContain('secret');
  });

  it('tell the state of the collector', async () => {
    expect((await api.ask(API.health)).body).toEqual(TEST_HEALTH);
    expect((await api.ask(API.applications)).body).toEqual({ applications: APPLICATIONS });
    expect((await api.ask(API.exporters)).body).toEqual({ exporters: [] });
  });

  it('tell what hosts are by their flows, of one role or of all', async () => {
    const { status, body } = await api.ask(`${API.behaviourHosts}?role=p2p`);
    expect(status).toBe(200);
    expect(body).toEqual({ problem: 'asked for p2p', hostCount: 0, hosts: [] });
    expect((await api.ask(`${API.behaviourHosts}?role=pirate`)).status).toBe(400);
  });
});
