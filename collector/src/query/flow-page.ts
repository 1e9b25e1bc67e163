// SPDX-License-Identifier: Apache-2.0
// Pages of records: from the store's rows to the API's answer, and the cursor that leads to the next one.
import { FLOW_COLUMNS, type Flow, type FlowsResponse } from '@weir/wire';
import { plainText } from './condition-sql.js';
import type { FlowPosition, FlowsQuestion } from './flow-statements.js';

const ADDRESSES: ReadonlySet<string> = new Set(
  FLOW_COLUMNS.filter(({ kind }) => kind === 'address').map(({ name }) => name),
);

/** A value as the API gives it. */
export function shownValue(column: string, value: unknown): unknown {
  return ADDRESSES.has(column) ? plainText(String(value)) : value;
}

/** Rows of `sortValue`, f0, f1, …; one more than asked for tells that there is a next page. */
export function flowPage(
  question: FlowsQuestion,
  rows: readonly Readonly<Record<string, unknown>>[],
): Omit<FlowsResponse, 'missing'> {
  const { columns, limit } = question;
  const shown = rows.slice(0, limit);
  const flows = shown.map(
    (row) =>
      Object.fromEntries(
        columns.map((column, i) => [column, shownValue(column, row[`f${i}`])]),
      ) as Flow,
  );
  if (rows.length <= limit) return { flows, table: 'flows' };
  const values = shown.map(({ sortValue }) => Number(sortValue));
  return { flows, table: 'flows', cursor: cursorText(nextPosition(question, values)) };
}

/** Behind the last record of a page: by its value, and how many records with that value are behind us. */
function nextPosition(question: FlowsQuestion, values: readonly number[]): FlowPosition {
  const value = values.at(-1) ?? 0;
  const before = question.position;
  const here = values.filter((one) => one === value).length;
  const skip = here + (here === values.length && before?.value === value ? before.skip : 0);
  return { ...question.window, value, skip, receivedUntil: before?.receivedUntil ?? Date.now() };
}

const PARTS = ['from', 'to', 'value', 'skip', 'receivedUntil'] as const;

/** The position as a text that is for nobody to read. */
function cursorText(position: FlowPosition): string {
  return Buffer.from(PARTS.map((part) => position[part]).join(' ')).toString('base64url');
}

/** The position of a cursor; undefined when it is none of ours. */
export function positionOf(cursor: string): FlowPosition | undefined {
  const numbers = Buffer.from(cursor, 'base64url').toString('latin1').split(' ').map(Number);
  const fits =
    numbers.length === PARTS.length && numbers.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!fits) return undefined;
  return Object.fromEntries(PARTS.map((part, i) => [part, numbers[i]])) as unknown as FlowPosition;
}
