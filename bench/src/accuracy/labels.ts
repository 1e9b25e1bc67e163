// SPDX-License-Identifier: Apache-2.0
// What others found: a table of flows with the protocol and the service that each is.
import { BenchError } from '../errors.js';
import { flowKey } from './flow-key.js';

export interface Label {
  readonly file: string;
  readonly key: string;
  readonly protocol: string;
  /** Empty where there is none, or nobody knows. */
  readonly service: string;
}

const COLUMNS = ['file', 'l4', 'ip_a', 'port_a', 'ip_b', 'port_b', 'protocol', 'service'] as const;

function columnsOf(header: string): readonly number[] {
  const titles = header.split(',');
  const missing = COLUMNS.filter((column) => !titles.includes(column));
  if (missing.length > 0) {
    throw new BenchError(
      'WEIR_BENCH_BAD_LABELS',
      `the labels lack the columns ${missing.join(', ')}.`,
    );
  }
  return COLUMNS.map((column) => titles.indexOf(column));
}

function labelOf(cells: readonly string[], columns: readonly number[]): Label {
  const [file, l4, ipA, portA, ipB, portB, protocol, service] = columns.map(
    (column) => cells[column] ?? '',
  ) as [string, string, string, string, string, string, string, string];
  const a = { address: ipA, port: Number(portA) };
  const b = { address: ipB, port: Number(portB) };
  return { file, key: flowKey(l4.toLowerCase(), a, b), protocol, service };
}

/** @throws BenchError WEIR_BENCH_BAD_LABELS */
export function parseLabels(csv: string): Label[] {
  const [header = '', ...lines] = csv.split(/\r?\n/).filter((line) => line !== '');
  const columns = columnsOf(header);
  return lines.map((line) => labelOf(line.split(','), columns));
}
