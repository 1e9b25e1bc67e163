// SPDX-License-Identifier: Apache-2.0
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SILENT } from '@weir/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testChunk } from '../test-chunk.js';
import { until } from '../test-server.js';
import { Series, type SeriesOptions } from './series.js';
import { TestInfluxd } from './test-influxd.js';

const influxd = new TestInfluxd();
const NOW = Math.floor(Date.now() / 60_000) * 60_000;
let folder: string;
let now: number;
let database: string;
let databases = 0;

afterAll(() => influxd.stop());
beforeEach(async () => {
  await influxd.start();
  folder = mkdtempSync(path.join(tmpdir(), 'weir-series-'));
  now = NOW;
  database = `weir_${databases++}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seriesOf = (options: Partial<SeriesOptions> = {}) =>
  new Series({
    url: `http://127.0.0.1:${influxd.port}/${database}`,
    dataFolder: folder,
    collectorName: 'one',
    stepSeconds: 10,
    mostSeries: 50,
    spoolBytes: 1 << 26,
    reserveBytes: 0,
    log: SILENT,
    retryMs: 20,
    now: () => now,
    ...options,
  });

const flow = (octets: number, applicationName = 'bittorrent') => ({
  flowEndMilliseconds: now,
  exporterAddress: '192.0.2.1',
  ...{ applicationName, applicationCategory: 'p2p', octets, packets: 1 },
});

/** In this order: what was sealed is in the spool before it leaves the file of open steps. */
function takeAsItIs(from: string, to: string): void {
  for (const name of ['series/open.json', 'series/spool']) {
    let isTaken = false;
    // A file may get its name, or go, just then.
    while (!isTaken) {
      try {
        cpSync(path.join(from, name), path.join(to, name), { recursive: true });
        isTaken = true;
      } catch {
        rmSync(path.join(to, name), { recursive: true, force: true });
      }
    }
  }
}

async function total(measurement = 'weir_application'): Promise<number> {
  const [row] = await influxd.query(`SELECT sum(octets) FROM ${measurement}`, database);
  return Number(row?.sum ?? 0);
}

const delivered = (series: Series) => until(() => series.state.waitingFiles === 0 || undefined);

describe('time series', () => {
  it('are in a database that was made for them', async () => {
    const series = seriesOf();
    await series.start();
    series.observe(testChunk([flow(100), flow(23), flow(7, 'a,b =\\')]));
    now += 120_000;
    await series.keep();
    await delivered(series);
    const rows = await influxd.query(
      'SELECT sum(octets) AS octets, sum(flows) AS flows FROM weir_application GROUP BY *',
      database,
    );
    const found = rows.map(({ application, collector, octets, flows }) => ({
      ...{ application, collector, octets, flows },
    }));
    expect(found).toEqual([
      { application: 'a,b =_', collector: 'one', octets: 7, flows: 1 },
      { application: 'bittorrent', collector: 'one', octets: 123, flows: 2 },
    ]);
    expect(series.problems()).toEqual([]);
    await series.stop();
  });

  it('take octets up to what 63 bits hold', async () => {
    const series = seriesOf();
    await series.start();
    series.observe(testChunk([{ ...flow(0), octets: 2n ** 64n - 1n }]));
    now += 120_000;
    await series.keep();
    await delivered(series);
    await series.stop();
    expect(await total()).toBeGreaterThan(4e18);
  });

  it('lose and double nothing when InfluxDB is killed in the middle, again and again', async () => {
    const series = seriesOf();
    await series.start();
    let sent = 0;
    const send = async (octets: number) => {
      now += 5000;
      series.observe(testChunk([flow(octets), { ...flow(1), flowEndMilliseconds: now - 100_000 }]));
      sent += octets + 1;
      await series.keep();
    };
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 20; i++) await send(round * 100 + i);
      if (round % 2 === 0) await influxd.kill();
      else await influxd.start();
      if (round === 2) {
        // All may have been delivered before the kill: only who has something to write notices it.
        await until(async () => {
          await send(7);
          return series.problems().length > 0 || undefined;
        });
        expect(series.problems()[0]).toMatch(/does not take points, \d+ files wait on disk: .+/);
      }
    }
    now += 200_000;
    await series.keep();
    await delivered(series);
    expect(await total()).toBe(sent);
    expect(await total('weir_exporter')).toBe(sent);
    expect(series.problems()).toEqual([]);
    expect(series.state.failedWrites).toBeGreaterThan(0);
    await series.stop();
  });

  it('lose and double nothing when the collector is killed at any time', async () => {
    let sent = 0;
    for (let round = 0; round < 12; round++) {
      // The process that is killed: time stands still for it, and its folder goes to the next one.
      const killed = path.join(folder, `${round}`);
      let end: number | undefined;
      const series = seriesOf({ dataFolder: killed, now: () => end ?? now });
      await series.start();
      for (let i = 0; i < 5; i++) {
        now += 7000;
        series.observe(testChunk([flow(10 + i)]));
        sent += 10 + i;
        await series.keep();
      }
      now += 30_000;
      end = now;
      const keeping = series.keep();
      // At first it writes the open steps, then the sealed ones, then the open ones again.
      for (let turns = 0; turns < round; turns++) await nextTurn();
      takeAsItIs(killed, path.join(folder, `${round + 1}`));
      // It does no more harm: what it has in hand it cannot put anywhere.
      renameSync(killed, `${killed} gone`);
      await keeping;
    }
    const last = seriesOf({ dataFolder: path.join(folder, '12') });
    await last.start();
    now += 120_000;
    await last.keep();
    await delivered(last);
    await last.stop();
    expect(await total()).toBe(sent);
  });

  it('wait on disk for the next process when InfluxDB is away at the end', async () => {
    await influxd.kill();
    const first = seriesOf();
    await first.start();
    first.observe(testChunk([flow(55)]));
    await first.stop();
    expect(first.state.waitingFiles).toBe(1);
    await influxd.start();
    const second = seriesOf();
    await second.start();
    await delivered(second);
    expect(await total()).toBe(55);
    await second.stop();
  });

  it('set aside what can never be written, and go on with the next', async () => {
    const series = seriesOf();
    await influxd.query(`CREATE DATABASE ${database}`);
    const response = await fetch(`http://127.0.0.1:${influxd.port}/write?db=${database}`, {
      method: 'POST',
      body: 'weir_application octets="a text"',
    });
    expect(response.status).toBe(204);
    const spool = path.join(folder, 'series/spool');
    await series.start();
    series.observe(testChunk([flow(1)]));
    now += 120_000;
    await series.keep();
    await delivered(series);
    expect(series.state.refusedFiles).toBe(1);
    expect(series.problems()[0]).toMatch(/1 files of points are set aside in .*partial write/);
    await until(() => readdirSync(path.join(spool, 'aside')).length === 1 || undefined);
    expect(await total('weir_exporter')).toBe(1);
    await series.stop();
  });

  it('begin anew when the file of open steps is damaged', async () => {
    const first = seriesOf();
    await first.start();
    await first.stop();
    writeFileSync(path.join(folder, 'series/open.json'), '{"format":1,');
    const second = seriesOf();
    await second.start();
    expect(existsSync(path.join(folder, 'series/open.json.unreadable'))).toBe(true);
    await second.stop();
  });

  it('throw the oldest away when the disk may hold no more, and say so', async () => {
    await influxd.kill();
    const series = seriesOf({ spoolBytes: 3000 });
    await series.start();
    for (let i = 0; i < 10; i++) {
      series.observe(testChunk([flow(i)]));
      now += 120_000;
      await series.keep();
    }
    expect(series.state.waitingBytes).toBeLessThanOrEqual(3000);
    expect(series.state.droppedPoints).toBeGreaterThan(0);
    expect(series.problems().join()).toMatch(/thrown away because InfluxDB was away/);
    await series.stop();
  });
});

