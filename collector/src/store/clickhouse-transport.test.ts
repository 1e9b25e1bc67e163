// SPDX-License-Identifier: Apache-2.0
// Requests against a real server, Debian's of 2018: what the HTTP protocol does, not what the tables do.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spool } from '../spool/spool.js';
import { until } from '../test-server.js';
import { parseClickhouseAddress } from './clickhouse-address.js';
import { failureOf } from './clickhouse-failure.js';
import { ClickhouseHosts } from './clickhouse-hosts.js';
import { ClickhouseStore } from './clickhouse-store.js';
import { DebianClickhouse, HAS_CLICKHOUSE } from './test-debian-clickhouse.js';

const ROWS_A_FILE = 20_000;

/** One block of the column "n UInt64" with numbers from `first` on. */
function nativeBlock(first: number): Buffer {
  const numbers = BigUint64Array.from({ length: ROWS_A_FILE }, (_, i) => BigInt(first + i));
  const varint = Buffer.from([
    (ROWS_A_FILE & 127) | 128,
    ((ROWS_A_FILE >> 7) & 127) | 128,
    ROWS_A_FILE >> 14,
  ]);
  const head = [Buffer.from([1]), varint, Buffer.from('\u0001n\u0006UInt64')];
  return Buffer.concat([...head, Buffer.from(numbers.buffer)]);
}

describe.runIf(HAS_CLICKHOUSE)('with a real server', () => {
  const server = new DebianClickhouse();
  const folder = mkdtempSync(join(tmpdir(), 'weir-transport-'));
  let hosts: ClickhouseHosts;
  const connected = (password: string) => {
    const url = `http://weir:${password}@127.0.0.1:${server.port}/?compression=gzip`;
    const made = new ClickhouseHosts(parseClickhouseAddress(url), 20_000);
    made.open();
    return made;
  };
  const command = (sql: string) => hosts.first((host) => host.command(sql, {}));
  const rows = <Row>(sql: string) => hosts.first((host) => host.rows<Row>(sql, {}));
  const insert = (paths: readonly string[], queryId: string) =>
    hosts.first((host) =>
      host.insert({ paths, sql: 'INSERT INTO t (n) FORMAT Native', settings: {}, queryId }),
    );

  beforeAll(async () => {
    await server.start();
    hosts = connected('secret');
  });
  afterAll(async () => {
    await hosts.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what is wrong with user and statement', async () => {
    const stranger = connected('wrong');
    await expect(stranger.first((host) => host.ping())).rejects.toThrow(/assword/);
    await stranger.close();
    const unknown = await rows('SELECT * FROM nowhere').catch((error: unknown) => error);
    expect(failureOf(unknown)).toBe('host');
    expect(await rows('SELECT 1 AS one, 2 AS two')).toEqual([{ one: 1, two: 2 }]);
  });

  it('refuses to be the store: it is too old', async () => {
    const url = `http://weir:secret@127.0.0.1:${server.port}`;
    const store = new ClickhouseStore({ url, retentionDays: 1, rollupRetentionDays: 1 });
    await expect(store.open()).rejects.toMatchObject({
      code: 'WEIR_COLLECTOR_CLICKHOUSE',
      message: expect.stringContaining('the server is version 18.16'),
    });
  });

  it('refuses what cannot be read, at once', async () => {
    await command('CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n');
    const path = join(folder, 'broken');
    await writeFile(path, nativeBlock(0).subarray(0, 70_000));
    const failure = await insert([path], 'broken').catch((error: unknown) => error);
    expect(failureOf(failure)).toBe('unreadable');
    expect(await rows('SELECT count() AS rows FROM t')).toEqual([{ rows: '0' }]);
  });

  it('loses nothing of a spool while the server is killed again and again', async () => {
    const kills = 3;
    const spool = new Spool({
      folder: join(folder, 'spool'),
      take: ({ files, token }) =>
        insert(
          files.map(({ path }) => path),
          token,
        ),
      ...{ mostBytes: 1e9, reserveBytes: 0, sync: 'never', retryMs: 20 },
      log: () => undefined,
      onDrop: () => expect.unreachable(),
    });
    await spool.open();
    let files = 0;
    const add = () => {
      const first = files++ * ROWS_A_FILE;
      return spool.add(ROWS_A_FILE, (path) => writeFile(path, nativeBlock(first)));
    };
    for (let kill = 0; kill < kills; kill++) {
      const taken = spool.state.takenRecords;
      for (let i = 0; i < 5; i++) await add();
      await until(() => spool.state.takenRecords > taken);
      await server.kill();
      for (let i = 0; i < 3; i++) await add();
      await until(() => spool.state.problem !== undefined);
      await server.start();
    }
    await until(() => spool.state.files === 0);
    await spool.stop(0);
    const [found] = await rows<Record<string, string>>(
      'SELECT count() AS rows, uniqExact(n) AS numbers, max(n) AS last FROM t',
    );
    expect(Number(found?.numbers)).toBe(files * ROWS_A_FILE);
    expect(Number(found?.last)).toBe(files * ROWS_A_FILE - 1);
    // This server knows no tokens: what it had taken when it was killed may be there twice, as a whole.
    const twice = Number(found?.rows) - files * ROWS_A_FILE;
    expect(twice % ROWS_A_FILE).toBe(0);
    expect(twice / ROWS_A_FILE).toBeLessThanOrEqual(kills);
  });
});
