// SPDX-License-Identifier: Apache-2.0
// For tests: the store's tables in a folder of their own, filled row by row, and rows that look like traffic.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOW_COLUMNS, type Flow } from '@weir/wire';
import { type FilterMaterial, RandomFilters } from '@weir/wire/test-filters';
import { Session } from 'chdb';
import type { FlowStore, Statement } from '../store/flow-store.js';
import { LOCAL, tableStatements, versionTables, viewStatements } from '../store/schema.js';
import { mappedText } from './condition-sql.js';

const NETWORKS = [
  '10.0.0.1',
  '10.0.1.2',
  '10.200.0.3',
  '192.0.2.4',
  '2001:db8::5',
  '2001:db8:1::6',
  'fe80::7',
];
const TEXTS = [
  'BitTorrent',
  'HTTP',
  'DNS',
  'unknown',
  "O'Reilly\t\\",
  'Größe',
  '',
  'a%b_c',
  'core1',
];
const NUMBERS = [
  0,
  1,
  2,
  3,
  4,
  6,
  17,
  18,
  53,
  80,
  255,
  443,
  769,
  1000,
  2000,
  6881,
  60_000,
  1e6,
  2 ** 40,
];
const LIMITS: Readonly<Record<string, number>> = {
  u8: 255,
  u16: 65_535,
  u32: 2 ** 32 - 1,
  u64: 2 ** 53,
};

/** Values that random rows have, and those that nearly fit. */
export const MATERIAL: FilterMaterial = {
  networks: [
    ...NETWORKS,
    '10.0.0.0/8',
    '10.0.0.0/23',
    '0.0.0.0/0',
    '2001:db8::/32',
    '::/0',
    '192.0.2.5',
    '::ffff:0:0/90',
  ],
  texts: [...TEXTS, 'bit', 'TORRENT', 'b*t', '?NS', '%', '_', 'groß*', "o'reilly\t\\", '*', '\\'],
  numbers: [...NUMBERS, 5, 500, 5000],
};

export interface RowOptions {
  readonly count: number;
  readonly seed: number;
  /** Rows end in [from, to). */
  readonly from: number;
  readonly to: number;
}

export function randomRows({ count, seed, from, to }: RowOptions): Flow[] {
  const random = new RandomFilters(seed);
  const valueFor = (kind: string) => {
    if (kind === 'address') return random.of(NETWORKS);
    if (kind === 'name') return random.of(TEXTS);
    return random.of(NUMBERS.filter((number) => number <= (LIMITS[kind] ?? 0)));
  };
  return Array.from({ length: count }, () => {
    const columns = FLOW_COLUMNS.map(({ name, kind }) => [name, valueFor(kind)]);
    const end = from + random.below(to - from);
    return {
      ...(Object.fromEntries(columns) as Flow),
      flowEndMilliseconds: end,
      flowStartMilliseconds: end - random.of([0, 1, 500, 1000, 60_000]),
      receivedMilliseconds: end + random.below(3000),
      octets: random.of([40, 1500, 100_000, 1_000_000, 2 ** 40]),
      packets: random.of([0, 1, 2, 1000]),
      counted: random.below(4) === 0 ? 0 : 1,
    };
  });
}

/** The part of a store that questions need, with all its tables and views. */
export class TestStore {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weir-query-'));
  #session: Session | undefined;

  async open(): Promise<void> {
    this.#session = new Session(this.#folder);
    const statements = [
      ...versionTables(LOCAL),
      ...tableStatements(LOCAL),
      ...viewStatements(LOCAL),
    ];
    for (const sql of statements) await this.#session.queryAsync(sql);
  }

  async insert(rows: readonly Flow[]): Promise<void> {
    const addresses = FLOW_COLUMNS.filter(({ kind }) => kind === 'address').map(({ name }) => name);
    const lines = rows.map((row) => {
      const mapped = addresses.map((name) => [name, mappedText(String(row[name]))]);
      const times = FLOW_COLUMNS.filter(({ kind }) => kind === 'time').map(({ name }) => [
        name,
        (Number(row[name]) / 1000).toFixed(3),
      ]);
      return JSON.stringify({ ...row, ...Object.fromEntries([...mapped, ...times]) });
    });
    await this.#session?.queryAsync(
      `INSERT INTO weir.flows FORMAT JSONEachRow ${lines.join('\n')}`,
    );
  }

  /** As FlowStore has it. */
  asStore(): FlowStore {
    const query = async <Row>({ sql, parameters }: Statement): Promise<Row[]> => {
      const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
      const options = { format: 'JSON' };
      const session = this.#session as Session;
      const result = await session.queryBindAsync(`${sql}\n${settings}`, parameters, options);
      return result.json<{ data: Row[] }>().data;
    };
    const session = () => this.#session as Session;
    async function* stream({ sql, parameters }: Statement) {
      const options = { format: 'JSONCompactEachRow' };
      const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
      const chunks = session().queryStreamBind(`${sql}\n${settings}`, parameters, options);
      for await (const chunk of chunks) yield chunk.rows<readonly unknown[]>();
    }
    return { engine: 'test', state: { tables: [] }, query, stream } as unknown as FlowStore;
  }

  close(): void {
    this.#session?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
