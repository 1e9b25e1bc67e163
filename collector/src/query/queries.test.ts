// SPDX-License-Identifier: Apache-2.0
// Answers of the store against sums over the same rows in JavaScript.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIMENSIONS, type Dimension, type Flow, METRICS, type Metric } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNameTable } from '../enrich/name-table.js';
import { flowAt } from '../enrich/named-flow.js';
import { ChdbStore } from '../store/chdb-store.js';
import { randomFlows } from '../store/test-columns.js';
import { insertFlows } from '../store/test-insert.js';
import type { Filter } from './filter.js';
import { createQueries, type Queries } from './queries.js';
import { rollupServes } from './source.js';
import { bucketTimes, chooseStepSeconds } from './steps.js';

const START = Date.UTC(2026, 4, 5, 23, 12, 34, 567);
const HOURS = 3 * 3_600_000;
const dataFolder = mkdtempSync(join(tmpdir(), 'weir-query-'));
const store = new ChdbStore({ dataFolder, retentionDays: 10_000, rollupRetentionDays: 10_000 });
let queries: Queries;
const flows: Flow[] = [];

beforeAll(async () => {
  const names = createNameTable();
  await store.open();
  queries = createQueries(store);
  // In several inserts, so that the rollup has parts to fold.
  for (const seed of [1, 2, 3, 4]) {
    const options = { count: 1500, seed, from: START, to: START + HOURS };
    const columns = randomFlows(names, options);
    await insertFlows(store, columns, names);
    flows.push(...Array.from({ length: columns.length }, (_, row) => flowAt(columns, row, names)));
  }
});
afterAll(async () => {
  await store.close();
  rmSync(dataFolder, { recursive: true });
});

function keysOf(flow: Flow, by: Dimension): string[] {
  if (by === 'host') return [...new Set([flow.sourceAddress, flow.destinationAddress])];
  return [String(flow[by])];
}

function metricOf(flow: Flow, metric: Metric): number {
  return metric === 'flows' ? 1 : flow[metric];
}

function inWindow({ from, to }: Filter): Flow[] {
  return flows.filter(({ flowEndMilliseconds: end }) => end >= from && end < to);
}

function sums(rows: readonly Flow[]) {
  const sum = (metric: Metric) => rows.reduce((total, flow) => total + metricOf(flow, metric), 0);
  return { octets: sum('octets'), packets: sum('packets'), flows: sum('flows') };
}

/** Largest first; ties in the order of the key are the store's affair, so keys of one value are sorted out here. */
function topOf(rows: readonly Flow[], by: Dimension, metric: Metric) {
  const groups = new Map<string, Flow[]>();
  for (const flow of rows) {
    for (const key of keysOf(flow, by)) groups.set(key, [...(groups.get(key) ?? []), flow]);
  }
  const all = [...groups].map(([key, members]) => ({ key, ...sums(members) }));
  return all.sort((a, b) => b[metric] - a[metric]);
}

const WINDOWS: Record<string, Filter> = {
  'everything, not on minutes': { from: START, to: START + HOURS },
  'an hour inside': { from: START + 1_234_567, to: START + 1_234_567 + 3_600_000 },
  'whole minutes': { from: Date.UTC(2026, 4, 6, 0), to: Date.UTC(2026, 4, 6, 1) },
  'a short one': { from: START + 500_000, to: START + 530_000 },
};

describe.each(Object.entries(WINDOWS))('over %s', (_name, filter) => {
  it.each(DIMENSIONS)('top by %s equals the sums of the records', async (by) => {
    for (const metric of METRICS) {
      const answer = await queries.top({ filter, by, metric, limit: 1000 });
      const expected = topOf(inWindow(filter), by, metric);
      const byKey = (rows: { key: string }[]) => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(byKey(answer.rows)).toEqual(byKey(expected));
      expect(answer.rows.map((row) => row[metric])).toEqual(expected.map((row) => row[metric]));
      expect(answer.total).toEqual(sums(inWindow(filter)));
    }
  });

  it.each([10, 60, 300])('series in steps of %i s add up', async (stepSeconds) => {
    for (const by of ['applicationName', 'host', 'protocolIdentifier'] as const) {
      const metric = 'octets';
      const answer = await queries.series({ filter, by, metric, limit: 3, stepSeconds });
      const rows = inWindow(filter);
      const top = topOf(rows, by, metric).slice(0, 3);
      expect(answer.series.slice(0, 3).map(({ key }) => key)).toEqual(top.map(({ key }) => key));
      expect(answer.times).toEqual(bucketTimes(filter, stepSeconds));
      for (const { key, values } of answer.series) {
        const named = top.map((row) => row.key);
        const expected = answer.times.map((time) =>
          rows
            .filter(
              ({ flowEndMilliseconds: end }) => end >= time && end < time + stepSeconds * 1000,
            )
            .flatMap((flow) => keysOf(flow, by).map((own) => [own, flow.octets] as const))
            .filter(([own]) => (key === 'other' ? !named.includes(own) : own === key))
            .reduce((total, [, octets]) => total + octets, 0),
        );
        expect(values).toEqual(expected);
      }
    }
  });
});

