// SPDX-License-Identifier: Apache-2.0
// The store against a server as new as chDB is: see test-clickhouse-server.ts for what that is and is not.
import { afterAll, beforeAll, describe } from 'vitest';
import { ClickhouseStore } from './clickhouse-store.js';
import { TestClickhouse } from './test-clickhouse.js';
import { keepsTheContract } from './test-store-contract.js';

const server = new TestClickhouse();
beforeAll(() => server.start());
afterAll(() => server.stop());

describe.each([
  ['one server', ''],
  ['a cluster', '/?cluster=one'],
])('%s', (_kind, path) => {
  keepsTheContract({
    empty: () => server.empty(),
    make: (retention) => new ClickhouseStore({ ...retention, url: `${server.url}${path}` }),
    write: (sql) => server.write(sql),
  });
});
