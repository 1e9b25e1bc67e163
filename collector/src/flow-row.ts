// SPDX-License-Identifier: Apache-2.0

import type { FlowChunk } from '@weir/native/collect';
import { addressText, FLOW_COLUMNS, type Flow } from '@weir/wire';
import { ADDRESS_OCTETS } from './flow-chunk.js';

/** Rows with names, columns and a number of them: a chunk, or what tests make of one. */
export type FlowRows = Pick<FlowChunk, 'rows' | 'names' | 'columns'>;

/** One row as the API shows it. For the few rows that people look at, not for the hot path. */
export function flowAt({ columns, names }: FlowRows, row: number): Flow {
  const entries = FLOW_COLUMNS.map(({ name, kind }) => {
    const column = columns[name];
    if (kind === 'name') return [name, names[Number(column[row])] ?? ''];
    if (kind !== 'address') return [name, Number(column[row] ?? 0)];
    const at = row * ADDRESS_OCTETS;
    return [name, addressText((column as Uint8Array).subarray(at, at + ADDRESS_OCTETS))];
  });
  return Object.fromEntries(entries) as Flow;
}
