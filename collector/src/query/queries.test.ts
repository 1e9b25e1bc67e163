// SPDX-License-Identifier: Apache-2.0
// Answers of the store against sums over the same rows in JavaScript.
import {
  DIMENSIONS,
  type Dimension,
  FLOW_COLUMNS,
  type Flow,
  type FlowSort,
  isTwoSided,
  METRICS,
  type Metric,
  parseFilter,
} from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowStore, Statement } from '../store/flow-store.js';
import { positionOf } from './flow-page.js';
import type { FlowPosition } from './flow-statements.js';
import type { Window } from './planner.js';
import { createQueries } from './queries.js';
import { QuestionGate } from './question-gate.js';
import { bucketTimes, chooseStepSeconds } from './steps.js';
import { TestStore } from './test-store.js';
import {
  ANYTHING,
  END,
  fill,
  flows,
  groupsOf,
  HOUR,
  keysOf,
  RECEIVER,
  rowsOf,
  START,
  SUM,
  sums,
} from './test-sums.js';

const store = new TestStore();
const gate = new QuestionGate({ running: 2, waiting: 100 });
const exportGate = new QuestionGate({ running: 2, waiting: 100 });
const queries = createQueries({
  store: store.asStore(),
  ...{ gate, exportGate },
  limitSeconds: 30,
  exportLimitSeconds: 30,
});
beforeAll(() => fill(store));
afterAll(() => store.close());

