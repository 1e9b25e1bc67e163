// SPDX-License-Identifier: Apache-2.0
// Readers move one field of many records into a column: loops over records, not over fields, keep
// the inner loop free of calls.
import {
  ADDRESS_OCTETS,
  type AddressColumn,
  type FlowColumns,
  type NumberColumn,
} from './columns.js';

/** One data set on its way into columns. */
export interface SetCursor {
  readonly view: DataView;
  /** The octets of `view`. */
  readonly octets: Uint8Array;
  readonly columns: FlowColumns;
  /** Of the datagram: RFC 3954 5.1 UNIX Secs in milliseconds, and sysUptime. */
  readonly exportMilliseconds: number;
  readonly sysUptime: number;
  /** Where the first record starts, octets from one to the next, how many there are. */
  offset: number;
  stride: number;
  count: number;
  /** Row of the first record. */
  row: number;
}

/** Reads one field; `at` is its offset in the record. All of it lies inside `view`: checked before. */
export type FieldReader = (cursor: SetCursor, at: number) => void;

/** Big-endian number of any length up to 8; longer ones count with their last 8 octets. */
export function readUnsigned(view: DataView, at: number, length: number): number {
  let value = 0;
  for (let i = Math.max(0, length - 8); i < length; i++)
    value = value * 256 + view.getUint8(at + i);
  return value;
}

/** A number of `length` octets into a column. */
export function numberReader(column: NumberColumn, length: number): FieldReader {
  switch (length) {
    case 1:
      return ({ view, columns, offset, stride, count, row }, at) => {
        const target = columns[column];
        for (let i = 0, p = offset + at; i < count; i++, p += stride)
          target[row + i] = view.getUint8(p);
      };
    case 2:
      return ({ view, columns, offset, stride, count, row }, at) => {
        const target = columns[column];
        for (let i = 0, p = offset + at; i < count; i++, p += stride)
          target[row + i] = view.getUint16(p);
      };
    case 4:
      return ({ view, columns, offset, stride, count, row }, at) => {
        const target = columns[column];
        for (let i = 0, p = offset + at; i < count; i++, p += stride)
          target[row + i] = view.getUint32(p);
      };
    case 8:
      return ({ view, columns, offset, stride, count, row }, at) => {
        const target = columns[column];
        for (let i = 0, p = offset + at; i < count; i++, p += stride) {
          target[row + i] = view.getUint32(p) * 0x1_0000_0000 + view.getUint32(p + 4);
        }
      };
    default:
      return (cursor, at) => {
        const target = cursor.columns[column];
        for (let i = 0; i < cursor.count; i++) {
          const p = cursor.offset + at + i * cursor.stride;
          target[cursor.row + i] = readUnsigned(cursor.view, p, length);
        }
      };
  }
}

/** sysUptime when the packet was switched (elements 21 and 22) as time since the epoch. */
export function uptimeReader(column: NumberColumn): FieldReader {
  return ({ view, columns, offset, stride, count, row, exportMilliseconds, sysUptime }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      // The signed difference survives the wrap of sysUptime after 49.7 days.
      target[row + i] = exportMilliseconds - ((sysUptime - view.getUint32(p)) | 0);
    }
  };
}

/** Seconds since the epoch. */
export function secondsReader(column: NumberColumn): FieldReader {
  return ({ view, columns, offset, stride, count, row }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      target[row + i] = view.getUint32(p) * 1000;
    }
  };
}

const NTP_EPOCH_SECONDS = 2_208_988_800;

/** NTP timestamps (elements 154 to 157; RFC 7011 6.1.9): seconds since 1900, and a fraction of 2^32. */
export function ntpReader(column: NumberColumn): FieldReader {
  return ({ view, columns, offset, stride, count, row }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      const fraction = view.getUint32(p + 4) / 0x1_0000_0000;
      target[row + i] =
        (view.getUint32(p) - NTP_EPOCH_SECONDS) * 1000 + Math.floor(fraction * 1000);
    }
  };
}

/** IPv4 into the mapped form. `whenSet` leaves 0.0.0.0 alone: the template has an IPv6 field as well. */
export function ipv4Reader(column: AddressColumn, whenSet: 'always' | 'whenSet'): FieldReader {
  return ({ view, columns, offset, stride, count, row }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      const address = view.getUint32(p);
      if (address === 0 && whenSet === 'whenSet') continue;
      const slot = (row + i) * ADDRESS_OCTETS;
      target.fill(0, slot, slot + 10);
      target[slot + 10] = 0xff;
      target[slot + 11] = 0xff;
      target[slot + 12] = address >>> 24;
      target[slot + 13] = address >>> 16;
      target[slot + 14] = address >>> 8;
      target[slot + 15] = address;
    }
  };
}

export function ipv6Reader(column: AddressColumn): FieldReader {
  return ({ octets, columns, offset, stride, count, row }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      const slot = (row + i) * ADDRESS_OCTETS;
      for (let j = 0; j < ADDRESS_OCTETS; j++) target[slot + j] = octets[p + j] as number;
    }
  };
}

const SELECTOR_RANGE = 0x100_0000_0000;

/**
 * Element 95 (RFC 6759 4.1): one octet classification engine, then the selector. Of selectors over 5
 * octets (engine 20 puts an enterprise number before them) the last 5 count.
 */
export function readApplicationId(view: DataView, at: number, length: number): number {
  const selectorOctets = Math.min(length - 1, 5);
  const selector = readUnsigned(view, at + length - selectorOctets, selectorOctets);
  return view.getUint8(at) * SELECTOR_RANGE + selector;
}

/** "6:22" (engine:selector) of what `readApplicationId` gave. */
export function applicationIdText(applicationId: number): string {
  return `${Math.floor(applicationId / SELECTOR_RANGE)}:${applicationId % SELECTOR_RANGE}`;
}

export function applicationIdReader(length: number): FieldReader {
  return ({ view, columns, offset, stride, count, row }, at) => {
    const target = columns.applicationId;
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      target[row + i] = readApplicationId(view, p, length);
    }
  };
}
/** Two octets of a pair (ICMP type, ICMP code) in fields of their own: one shifts, both add up. */
export function addingReader(column: NumberColumn, length: number, factor: number): FieldReader {
  return ({ view, columns, offset, stride, count, row }, at) => {
    const target = columns[column];
    for (let i = 0, p = offset + at; i < count; i++, p += stride) {
      target[row + i] = (target[row + i] as number) + readUnsigned(view, p, length) * factor;
    }
  };
}
