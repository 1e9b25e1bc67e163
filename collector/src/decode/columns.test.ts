// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { createBatch, reserveRows } from './batch.js';
import { clearColumns, createColumns, fillAddress, grownColumns } from './columns.js';

it('fills an address into exactly the rows it is for', () => {
  const address = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  for (const [from, to] of [
    [0, 1],
    [1, 4],
    [2, 9],
    [5, 5],
  ] as const) {
    const column = new Uint8Array(10 * 16);
    fillAddress(column, address, { from, to });
    for (let row = 0; row < 10; row++) {
      const expected = row >= from && row < to ? address : new Uint8Array(16);
      expect(column.subarray(row * 16, row * 16 + 16)).toEqual(expected);
    }
  }
});

it('leaves nothing of old rows behind', () => {
  const columns = createColumns(4);
  columns.length = 3;
  columns.octets.fill(5, 0, 3);
  columns.vlanId.fill(7, 0, 3);
  columns.sourceAddress.fill(9, 0, 48);
  clearColumns(columns);
  expect(columns).toEqual(createColumns(4));
});

it('keeps the rows when it grows', () => {
  const columns = createColumns(2);
  columns.length = 2;
  columns.octets.set([1, 2]);
  columns.destinationAddress.fill(3);
  const grown = grownColumns(columns, 3);
  expect(grown.capacity).toBe(4);
  expect([...grown.octets]).toEqual([1, 2, 0, 0]);
  expect(grown.destinationAddress.subarray(0, 32)).toEqual(columns.destinationAddress);
  expect(grown.length).toBe(2);
});

it('reserves only what is missing', () => {
  const batch = createBatch(4);
  const { columns } = batch;
  reserveRows(batch, 4);
  expect(batch.columns).toBe(columns);
  reserveRows(batch, 100);
  expect(batch.columns.capacity).toBe(100);
});