it('gives every record back as it was, the newest first, also after the store was closed', async () => {
  await store.close();
  await store.open();
  const answer = await queries.flows({ from: START, to: START + HOURS }, 10_000);
  const key = (flow: object) => JSON.stringify(Object.entries(flow).sort());
  expect(answer.flows.map(key).sort()).toEqual(flows.map(key).sort());
  const ends = answer.flows.map((flow) => flow.flowEndMilliseconds);
  expect(ends).toEqual([...ends].sort((a, b) => b - a));
  const few = await queries.flows({ from: START, to: START + HOURS }, 7);
  expect(few.flows.map((flow) => flow.flowEndMilliseconds)).toEqual(ends.slice(0, 7));
});

const WHOLE: Filter = { from: START, to: START + HOURS };
const FILTERS: Record<string, [Partial<Filter>, (flow: Flow) => boolean]> = {
  application: [
    { applicationName: ["O'Reilly\t\\", 'DNS'] },
    ({ applicationName }) => ["O'Reilly\t\\", 'DNS'].includes(applicationName),
  ],
  host: [
    { host: ['10.0.0.1', '2001:db8::3'] },
    (flow) => keysOf(flow, 'host').some((key) => ['10.0.0.1', '2001:db8::3'].includes(key)),
  ],
  'source address': [
    { sourceAddress: ['10.0.0.2'] },
    ({ sourceAddress }) => sourceAddress === '10.0.0.2',
  ],
  'destination address': [
    { destinationAddress: ['2001:db8::6'] },
    ({ destinationAddress }) => destinationAddress === '2001:db8::6',
  ],
  port: [
    { port: [1001, 53] },
    (flow) =>
      [1001, 53].includes(flow.sourceTransportPort) ||
      [1001, 53].includes(flow.destinationTransportPort),
  ],
  'protocol and application': [
    { protocolIdentifier: [17], applicationName: ['TLS'] },
    (flow) => flow.protocolIdentifier === 17 && flow.applicationName === 'TLS',
  ],
  exporter: [{ exporterAddress: ['192.0.2.1'] }, () => true],
  'another exporter': [{ exporterAddress: ['192.0.2.2'] }, () => false],
};

it.each(Object.entries(FILTERS))('filters by %s', async (_name, [conditions, holds]) => {
  const filter = { ...WHOLE, ...conditions };
  const expected = flows.filter(holds);
  const answer = await queries.flows(filter, 10_000);
  expect(answer.flows).toHaveLength(expected.length);
  expect(sums(answer.flows)).toEqual(sums(expected));
  for (const by of ['applicationName', 'sourceTransportPort'] as const) {
    const top = await queries.top({ filter, by, metric: 'flows', limit: 2 });
    expect(top.total).toEqual(sums(expected));
    expect(top.rows.map((row) => row.flows)).toEqual(
      topOf(expected, by, 'flows')
        .slice(0, 2)
        .map((row) => row.flows),
    );
  }
});

it('takes the rollup exactly where it can serve', () => {
  expect(rollupServes({ filter: WHOLE, by: 'applicationName' })).toBe(true);
  expect(rollupServes({ filter: WHOLE, by: 'applicationName', stepSeconds: 120 })).toBe(true);
  expect(rollupServes({ filter: { ...WHOLE, protocolIdentifier: [6] } })).toBe(true);
  expect(rollupServes({ filter: WHOLE, by: 'applicationName', stepSeconds: 90 })).toBe(false);
  expect(rollupServes({ filter: WHOLE, by: 'host' })).toBe(false);
  expect(rollupServes({ filter: { ...WHOLE, port: [53] }, by: 'applicationName' })).toBe(false);
  expect(rollupServes({ filter: { from: START, to: START + 60_000 } })).toBe(false);
});

it('finds the recent flows of an application, in any case', async () => {
  const since = START + HOURS - 1_200_000;
  const options = { applicationName: 'bittorrent', sinceMilliseconds: since, limit: 10_000 };
  const found = await queries.recentFlows(options);
  const expected = flows.filter(
    (flow) => flow.applicationName === 'BitTorrent' && flow.receivedMilliseconds >= since,
  );
  const tuple = (flow: object) => JSON.stringify(Object.values(flow));
  const tuples = new Map<string, number>();
  for (const flow of expected) {
    const { protocolIdentifier, sourceAddress, sourceTransportPort } = flow;
    const { destinationAddress, destinationTransportPort } = flow;
    const key = tuple({
      protocolIdentifier,
      sourceAddress,
      sourceTransportPort,
      destinationAddress,
      destinationTransportPort,
    });
    tuples.set(key, Math.max(tuples.get(key) ?? 0, flow.receivedMilliseconds));
  }
  expect(
    new Map(found.map(({ seenMilliseconds, ...flow }) => [tuple(flow), seenMilliseconds])),
  ).toEqual(tuples);
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

it('has each key of a series once, also when an exporter calls an application "other"', async () => {
  const rows = [
    { bucket: 0, isOther: 0, key: 'HTTP', value: 5 },
    { bucket: 0, isOther: 0, key: 'other', value: 7 },
    { bucket: 0, isOther: 1, key: '', value: 1 },
  ];
  const fake = { query: async () => rows } as unknown as ChdbStore;
  const { series } = await createQueries(fake).series({
    filter: { from: 0, to: 60_000 },
    by: 'applicationName',
    metric: 'octets',
    limit: 2,
    stepSeconds: 60,
  });
  expect(series).toEqual([
    { key: 'HTTP', values: [5] },
    { key: 'other', values: [8] },
  ]);
});