const byKey = (rows: readonly { key: string }[]) =>
  [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
const WINDOWS: Readonly<Record<string, Window>> = {
  everything: { from: START - 1, to: END + 1 },
  'whole hours': { from: Date.UTC(2026, 4, 5, 23), to: Date.UTC(2026, 4, 6, 2) },
  'a part, on no minute': { from: START + 1_234_567, to: START + 1_234_567 + 2 * HOUR },
  'a short one': { from: START + 500_000, to: START + 900_000 },
};
const whole = WINDOWS.everything as Window;

const BY_WINDOW = Object.entries(WINDOWS).flatMap(([name, window]) => {
  const some: readonly Dimension[] = ['applicationName', 'host', 'country'];
  const more: readonly Dimension[] = [
    'sourceAddress',
    'destinationAddress',
    'vlanId',
    'serverName',
  ];
  const dimensions = name.startsWith('a part') ? [...DIMENSIONS.filter(isTwoSided), ...more] : some;
  return dimensions.map((by) => [by, name, window] as const);
});

describe('the largest', () => {
  it.each(BY_WINDOW)('by %s over %s are the sums of the records', async (by, _name, window) => {
    const metric = METRICS[DIMENSIONS.indexOf(by) % 3] as Metric;
    const asked = { window, condition: ANYTHING, by: [by], metric, limit: 1000 };
    const answer = await queries.top(asked);
    const rows = rowsOf(window);
    const expected = [...groupsOf(rows, [by])].map(([key, members]) => ({
      key,
      keys: [key],
      ...sums(members),
    }));
    expect(byKey(answer.rows)).toEqual(byKey(expected));
    const values = expected.map((row) => row[metric]).sort((a, b) => b - a);
    expect(answer.rows.map((row) => row[metric])).toEqual(values);
    expect(answer.total).toEqual(sums(rows));
    expect(answer.other).toEqual({ octets: 0, packets: 0, flows: 0 });
  });
});

it('answers a window of hours from tables of sums', async () => {
  const window = WINDOWS['whole hours'] as Window;
  const asked = { window, condition: ANYTHING, metric: 'octets', limit: 3 } as const;
  const tableOf = async (by: Dimension) => (await queries.top({ ...asked, by: [by] })).table;
  expect(await tableOf('applicationName')).toBe('flows_1h');
  expect(await tableOf('host')).toBe('addresses_1h');
  expect(await tableOf('asName')).toBe('systems_1h');
  expect(await tableOf('serverName')).toBe('flows');
});

const FILTERS = [
  'app = bittorrent and scope ~ o',
  'src = 10.0.0.1',
  'ip = 10.0.0.1',
  'country = größe or as = 6881',
];

describe.each(FILTERS)('of flows with %s', (text) => {
  const condition = parseFilter(text);

  it('shows the rest beside the largest', async () => {
    for (const by of [['host'], ['sourceAddress'], ['applicationName', 'scope']] as Dimension[][]) {
      const limit = 3;
      const asked = { window: whole, condition, by, metric: 'octets', limit } as const;
      const { rows, other, total } = await queries.top(asked);
      const counted = rowsOf(whole, condition);
      const all = [...groupsOf(counted, by).values()].map(sums).sort((a, b) => b.octets - a.octets);
      expect(rows.map(({ octets }) => octets)).toEqual(
        all.slice(0, limit).map(({ octets }) => octets),
      );
      const sum = (of: readonly { octets: number; flows: number }[]) => ({
        octets: of.reduce((octets, row) => octets + row.octets, 0),
        flows: of.reduce((octets, row) => octets + row.flows, 0),
      });
      expect(sum([...rows, other])).toEqual(sum(all));
      expect(total).toEqual(sums(counted));
    }
  });

  it.each([
    [60, 'applicationName'],
    [600, 'host'],
    [3600, 'country'],
  ] as const)('makes series in steps of %i s by %s', async (stepSeconds, by) => {
    {
      const asked = { window: whole, condition, by: [by], metric: 'octets', limit: 3 } as const;
      const shift = 2 * HOUR;
      const answer = await queries.series({ ...asked, stepSeconds, previousMilliseconds: shift });
      const counted = rowsOf(whole, condition);
      const top = (await queries.top(asked)).rows.map(({ key }) => key);
      const expected = (key: string, earlier: number) =>
        answer.times.map((time) => {
          const from = Math.max(time, whole.from) - earlier;
          const to = Math.min(time + stepSeconds * 1000, whole.to) - earlier;
          return rowsOf({ from, to }, condition)
            .flatMap((flow) => keysOf(flow, [by]).map((own) => [own, flow.octets] as const))
            .filter(([own]) => (key === 'other' ? !top.includes(own) : own === key))
            .reduce((total, [, octets]) => total + octets, 0);
        });
      expect(answer.times).toEqual(bucketTimes(whole, stepSeconds));
      expect(answer.series.map(({ key }) => key).filter((key) => key !== 'other')).toEqual(top);
      for (const { key, values } of answer.series) expect(values).toEqual(expected(key, 0));
      for (const { key, values } of answer.previous?.series ?? []) {
        expect(values).toEqual(expected(key, shift));
      }
      expect(counted.length === 0 || answer.series.length > 0).toBe(true);
    }
  });
});

it('shows nothing before 1970, where a window that is shifted by whole steps may begin', async () => {
  const window = { from: 20_000, to: 40_000 };
  const asked = { window, condition: ANYTHING, by: ['scope'], metric: 'octets', limit: 1 } as const;
  const previousMilliseconds = 20_000;
  const answer = await queries.series({ ...asked, stepSeconds: 3600, previousMilliseconds });
  expect(answer.previous).toMatchObject({ shiftMilliseconds: HOUR, series: [] });
});

it('gives the largest keys alone, and gives up in the time that the question has', async () => {
  const asked = { window: whole, condition: ANYTHING, metric: 'flows', limit: 5 } as const;
  const { rows } = await queries.top({ ...asked, by: ['applicationName'] });
  const { query, ...rest } = store.asStore();
  const limits: unknown[] = [];
  const noted = async <Row>(statement: Statement): Promise<Row[]> => {
    limits.push(statement.limitSeconds);
    return query<Row>(statement);
  };
  const own = createQueries({
    ...{ store: { ...rest, query: noted } as FlowStore, gate, exportGate },
    ...{ limitSeconds: 30, exportLimitSeconds: 30 },
  });
  const keys = await own.keys({ ...asked, by: 'applicationName', limitSeconds: 2 });
  expect(keys).toEqual(rows.map(({ key }) => key));
  expect(limits).toEqual([2]);
});

it('makes a matrix whose cells add up', async () => {
  const by = ['sourceNetwork', 'destinationNetwork'] as const;
  const asked = { window: whole, condition: ANYTHING, by, metric: 'flows', limit: 3 } as const;
  const { rows, columns, values, total } = await queries.matrix(asked);
  expect([rows.length, columns.length]).toEqual([4, 4]);
  const counted = rowsOf(whole);
  expect(total).toBe(counted.length);
  const is = (keys: readonly string[], key: string, value: string) =>
    key === 'other' ? !keys.includes(value) : key === value;
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const members = counted.filter(
        (flow) => is(rows, row, flow.sourceNetwork) && is(columns, column, flow.destinationNetwork),
      );
      expect(values[i]?.[j]).toBe(members.length);
    });
  });
});