describe('time series on a full disk', () => {
  it('say so, and are all there when there is room again', async () => {
    const series = seriesOf({ reserveBytes: Number.MAX_SAFE_INTEGER });
    await series.start();
    series.observe(testChunk([flow(5)]));
    now += 120_000;
    await series.keep();
    expect(series.problems()[0]).toMatch(/cannot be kept on disk: .* octets left; see that the/);
    await series.stop();
    expect(await influxd.query('SHOW DATABASES')).not.toContainEqual({ name: database });
    const next = seriesOf();
    await next.start();
    await next.keep();
    await until(() => next.state.writtenPoints > 0 || undefined);
    expect(await total()).toBe(5);
    await next.stop();
  });

  it('are not lost when a collector fails before it has read them', async () => {
    const first = seriesOf({ reserveBytes: Number.MAX_SAFE_INTEGER });
    await first.start();
    first.observe(testChunk([flow(7)]));
    await first.stop();
    await seriesOf().stop();
    const last = seriesOf();
    await last.start();
    await last.keep();
    await until(() => last.state.writtenPoints > 0 || undefined);
    expect(await total()).toBe(7);
    await last.stop();
  });
});

describe('time series with passwords', () => {
  const secured = new TestInfluxd();
  const url = (user: string) => `http://${user}@127.0.0.1:${secured.port}/weir`;
  beforeAll(async () => {
    await secured.start();
    await secured.query("CREATE USER root WITH PASSWORD 'r:/@t' WITH ALL PRIVILEGES");
    await secured.query("CREATE USER writer WITH PASSWORD 'w'");
    await secured.query('CREATE DATABASE weir');
    await secured.query('GRANT ALL ON weir TO writer');
    await secured.kill();
    await secured.start({ INFLUXDB_HTTP_AUTH_ENABLED: 'true' });
  });
  afterAll(() => secured.stop());

  it.each(['writer:w', `root:${encodeURIComponent('r:/@t')}`])('take %s', async (user) => {
    const series = seriesOf({ url: url(user) });
    await series.start();
    series.observe(testChunk([flow(1)]));
    now += 120_000;
    await series.keep();
    await delivered(series);
    expect(series.problems()).toEqual([]);
    expect(series.state.writtenPoints).toBeGreaterThan(0);
    await series.stop();
  });

  it('say what to do when the password is wrong, and do not show it', async () => {
    const series = seriesOf({ url: url('writer:secret') });
    await series.start();
    series.observe(testChunk([flow(1)]));
    now += 120_000;
    await series.keep();
    await until(() => series.problems().length > 0 || undefined);
    expect(series.problems()[0]).toMatch(/401.*give user and password/);
    expect(JSON.stringify([series.problems(), series.state])).not.toContain('secret');
    await series.stop();
  });
});
