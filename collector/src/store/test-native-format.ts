// SPDX-License-Identifier: Apache-2.0
// For tests, apart from the addon's encoder.
// ClickHouse's Native format: columns as they lie in memory (little-endian), so that a batch becomes
// an insert by copying. https://clickhouse.com/docs/interfaces/formats/Native
import { COLUMN_KINDS, FLOW_COLUMNS, type FlowColumn } from '@weir/wire';
import { ADDRESS_OCTETS, type FlowColumns } from './test-flow-columns.js';
import type { NameTable } from './test-name-table.js';

/** LowCardinality in Native: version of the key serialization, then flags with the width of the indexes. */
const SHARED_DICTIONARIES = 1n;
const INDEX_UINT32 = 2n;
const HAS_ADDITIONAL_KEYS = 1n << 9n;
const NEEDS_UPDATE = 1n << 10n;

/**
 * All rows of the columns, at least one, as one block of the table `flows`; what they lack is empty. The
 * result shares no memory with them. ClickHouse refuses blocks without rows.
 */
export function encodeNativeBlock(columns: FlowColumns, names: NameTable): Uint8Array {
  const parts: Uint8Array[] = [
    varint(FLOW_COLUMNS.length),
    varint(columns.length),
    ...FLOW_COLUMNS.flatMap((column) => [
      text(column.name),
      text(COLUMN_KINDS[column.kind].clickhouseType),
      ...columnData(columns, column, names),
    ]),
  ];
  return Buffer.concat(parts);
}

const OCTETS_OF = { time: 8, u64: 8, u32: 4, u16: 2, u8: 1, address: ADDRESS_OCTETS, name: 0 };

function columnData(
  columns: FlowColumns,
  { name, kind }: FlowColumn,
  names: NameTable,
): readonly Uint8Array[] {
  const rows = columns.length;
  if (name === 'applicationName') {
    return lowCardinality(columns.applicationName, rows, (index) => names.nameOf(index));
  }
  if (name === 'exportProtocol') {
    return lowCardinality(columns.exportVersion, rows, (version) => `netflow${version}`);
  }
  if (kind === 'name') return lowCardinality(new Uint8Array(rows), rows, () => '');
  if (name === 'counted') return [new Uint8Array(rows).fill(1)];
  const column = columns[name as keyof FlowColumns];
  if (typeof column !== 'object') return [new Uint8Array(rows * OCTETS_OF[kind])];
  if (column instanceof Float64Array) return [integers64(column, rows)];
  const width = kind === 'address' ? ADDRESS_OCTETS : 1;
  const view = column.subarray(0, rows * width);
  return [new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
}

/** Whole numbers from 0 to 2^53 as (U)Int64; fractions (from sampling) are rounded. */
function integers64(column: Float64Array, rows: number): Uint8Array {
  const words = new Uint32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const value = Math.round(column[row] as number);
    words[row * 2] = value;
    words[row * 2 + 1] = value / 0x1_0000_0000;
  }
  return new Uint8Array(words.buffer);
}

/** A dictionary of the names in use, then an index for each row. */
function lowCardinality(
  column: Uint32Array | Uint8Array,
  rows: number,
  nameOf: (index: number) => string,
): Uint8Array[] {
  const indexOf = new Map<number, number>();
  const indexes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const name = column[row] as number;
    let index = indexOf.get(name);
    if (index === undefined) {
      index = indexOf.size;
      indexOf.set(name, index);
    }
    indexes[row] = index;
  }
  return [
    uint64(SHARED_DICTIONARIES),
    uint64(INDEX_UINT32 | HAS_ADDITIONAL_KEYS | NEEDS_UPDATE),
    uint64(BigInt(indexOf.size)),
    ...[...indexOf.keys()].map((name) => text(nameOf(name))),
    uint64(BigInt(rows)),
    new Uint8Array(indexes.buffer),
  ];
}

function uint64(value: bigint): Uint8Array {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(value);
  return octets;
}

/** LEB128 */
function varint(value: number): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  while (rest >= 128) {
    octets.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  octets.push(rest);
  return Uint8Array.from(octets);
}

function text(value: string): Uint8Array {
  const octets = Buffer.from(value, 'utf8');
  return Buffer.concat([varint(octets.length), octets]);
}
