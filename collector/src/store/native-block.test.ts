// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COLUMN_KINDS, FLOW_COLUMNS } from '@weir/wire';
import { Session } from 'chdb';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Written by the encoder of the data plane (native/src/collect/columns/native_block_test.cc). */
const BLOCK = fileURLToPath(new URL('../../golden/flow-block.native', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'weir-native-'));
let session: Session;

beforeAll(() => {
  session = new Session(folder);
});

afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

function rowsOf(sql: string): unknown[][] {
  return JSON.parse(session.query(sql, 'JSONCompact')).data;
}

test('the database takes the columns and types of a block of the data plane', () => {
  const described = rowsOf(`DESCRIBE file('${BLOCK}', 'Native')`).map(([name, type]) => [
    name,
    type,
  ]);
  expect(described).toEqual(
    FLOW_COLUMNS.map(({ name, kind }) => [name, COLUMN_KINDS[kind].clickhouseType]),
  );
});

test('the database reads every row of a block of the data plane', () => {
  const rows = rowsOf(`
    SELECT toString(flowStartMilliseconds), toString(sourceAddress), toString(destinationAddress),
      destinationTransportPort, toString(octets), samplingInterval, counted,
      exporterName, applicationName, serverName, sourceNetwork, scope
    FROM file('${BLOCK}', 'Native')`);
  const first = ['café\u0001.example', 'bad\uFFFD\uFFFDname', ''];
  expect(rows).toEqual(
    [0, 1, 2, 3, 4].map((flow) => [
      `2023-11-14 22:13:20.${123 + flow}`,
      `::ffff:192.0.2.${flow}`,
      '2001:db8::1',
      440 + flow,
      String(2n ** 60n + BigInt(flow)),
      4_000_000_000,
      1,
      'edge',
      flow % 2 === 0 ? 'TLS' : 'unknown',
      // Each chunk's first flow has names of its own.
      ...(flow === 0 || flow === 3 ? first : ['', '', '']),
    ]),
  );
});
