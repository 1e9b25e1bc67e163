// SPDX-License-Identifier: Apache-2.0
// The table of all pages: sorted by its headings, used by keyboard, and of long ones only the rows that are seen.
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { Icon } from '../control/icons';
import { preferences } from '../view/preferences';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Numbers stand at the right and are sorted as such. Buttons are not sorted, and need no heading to be seen. */
  readonly kind?: 'text' | 'number' | 'buttons';
  /** For sorting and CSV. */
  readonly value: (row: Row) => string | number;
  /** As it is shown; absent: `value`. */
  readonly show?: (row: Row) => ComponentChildren;
  /** CSS width; one column at least has none and takes the rest. */
  readonly width?: string;
  /** `wide`: left out where there is little room. */
  readonly room?: 'always' | 'wide';
  /** @default both */
  readonly sort?: 'both' | 'none';
}

export interface Sort {
  readonly column: string;
  readonly order: 'ascending' | 'descending';
}

export interface DataTableProps<Row> {
  /** Says what the table is to who does not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** As the rows come; absent: in the order of `rows`. */
  readonly sort?: Sort;
  /** Told instead of sorting here, where the collector sorts. */
  readonly onSort?: (sort: Sort) => void;
  /** Enter on a row, and a click on what is no button. */
  readonly onOpen?: (row: Row, place: Element) => void;
  /** Key of the row that is open beside the table. */
  readonly opened?: string | undefined;
  /** Rows below the others that are not sorted: the rest, the sum. */
  readonly footer?: readonly Row[];
  /** Height at most, in CSS; the table scrolls inside. Absent: as high as its rows. */
  readonly height?: string;
  /** In CSS; with less room the table scrolls to the side. Absent: its columns give way. */
  readonly minWidth?: string;
  /** Told when the last rows are seen. */
  readonly onEnd?: () => void;
  readonly testId?: string;
}

/** Rows from which on only those that are seen are in the document: they must be equally high. */
const MANY_ROWS = 100;
/** As `--row` has it; on a phone, or where letters are larger, it may be more. */
const ROW_PX = 30;
const OVERSCAN = 6;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, keyOf, footer = [], height } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, sort, choose } = useSorted(props);
  const { first, last, before, after } = useSeen(rows.length, scroller, props.onEnd);
  const isScrolled = height !== undefined;
  return (
    <div
      ref={scroller}
      class="table-scroll"
      style={isScrolled ? { maxHeight: height } : undefined}
      {...(isScrolled && {
        role: 'region',
        'aria-label': `${props.caption}, scrollable`,
        tabIndex: 0,
      })}
      data-testid={props.testId}
    >
      <table
        class="data-table"
        style={{ minWidth: props.minWidth }}
        aria-rowcount={rows.length + footer.length + 1}
      >
        <caption class="visually-hidden">{props.caption}</caption>
        <colgroup>
          {columns.map(({ id, width, room }) => (
            <col key={id} class={room === 'wide' ? 'col-wide' : undefined} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={sort} onSort={choose} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveByKey}>
          {before > 0 && <Gap height={before} />}
          {rows.slice(first, last).map((row, index) => (
            <Line key={keyOf(row)} row={row} index={first + index} table={props} />
          ))}
          {after > 0 && <Gap height={after} />}
        </tbody>
        {footer.length > 0 && (
          <tfoot>
            {footer.map((row, index) => (
              <Line key={keyOf(row)} row={row} index={rows.length + index} table={props} />
            ))}
          </tfoot>
        )}
      </table>
    </div>
  );
}

function useSorted<Row>({ rows, columns, sort: preset, onSort }: DataTableProps<Row>) {
  const [chosen, setChosen] = useState<Sort>();
  const sort = onSort === undefined ? (chosen ?? preset) : preset;
  const sorted = useMemo(() => {
    const column = columns.find(({ id }) => id === chosen?.column);
    if (onSort !== undefined || column === undefined) return rows;
    const sign = chosen?.order === 'ascending' ? 1 : -1;
    return [...rows].sort((a, b) => sign * compare(column.value(a), column.value(b)));
  }, [rows, columns, chosen, onSort]);
  const choose = (column: Column<Row>) => {
    const first = column.kind === 'number' ? 'descending' : 'ascending';
    const other = first === 'descending' ? 'ascending' : 'descending';
    const order = sort?.column === column.id && sort.order === first ? other : first;
    (onSort ?? setChosen)({ column: column.id, order });
  };
  return { rows: sorted, sort, choose };
}

const TEXT_ORDER = new Intl.Collator(undefined, { numeric: true });

/** A number that is not known is less than all others. */
function compare(a: string | number, b: string | number): number {
  if (typeof a !== 'number' || typeof b !== 'number') {
    return TEXT_ORDER.compare(String(a), String(b));
  }
  const [one, other] = [knownOf(a), knownOf(b)];
  return one === other ? 0 : one - other;
}

const knownOf = (value: number): number => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);

