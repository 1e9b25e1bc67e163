// SPDX-License-Identifier: Apache-2.0
// The sample capture's truth table: what was started when it was recorded.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BiflowRecord, ROOT } from './weir.js';

export interface TruthRow {
  readonly application: string;
  readonly transport: string;
  readonly client: string;
  readonly clientPort: string;
  readonly server: string;
  readonly serverPort: string;
}

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmp6: 58 };

export function readTruth(): TruthRow[] {
  const [heading = '', ...lines] = readFileSync(path.join(ROOT, 'samples/sample.truth.csv'), 'utf8')
    .trim()
    .split('\n');
  const keys = heading.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(
      keys.map((key, column) => [key, cells[column]]),
    ) as unknown as TruthRow;
  });
}

interface Endpoints {
  readonly source: string;
  readonly destination: string;
}

export function endpointsOf(record: BiflowRecord): Endpoints {
  return {
    source: record.sourceIPv4Address ?? record.sourceIPv6Address ?? '',
    destination: record.destinationIPv4Address ?? record.destinationIPv6Address ?? '',
  };
}

const fits = (pattern: string, value: string | number): boolean =>
  pattern === '*' || pattern === String(value);

/** Whether the row is about this record, whichever end was taken for the initiator. */
export function matches(row: TruthRow, record: BiflowRecord): boolean {
  if (PROTOCOLS[row.transport] !== record.protocolIdentifier) return false;
  const { source, destination } = endpointsOf(record);
  const { sourceTransportPort: from, destinationTransportPort: to } = record;
  const forward =
    fits(row.client, source) &&
    fits(row.clientPort, from) &&
    fits(row.server, destination) &&
    fits(row.serverPort, to);
  const backward =
    fits(row.client, destination) &&
    fits(row.clientPort, to) &&
    fits(row.server, source) &&
    fits(row.serverPort, from);
  return forward || backward;
}
