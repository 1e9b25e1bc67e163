// SPDX-License-Identifier: Apache-2.0
// Columns that most rankings have: amounts, and their share of all.
import type { Metric, Sums } from '@weir/wire';
import { formatShare } from '../format/quantity';
import { amountText } from '../view/shown';
import type { Column } from './data-table';

/** What of a column is otherwise than usual. */
export type Otherwise<Row> = Partial<Pick<Column<Row>, 'id' | 'title' | 'width' | 'room'>>;

const TITLES: Readonly<Record<Metric, string>> = {
  octets: 'Octets',
  packets: 'Packets',
  flows: 'Flows',
};

/** An amount as people read it; exact for sorting and in files. */
export function amountColumn<Row>(
  metric: Metric,
  of: (row: Row) => number,
  otherwise: Otherwise<Row> = {},
): Column<Row> {
  return {
    id: metric,
    title: TITLES[metric],
    kind: 'number',
    width: '84px',
    value: of,
    show: (row) => amountText(of(row), metric),
    ...otherwise,
  };
}

/** An amount of a row of an answer. */
export function sumColumn<Row extends Sums>(
  metric: Metric,
  otherwise?: Otherwise<Row>,
): Column<Row> {
  return amountColumn<Row>(metric, (row) => row[metric], otherwise);
}

/** `of` as a part of `whole`, in percent; 0 to 1 in files. Left out where there is little room. */
export function shareColumn<Row>(
  of: (row: Row) => number,
  whole: (row: Row) => number,
  otherwise: Otherwise<Row> = {},
): Column<Row> {
  return {
    id: 'share',
    title: 'Share',
    kind: 'number',
    width: '76px',
    room: 'wide',
    value: (row) => of(row) / whole(row),
    show: (row) => formatShare(of(row), whole(row)),
    ...otherwise,
  };
}
