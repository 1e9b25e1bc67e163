// SPDX-License-Identifier: Apache-2.0
// One shape for all answers, and the formats that it can be written in.
import { fittingTable, textTable } from '../text-table.js';

export const FORMATS = ['table', 'long', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export type Cell = string | number;

/** An answer as rows. */
export interface AnswerTable {
  readonly heading: readonly string[];
  /** Exact, for `long` and `csv`. */
  readonly rows: readonly (readonly Cell[])[];
  /** As people read it at a glance, for `table`; else the rows. */
  readonly short?: {
    readonly heading: readonly string[];
    readonly rows: readonly (readonly Cell[])[];
  };
  /** Below the rows, not in csv: what was left out, what answered. */
  readonly notes?: readonly string[];
  /** Above the rows of a `table`. */
  readonly plot?: string;
}

/** A cell that a spreadsheet would take for a formula comes from the network. */
function csvCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvText({ heading, rows }: AnswerTable): string {
  return [heading, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** The answer as text that ends in a line feed. */
export function answerText(
  table: AnswerTable,
  format: Exclude<Format, 'json'>,
  width: number,
): string {
  if (format === 'csv') return csvText(table);
  const notes = (table.notes ?? []).map((note) => `${note}\n`).join('');
  if (format === 'long') return `${textTable(table.heading, table.rows)}${notes}`;
  const { heading, rows } = table.short ?? table;
  return `${table.plot ?? ''}${fittingTable(heading, rows, width)}${notes}`;
}