/** Which rows are seen, and how high what is left out above and below them is. */
function useSeen(
  count: number,
  scroller: { readonly current: HTMLDivElement | null },
  onEnd: (() => void) | undefined,
) {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const rowPx = useRef(ROW_PX);
  const virtualizer = useRef<Virtualizer<HTMLDivElement, Element> | undefined>(undefined);
  virtualizer.current ??= new Virtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx.current,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(0),
  });
  const { current } = virtualizer as { readonly current: Virtualizer<HTMLDivElement, Element> };
  const seenFrom = useRef(0);
  const { startIndex, endIndex } = current.range ?? { startIndex: 0, endIndex: 0 };
  // After a jump all rows are new: those that are seen come first, the ones around them once it has come to rest.
  const isJump = Math.abs(startIndex - seenFrom.current) > endIndex - startIndex;
  seenFrom.current = startIndex;
  current.setOptions({ ...current.options, count, overscan: isJump ? 0 : OVERSCAN });
  useLayoutEffect(() => current._didMount(), [current]);
  useLayoutEffect(() => current._willUpdate());
  useLayoutEffect(() => {
    const drawnPx = rowHeight(scroller.current);
    if (drawnPx === 0 || drawnPx === rowPx.current) return;
    rowPx.current = drawnPx;
    current.measure();
  });
  const items = current.getVirtualItems();
  const isWhole = count <= MANY_ROWS;
  const first = isWhole ? 0 : (items[0]?.index ?? 0);
  const last = isWhole ? count : (items.at(-1)?.index ?? Math.min(count, MANY_ROWS) - 1) + 1;
  useLayoutEffect(() => {
    if (count > 0 && last >= count) onEnd?.();
  }, [count, last, onEnd]);
  return { first, last, before: first * rowPx.current, after: (count - last) * rowPx.current };
}

/** Of the rows as they are drawn, in CSS pixels; 0 where there is none. */
function rowHeight(scroller: HTMLElement | null): number {
  const row = scroller?.querySelector('tbody > tr:not(.table-gap)');
  return row?.getBoundingClientRect().height ?? 0;
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: (column: Column<Row>) => void;
}

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const { id, title, sort: sortable = 'both' } = column;
  const order = sort?.column === id ? sort.order : undefined;
  if (column.kind === 'buttons') {
    return (
      <th scope="col" class={cellClass(column)}>
        <span class="visually-hidden">{title}</span>
      </th>
    );
  }
  return (
    <th scope="col" class={cellClass(column)} aria-sort={order}>
      {sortable === 'none' ? (
        title
      ) : (
        <button type="button" class="sort-button" onClick={() => onSort(column)}>
          {title}
          {order && <Icon name={order === 'ascending' ? 'up' : 'down'} />}
        </button>
      )}
    </th>
  );
}

interface LineProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly table: DataTableProps<Row>;
}

function Line<Row>({ row, index, table }: LineProps<Row>) {
  const { columns, keyOf, onOpen, opened } = table;
  const key = keyOf(row);
  // While somebody scrolls most rows stay as they are; units may change without a new row.
  const cells = useMemo(() => cellsOf(row, columns), [row, columns, preferences.value]);
  const open = (event: Event & { readonly currentTarget: HTMLElement }) => {
    const isControl = (event.target as Element).closest('button, a, input, select, label') !== null;
    if (!isControl) onOpen?.(row, event.currentTarget);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTableRowElement>) => {
    if (event.key === 'Enter' && event.target === event.currentTarget) open(event);
  };
  return (
    <tr
      class={onOpen && 'row-opens'}
      data-key={key}
      aria-current={opened === key ? 'true' : undefined}
      aria-rowindex={index + 2}
      // The arrows go on from the first row.
      tabIndex={onOpen === undefined ? undefined : index === 0 ? 0 : -1}
      onClick={onOpen && open}
      onKeyDown={onOpen && onKeyDown}
    >
      {cells}
    </tr>
  );
}

function cellsOf<Row>(row: Row, columns: readonly Column<Row>[]) {
  return columns.map((column, at) => {
    const content = column.show?.(row) ?? column.value(row);
    return at === 0 ? (
      <th key={column.id} scope="row" class={cellClass(column)}>
        {content}
      </th>
    ) : (
      <td key={column.id} class={cellClass(column)}>
        {content}
      </td>
    );
  });
}

function cellClass<Row>({ kind, room }: Column<Row>): string {
  return `${kind ?? 'text'}${room === 'wide' ? ' col-wide' : ''}`;
}

/** Stands for the rows that are not in the document; one cell, since a wider one would bring hidden columns back. */
function Gap({ height }: { readonly height: number }) {
  return (
    <tr class="table-gap">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Arrows go from row to row; Tab leaves the table. */
function moveByKey(event: TargetedKeyboardEvent<HTMLTableSectionElement>): void {
  const line = (event.target as Element).closest('tr');
  const next =
    event.key === 'ArrowDown'
      ? line?.nextElementSibling
      : event.key === 'ArrowUp'
        ? line?.previousElementSibling
        : null;
  if (
    !(next instanceof HTMLElement) ||
    next.tabIndex === undefined ||
    !next.hasAttribute('tabindex')
  )
    return;
  event.preventDefault();
  next.focus();
}

/** The rows as a file has them: exact values under the columns' titles. */
export function tableCsv<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): (string | number)[][] {
  return [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ];
}

/** What can be done with each row, at its end. */
export function buttonsColumn<Row>(show: (row: Row) => ComponentChildren): Column<Row> {
  return { id: 'buttons', title: 'Actions', kind: 'buttons', width: '48px', value: () => '', show };
}
