// SPDX-License-Identifier: Apache-2.0
// Rows of a chunk for tests that are compiled once and look at chunk after chunk: columns are taken when a
// test first reads them, and each name is put into lower case once a chunk.
import { ADDRESS_OCTETS, wideAt, wordsOf } from '../flow-chunk.js';
import type { FlowRows } from '../flow-row.js';
import { type AddressWords, wordsOfOctets } from './prefix-table.js';

export type ColumnName = keyof FlowRows['columns'];
type Column = FlowRows['columns'][ColumnName];

/** Reads one column of whichever chunk the view is at. */
export type ColumnReader<Value> = (row: number) => Value;

/** One chunk at a time; its readers stay good from chunk to chunk. */
export class ChunkView {
  #chunk: FlowRows = { rows: 0, names: [], columns: {} as FlowRows['columns'] };
  #lower: (string | undefined)[] = [];
  #number = 0;

  /** Everything that readers give is of this chunk from now on. */
  look(chunk: FlowRows): void {
    this.#chunk = chunk;
    this.#lower = [];
    this.#number++;
  }

  /** No reader keeps the chunk's memory. */
  leave(): void {
    this.look({ rows: 0, names: [], columns: {} as FlowRows['columns'] });
  }

  get chunk(): FlowRows {
    return this.#chunk;
  }

  /** Grows with every chunk: for those who remember something of one. */
  get chunkNumber(): number {
    return this.#number;
  }

  lowerName(id: number): string {
    const known = this.#lower[id];
    if (known !== undefined) return known;
    const lower = (this.#chunk.names[id] ?? '').toLowerCase();
    this.#lower[id] = lower;
    return lower;
  }

  /** Ids of names, ports and other numbers up to 32 bits. */
  narrow(name: ColumnName): ColumnReader<number> {
    const column = this.#column(name, (taken) => taken as Uint32Array);
    return (row) => column()[row] as number;
  }

  /** Octets, packets and times in milliseconds. */
  wide(name: ColumnName): ColumnReader<number> {
    const words = this.#column(name, (taken) => wordsOf(taken as BigUint64Array));
    return (row) => wideAt(words(), row);
  }

  lower(name: ColumnName): ColumnReader<string> {
    const ids = this.narrow(name);
    return (row) => this.lowerName(ids(row));
  }

  /** The words that a reader gives are overwritten by its next answer. */
  address(name: ColumnName): ColumnReader<AddressWords> {
    const octets = this.#column(name, (taken) => taken as Uint8Array);
    const words = new Uint32Array(4);
    return (row) => wordsOfOctets(octets(), words, row * ADDRESS_OCTETS);
  }

  #column<Taken>(name: ColumnName, take: (column: Column) => Taken): () => Taken {
    let number = -1;
    let taken: Taken;
    return () => {
      if (number !== this.#number) {
        taken = take(this.#chunk.columns[name]);
        number = this.#number;
      }
      return taken;
    };
  }
}