it('finds the largest changes between two windows', async () => {
  const window = { from: START + 2 * HOUR, to: START + 3 * HOUR };
  const against = { from: START, to: START + HOUR };
  const asked = { window, condition: ANYTHING, by: ['host'], metric: 'octets' } as const;
  const answer = await queries.compare({ ...asked, against, limit: 1000 });
  const [now, then] = [window, against].map((of) => groupsOf(rowsOf(of), ['host'])) as [
    Map<string, Flow[]>,
    Map<string, Flow[]>,
  ];
  const expected = [...new Set([...now.keys(), ...then.keys()])].map((key) => {
    const [current, previous] = [now, then].map((of) => SUM(of.get(key) ?? [], 'octets')) as [
      number,
      number,
    ];
    return { key, keys: [key], current, previous, change: current - previous };
  });
  expect(byKey(answer.rows)).toEqual(byKey(expected));
  const sizes = answer.rows.map(({ change }) => Math.abs(change));
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  expect(answer.total).toEqual({
    current: SUM(rowsOf(window), 'octets'),
    previous: SUM(rowsOf(against), 'octets'),
  });
});

it.each(['host', 'sourceAddress', 'applicationName'] as const)(
  'compares by %s without keys that had nothing, and shows the rest',
  async (by) => {
    const window = { from: Date.UTC(2026, 4, 6, 1), to: Date.UTC(2026, 4, 6, 2) };
    const against = { from: window.from - HOUR, to: window.from };
    const asked = { window, against, condition: ANYTHING, by: [by], metric: 'octets' } as const;
    const all = await queries.compare({ ...asked, limit: 1000 });
    expect(all.rows.filter(({ current, previous }) => current + previous === 0)).toEqual([]);
    expect(all.other).toEqual({ current: 0, previous: 0 });
    const few = await queries.compare({ ...asked, limit: 2 });
    expect(few.rows).toEqual(all.rows.slice(0, 2));
    for (const side of ['current', 'previous'] as const) {
      expect(few.other[side]).toBe(all.rows.slice(2).reduce((sum, row) => sum + row[side], 0));
    }
  },
);

it('lists no address that only received among those that sent', async () => {
  const window = WINDOWS['whole hours'] as Window;
  const against = { from: window.from - HOUR, to: window.from };
  const asked = { window, against, condition: ANYTHING, by: ['sourceAddress'] } as const;
  const { rows, table } = await queries.compare({ ...asked, metric: 'octets', limit: 1000 });
  expect(table).toBe('addresses_1h');
  const senders = rowsOf({ from: against.from, to: window.to }).map((flow) => flow.sourceAddress);
  expect(rows.map(({ key }) => key).sort()).toEqual([...new Set(senders)].sort());
  expect(senders).not.toContain(RECEIVER);
});

it('sums up interfaces in both directions', async () => {
  const { interfaces, other, truncated } = await queries.interfaces({
    window: whole,
    condition: ANYTHING,
    limit: 5000,
  });
  expect(truncated).toBe(false);
  const counted = rowsOf(whole);
  const of = (flow: Flow, direction: 'ingress' | 'egress') =>
    `${flow.exporterAddress} ${flow[`${direction}Interface`]}`;
  for (const { exporterAddress, interface: index, input, output } of interfaces) {
    const key = `${exporterAddress} ${index}`;
    expect(input).toEqual(sums(counted.filter((flow) => of(flow, 'ingress') === key)));
    expect(output).toEqual(sums(counted.filter((flow) => of(flow, 'egress') === key)));
  }
  const few = await queries.interfaces({ window: whole, condition: ANYTHING, limit: 2 });
  expect(few).toMatchObject({ truncated: true, interfaces: interfaces.slice(0, 2) });
  expect(other).toEqual({ input: sums([]), output: sums([]) });
  for (const direction of ['input', 'output'] as const) {
    const beyond = interfaces.slice(2).map((row) => row[direction]);
    const sum = (metric: Metric) => beyond.reduce((total, row) => total + row[metric], 0);
    const [octets, packets, rest] = METRICS.map(sum);
    expect(few.other[direction]).toEqual({ octets, packets, flows: rest });
  }
});

it('counts every record of one exporter, and each flow once of several', async () => {
  const asked = { window: whole, by: ['scope'], metric: 'flows', limit: 10 } as const;
  const one = parseFilter('exporter = 10.0.0.1 and packets > 0');
  expect((await queries.top({ ...asked, condition: one })).total).toEqual(
    sums(rowsOf(whole, one, true)),
  );
  const two = parseFilter('exporter in (10.0.0.1, 10.0.1.2)');
  expect((await queries.top({ ...asked, condition: two })).total).toEqual(sums(rowsOf(whole, two)));
});

