// SPDX-License-Identifier: Apache-2.0
// A program for the benchmark: judges the hosts of flow records that `weir probe --records` wrote, each
// file a network of its own. `node analyse-records.js FILE…` prints one line of JSON for each file.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Session } from 'chdb';
import type { Statement } from '../store/flow-store.js';
import { LOCAL, tableStatements, versionTables } from '../store/schema.js';
import { analyseBehaviour, type QueryStore } from './analysis.js';

interface ProbeRecord {
  readonly sourceIPv4Address?: string;
  readonly sourceIPv6Address?: string;
  readonly destinationIPv4Address?: string;
  readonly destinationIPv6Address?: string;
  readonly sourceTransportPort?: number;
  readonly destinationTransportPort?: number;
  readonly protocolIdentifier: number;
  flowStartMilliseconds: number;
  flowEndMilliseconds: number;
  readonly octetDeltaCount: number;
  readonly packetDeltaCount: number;
  readonly reverseOctetDeltaCount?: number;
  readonly reversePacketDeltaCount?: number;
}

/** Captures may have times soon after 1970, which ClickHouse does not read as seconds: all of them begin here. */
const START = Date.UTC(2026, 0, 1);

const mapped = (four: string | undefined, six: string | undefined) =>
  four === undefined ? (six ?? '::') : `::ffff:${four}`;

/** Without names: the labels are what is to be found without. */
function rowOf(record: ProbeRecord): Record<string, unknown> {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);
  return {
    flowStartMilliseconds: seconds(record.flowStartMilliseconds),
    flowEndMilliseconds: seconds(record.flowEndMilliseconds),
    sourceAddress: mapped(record.sourceIPv4Address, record.sourceIPv6Address),
    destinationAddress: mapped(record.destinationIPv4Address, record.destinationIPv6Address),
    sourceTransportPort: record.sourceTransportPort ?? 0,
    destinationTransportPort: record.destinationTransportPort ?? 0,
    protocolIdentifier: record.protocolIdentifier,
    octets: record.octetDeltaCount,
    packets: record.packetDeltaCount,
    reverseOctets: record.reverseOctetDeltaCount ?? 0,
    reversePackets: record.reversePacketDeltaCount ?? 0,
    counted: 1,
  };
}

function storeOf(session: Session): QueryStore {
  return {
    query: async <Row>({ sql, parameters }: Statement): Promise<Row[]> => {
      const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
      const result = await session.queryBindAsync(`${sql}\n${settings}`, parameters, {
        format: 'JSON',
      });
      return result.json<{ data: Row[] }>().data;
    },
  };
}

async function analyseFile(session: Session, file: string): Promise<void> {
  const records = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ProbeRecord);
  const shift = START - Math.min(...records.map((record) => record.flowStartMilliseconds));
  for (const record of records) {
    record.flowStartMilliseconds += shift;
    record.flowEndMilliseconds += shift;
  }
  await session.queryAsync('TRUNCATE TABLE weir.flows');
  if (records.length > 0) {
    const lines = records.map((record) => JSON.stringify(rowOf(record))).join('\n');
    await session.queryAsync(`INSERT INTO weir.flows FORMAT JSONEachRow ${lines}`);
  }
  const ends = records.map((record) => record.flowEndMilliseconds);
  const window = { from: START, to: Math.max(START, ...ends) + 1 };
  const options = { window, limitSeconds: 60, mostRecords: 1_000_000 };
  const { hosts } = await analyseBehaviour(storeOf(session), options);
  process.stdout.write(`${JSON.stringify({ file: basename(file), hosts })}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'weir-behaviour-'));
const session = new Session(folder);
try {
  for (const sql of [...versionTables(LOCAL), ...tableStatements(LOCAL)]) {
    await session.queryAsync(sql);
  }
  for (const file of process.argv.slice(2)) await analyseFile(session, file);
} finally {
  session.close();
  rmSync(folder, { recursive: true, force: true });
}
