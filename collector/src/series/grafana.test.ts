// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SILENT } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testChunk } from '../test-chunk.js';
import { until } from '../test-server.js';
import { Series } from './series.js';
import { TestInfluxd } from './test-influxd.js';

interface Dashboard {
  readonly panels: {
    readonly title: string;
    readonly targets: { readonly query: string; readonly alias?: string }[];
  }[];
  readonly templating: { readonly list: { readonly name: string; readonly query: string }[] };
}
const FILE = new URL('../../../docs/grafana/weir-influxdb.json', import.meta.url);
const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ query, alias = '' }) => ({ title, query, alias })),
);

const influxd = new TestInfluxd();
const folder = mkdtempSync(path.join(tmpdir(), 'weir-grafana-'));
const MINUTE = 60_000;
const TEN_MINUTES = 10 * MINUTE;
const START = Math.floor(Date.now() / TEN_MINUTES - 1) * TEN_MINUTES;

/** 60 octets in each second of ten minutes: 480 bit/s whatever the interval. */
beforeAll(async () => {
  await influxd.start();
  let now = START;
  const series = new Series({
    url: `http://127.0.0.1:${influxd.port}/weir`,
    dataFolder: folder,
    collectorName: 'one',
    stepSeconds: 60,
    mostSeries: 50,
    spoolBytes: 1 << 26,
    reserveBytes: 0,
    log: SILENT,
    now: () => now,
  });
  await series.start();
  const rows = Array.from({ length: 600 }, (_, i) => ({
    flowEndMilliseconds: START + i * 1000,
    exporterAddress: '192.0.2.1',
    applicationName: 'bittorrent',
    applicationCategory: 'p2p',
    sourceSite: 'north',
    ...{ ingressInterface: 1, egressInterface: 2, octets: 60, packets: 1 },
  }));
  now = START + 10 * MINUTE;
  series.observe(testChunk(rows));
  now = START + 20 * MINUTE;
  await series.keep();
  await until(() => series.state.waitingFiles === 0 || undefined);
  await series.stop();
});
afterAll(async () => {
  await influxd.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Grafana's own replacements. */
function filledIn(query: string, intervalMs: number): string {
  return query
    .replaceAll('$timeFilter', `time >= ${START}ms AND time < ${START + 10 * MINUTE}ms`)
    .replaceAll('$__interval_ms', String(intervalMs))
    .replaceAll('$__interval', `${intervalMs}ms`)
    .replace(/\/\^\$\w+\$\//g, '/^.*$/');
}

describe('the Grafana dashboard', () => {
  it.each(queries)('$title', async ({ query, alias }) => {
    for (const intervalMs of [MINUTE, 5 * MINUTE]) {
      const rows = await influxd.query(filledIn(query, intervalMs), 'weir');
      expect(query).not.toMatch(/\$(?!timeFilter|__interval|collector\$|exporter\$|\/)/);
      expect(rows.length).toBeGreaterThan(0);
      for (const [, tag] of alias.matchAll(/\$tag_(\w+)/g))
        expect(rows[0]).toHaveProperty(tag ?? '');
      if (query.includes('octets') && query.includes('GROUP BY time')) {
        const values = rows.map(({ sum }) => sum);
        expect(values).toEqual(values.map(() => 480));
      }
    }
  });

  it.each(dashboard.templating.list)('offers each $name', async ({ name, query }) => {
    const values = await influxd.query(query, 'weir');
    expect(values).toEqual([{ key: name, value: name === 'collector' ? 'one' : '192.0.2.1' }]);
  });
});
