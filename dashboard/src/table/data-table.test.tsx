// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { afterEach, describe, expect, it, vi } from 'vitest';
import { act, draw, fireEvent, screen, within } from '../control/test-dom';
import { type Column, DataTable, type DataTableProps, tableCsv } from './data-table';

interface Row {
  readonly name: string;
  readonly octets: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name },
  {
    ...{ id: 'octets', title: 'Octets', kind: 'number' },
    value: ({ octets }) => octets,
    show: ({ octets }) => <button type="button">{octets} B</button>,
  },
];
const ROWS: readonly Row[] = [
  { name: 'host 10', octets: 5 },
  { name: 'host 9', octets: 700 },
  { name: 'host 1', octets: 60 },
];

function show(props: Partial<DataTableProps<Row>> = {}) {
  const { rows = ROWS, ...rest } = props;
  return draw(
    <DataTable
      caption="Hosts"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ name }) => name}
      {...rest}
    />,
  );
}

const bodyRows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('tbody tr[data-key]'),
];
const names = () => bodyRows().map((row) => row.dataset.key);
const heading = (title: string) => screen.getByRole('columnheader', { name: title });

describe('sorted by its headings', () => {
  it('numbers begin with the largest, texts with the first, as people count', () => {
    show();
    expect(names()).toEqual(['host 10', 'host 9', 'host 1']);
    fireEvent.click(within(heading('Octets')).getByRole('button'));
    expect(names()).toEqual(['host 9', 'host 1', 'host 10']);
    expect(heading('Octets').getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(within(heading('Octets')).getByRole('button'));
    expect(names()).toEqual(['host 10', 'host 1', 'host 9']);
    fireEvent.click(within(heading('Name')).getByRole('button'));
    expect(names()).toEqual(['host 1', 'host 9', 'host 10']);
    expect(heading('Octets').hasAttribute('aria-sort')).toBe(false);
  });

  it('tells the choice where the collector sorts, and leaves the rows as they come', () => {
    const onSort = vi.fn();
    show({ onSort, sort: { column: 'octets', order: 'descending' } });
    fireEvent.click(within(heading('Octets')).getByRole('button'));
    expect(onSort).toHaveBeenCalledWith({ column: 'octets', order: 'ascending' });
    expect(names()).toEqual(['host 10', 'host 9', 'host 1']);
  });

  it('has what is not known behind all else, and what has no bound before it', () => {
    const octets = [
      Number.NaN,
      3,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      -1,
      Number.POSITIVE_INFINITY,
    ];
    show({ rows: octets.map((amount, at) => ({ name: `${at}`, octets: amount })) });
    fireEvent.click(within(heading('Octets')).getByRole('button'));
    expect(names()).toEqual(['2', '5', '1', '4', '0', '3']);
  });

  it('leaves the rows below it where they are', () => {
    show({ footer: [{ name: 'Other', octets: 1e9 }] });
    fireEvent.click(within(heading('Octets')).getByRole('button'));
    expect(names()[0]).toBe('host 9');
    expect(document.querySelector('tfoot tr')?.textContent).toContain('Other');
  });
});

describe('used by keyboard', () => {
  it('is one stop of Tab; arrows go from row to row, and stop at the ends', () => {
    show({ onOpen: vi.fn() });
    const [first, second, third] = bodyRows() as [HTMLElement, HTMLElement, HTMLElement];
    expect([first.tabIndex, second.tabIndex, third.tabIndex]).toEqual([0, -1, -1]);
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(first);
    fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second, { key: 'ArrowDown' });
    fireEvent.keyDown(third, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(third);
  });

  it('Enter and a click open a row, but not where a button is meant', () => {
    const onOpen = vi.fn();
    show({ onOpen });
    const [row] = bodyRows() as [HTMLElement];
    const button = within(row).getByRole('button');
    fireEvent.keyDown(button, { key: 'Enter' });
    fireEvent.click(button);
    expect(onOpen).not.toHaveBeenCalled();
    fireEvent.keyDown(row, { key: 'Enter' });
    fireEvent.click(row);
    expect(onOpen.mock.calls.map(([opened]) => opened)).toEqual([ROWS[0], ROWS[0]]);
  });

  it('has no stop where no row opens', () => {
    show();
    expect(bodyRows().every((row) => !row.hasAttribute('tabindex'))).toBe(true);
  });
});

describe('with many rows', () => {
  const ROW_PX = 30;
  const MANY = Array.from({ length: 5000 }, (_, at) => ({ name: `row ${at}`, octets: at }));
  const original = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'clientHeight');

  /** The tests' DOM lays nothing out. */
  function seeing(heightPx: number): void {
    const clientHeight = { configurable: true, get: () => heightPx };
    Object.defineProperty(HTMLElement.prototype, 'clientHeight', clientHeight);
  }
  afterEach(() => {
    Reflect.deleteProperty(HTMLElement.prototype, 'clientHeight');
    if (original) Object.defineProperty(HTMLElement.prototype, 'clientHeight', original);
  });

  const scroller = () => document.querySelector('.table-scroll') as HTMLElement;
  function scrollTo(top: number): void {
    act(() => {
      scroller().scrollTop = top;
      scroller().dispatchEvent(new Event('scroll'));
    });
  }
  const gaps = (): number[] =>
    [...document.querySelectorAll<HTMLElement>('.table-gap td')].map((cell) =>
      Number.parseFloat(cell.style.height),
    );

  it('has those in the document that are seen, and room for all others', () => {
    seeing(300);
    show({ rows: MANY, height: '300px' });
    for (const top of [0, 60_000, 5000 * ROW_PX - 300]) {
      scrollTo(top);
      const shown = names();
      expect(shown.length).toBeGreaterThanOrEqual(10);
      expect(shown.length).toBeLessThan(60);
      expect(shown).toContain(`row ${top / ROW_PX}`);
      const room = gaps().reduce((sum, gap) => sum + gap, 0);
      expect(room + shown.length * ROW_PX).toBe(5000 * ROW_PX);
    }
  });

  it('tells readers how many there are, and which of them a row is', () => {
    seeing(300);
    show({ rows: MANY, height: '300px' });
    scrollTo(60_000);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('5001');
    const row = document.querySelector('[data-key="row 2000"]');
    expect(row?.getAttribute('aria-rowindex')).toBe('2002');
  });

  it('tells when the last ones are seen, and not before', () => {
    seeing(300);
    const onEnd = vi.fn();
    show({ rows: MANY, height: '300px', onEnd });
    scrollTo(60_000);
    expect(onEnd).not.toHaveBeenCalled();
    scrollTo(5000 * ROW_PX - 300);
    expect(onEnd).toHaveBeenCalled();
  });
});

it('is a file with exact values under the titles', () => {
  expect(tableCsv(COLUMNS, ROWS.slice(0, 1))).toEqual([
    ['Name', 'Octets'],
    ['host 10', 5],
  ]);
});
