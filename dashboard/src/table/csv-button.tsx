// SPDX-License-Identifier: Apache-2.0
import { Icon } from '../control/icons';
import { downloadCsv } from './csv';
import { type Column, tableCsv } from './data-table';

export interface CsvButtonProps<Row> {
  /** Of the file, without its end. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined: not loaded yet. */
  readonly rows: readonly Row[] | undefined;
}

/** Saves what a table shows. */
export function CsvButton<Row>({ name, columns, rows }: CsvButtonProps<Row>) {
  return (
    <button
      type="button"
      class="button button-square"
      aria-label="Save as CSV"
      title="Save as CSV"
      disabled={rows === undefined}
      onClick={() => rows && downloadCsv(name, tableCsv(columns, rows))}
    >
      <Icon name="download" />
    </button>
  );
}
