// SPDX-License-Identifier: Apache-2.0
// Rows as a chunk: stored records, or a test's, for what looks at chunks.
import { addressOctets, FLOW_COLUMNS, LIVE_COLUMNS } from '@weir/wire';
import type { ObservedChunk } from './flow-chunk.js';
import type { FlowRows } from './flow-row.js';

/** Columns by name; what is left out is 0 or "". Addresses are texts. */
export type ChunkRow = Readonly<Record<string, number | bigint | string>>;

type Column = BigInt64Array | BigUint64Array | Uint32Array | Uint16Array | Uint8Array;

const MAKE: Record<string, (rows: number) => Column> = {
  time: (rows) => new BigInt64Array(rows),
  u64: (rows) => new BigUint64Array(rows),
  u32: (rows) => new Uint32Array(rows),
  u16: (rows) => new Uint16Array(rows),
  u8: (rows) => new Uint8Array(rows),
  address: (rows) => new Uint8Array(rows * 16),
  name: (rows) => new Uint32Array(rows),
};

/** A chunk with these rows; `counted` is 1 unless a row says otherwise. */
export function rowChunk(rows: readonly ChunkRow[]): ObservedChunk & FlowRows {
  const names = new Map([['', 0]]);
  const columns: Record<string, Column> = {};
  for (const { name, kind } of [...FLOW_COLUMNS, ...LIVE_COLUMNS]) {
    const column = (MAKE[kind] as (rows: number) => Column)(rows.length);
    rows.forEach((row, i) => {
      const value = row[name] ?? (name === 'counted' ? 1 : undefined);
      if (value !== undefined) set({ column, kind, names }, i, value);
    });
    columns[name] = column;
  }
  const chunk = { rows: rows.length, names: [...names.keys()], columns };
  return chunk as unknown as ObservedChunk & FlowRows;
}

interface Target {
  readonly column: Column;
  readonly kind: string;
  readonly names: Map<string, number>;
}

function set({ column, kind, names }: Target, row: number, value: number | bigint | string): void {
  if (kind === 'address') {
    (column as Uint8Array).set(addressOctets(value as string) ?? [], row * 16);
  } else if (kind === 'name') {
    const known = names.get(value as string) ?? names.size;
    names.set(value as string, known);
    column[row] = known;
  } else if (kind === 'time' || kind === 'u64') column[row] = BigInt(value);
  else column[row] = Number(value);
}
