// SPDX-License-Identifier: Apache-2.0

/** What a column of a flow record holds, in ClickHouse's types and in C++ (native/src/collect/columns). */
export const COLUMN_KINDS = {
  time: { clickhouseType: "DateTime64(3, 'UTC')", cppType: 'int64_t' },
  u64: { clickhouseType: 'UInt64', cppType: 'uint64_t' },
  u32: { clickhouseType: 'UInt32', cppType: 'uint32_t' },
  u16: { clickhouseType: 'UInt16', cppType: 'uint16_t' },
  u8: { clickhouseType: 'UInt8', cppType: 'uint8_t' },
  address: { clickhouseType: 'IPv6', cppType: 'Address' },
  name: { clickhouseType: 'LowCardinality(String)', cppType: 'NameId' },
} as const;

export type ColumnKind = keyof typeof COLUMN_KINDS;

export interface FlowColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** for people */
  readonly about: string;
  /** Only those who watch new records see it: it is in no block, and in no table. */
  readonly live?: boolean;
}