it('counts each flow once of a network or a name that several exporters have', async () => {
  const asked = { window: whole, by: ['scope'], metric: 'flows', limit: 10 } as const;
  // Rows of the test have any name with any address, but for this one.
  for (const text of ['exporter in 10.0.0.0/24', 'exporter = 10.0.0.0/24', 'exporter = HTTP']) {
    const condition = parseFilter(text);
    const answer = await queries.top({ ...asked, condition });
    expect([text, answer.total]).toEqual([text, sums(rowsOf(whole, condition))]);
  }
  const unique = parseFilter('exporter = only1 and packets > 0');
  expect((await queries.top({ ...asked, condition: unique })).total).toEqual(
    sums(rowsOf(whole, unique, true)),
  );
  expect(rowsOf(whole, unique, true).length).toBeGreaterThan(rowsOf(whole, unique).length);
});

it('asks tables of sums about one exporter where no record is left to another to count', async () => {
  const { query, ...rest } = store.asStore();
  // As a store answers in which every record counts.
  const without = async <Row>(statement: Statement): Promise<Row[]> =>
    statement.sql.includes('counted = 0') ? [] : query<Row>(statement);
  const own = createQueries({
    ...{ store: { ...rest, query: without } as FlowStore, gate, exportGate },
    ...{ limitSeconds: 30, exportLimitSeconds: 30 },
  });
  const condition = parseFilter('exporter = 10.0.0.1');
  const window = WINDOWS['whole hours'] as Window;
  const asked = { window, condition, by: ['scope'], metric: 'flows', limit: 10 } as const;
  const { table, total } = await own.top(asked);
  expect(table).toBe('flows_1h');
  expect(total).toEqual(sums(rowsOf(window, condition)));
  expect((await queries.top(asked)).table).toBe('flows');
});

describe('records', () => {
  const columns = FLOW_COLUMNS.map(({ name }) => name);
  const asked = { window: whole, condition: ANYTHING, columns };
  const text = (flow: object) => JSON.stringify(Object.entries(flow).sort());

  it('come back as they were', async () => {
    const answer = await queries.flows({ ...asked, sort: '-flowEndMilliseconds', limit: 10_000 });
    expect(answer.flows.map(text).sort()).toEqual(flows.map(text).sort());
    expect(answer.cursor).toBeUndefined();
    const ends = answer.flows.map((flow) => flow.flowEndMilliseconds);
    expect(ends).toEqual([...ends].sort((a, b) => b - a));
  });

  it.each<FlowSort>(['-flowEndMilliseconds', 'octets', '-packets', 'durationMilliseconds'])(
    'sorted by %s come in pages without a gap',
    async (sort) => {
      const condition = parseFilter('app = bittorrent or packets = 1');
      const expected = rowsOf(whole, condition, true);
      const seen: Flow[] = [];
      let position: FlowPosition | undefined;
      do {
        const page = await queries.flows({ ...asked, condition, sort, limit: 97, position });
        seen.push(...page.flows);
        position = page.cursor === undefined ? undefined : positionOf(page.cursor);
      } while (position !== undefined);
      expect(seen.map(text).sort()).toEqual(expected.map(text).sort());
      const name = sort.replace('-', '');
      const values = seen.map((flow) =>
        name === 'durationMilliseconds'
          ? flow.flowEndMilliseconds - flow.flowStartMilliseconds
          : Number(flow[name as 'octets']),
      );
      const sign = sort.startsWith('-') ? -1 : 1;
      expect(values).toEqual([...values].sort((a, b) => sign * (a - b)));
    },
  );

  it('have only the fields that were asked for', async () => {
    const few = { ...asked, columns: ['octets', 'sourceAddress'] as const, limit: 1 };
    const { flows: found } = await queries.flows({ ...few, sort: '-octets' });
    expect(found).toEqual([{ octets: 2 ** 40, sourceAddress: expect.any(String) }]);
  });

  it('are exported, all of them', async () => {
    const condition = parseFilter('bytes > 1k');
    const seen: unknown[] = [];
    const question = { ...asked, condition, columns: ['octets'] as const, limit: 100_000 };
    for await (const rows of queries.export(question, new AbortController().signal)) {
      seen.push(...rows.map(([octets]) => octets));
    }
    const expected = rowsOf(whole, condition, true).map(({ octets }) => octets);
    expect(seen.sort()).toEqual(expected.sort());
    expect(exportGate.state.running).toBe(0);
  });
});

it('chooses steps that people read, at most about 120 of them', () => {
  for (const seconds of [30, 100, 3600, 86_400, 604_800, 31_536_000, 315_360_000]) {
    const window = { from: START, to: START + seconds * 1000 };
    const points = bucketTimes(window, chooseStepSeconds(window)).length;
    expect(points).toBeLessThanOrEqual(121);
    expect(points).toBeGreaterThan(20);
  }
  expect(chooseStepSeconds({ from: 0, to: 3_600_000 })).toBe(30);
});
