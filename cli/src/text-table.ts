// SPDX-License-Identifier: Apache-2.0

/** Text with U+FFFD for control characters: what comes from the network must not command the terminal. */
export const inOneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\ufffd');

/**
 * Rows under a heading, columns as wide as they need; numbers stand on the right. No cell has
 * control characters.
 */
export function textTable(
  heading: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : inOneLine(cell))),
  );
  const titles = heading.map(inOneLine);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = titles.map((_, column) => typeof rows[0]?.[column] === 'number');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${[titles, ...cells].map(line).join('\n')}\n`;
}

const GAP = 2;

const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

interface Column {
  readonly width: number;
  /** Numbers are never cut off. */
  readonly isNumber: boolean;
}

/** Widths of columns that fit `width`: the widest texts give way, but not below `least`. */
function fittingWidths(columns: readonly Column[], width: number, least: number): number[] {
  const widths = columns.map((column) => column.width);
  const yielding = (): number =>
    widths.reduce((widest, one, index) => {
      if (columns[index]?.isNumber || one <= least) return widest;
      return widest < 0 || one > (widths[widest] ?? 0) ? index : widest;
    }, -1);
  let excess = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width;
  for (let next = yielding(); excess > 0 && next >= 0; next = yielding()) {
    widths[next] = (widths[next] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/** As textTable, with cells cut off where the rows would not fit `width`. */
export function fittingTable(
  heading: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width: number,
): string {
  const columns = heading.map((title, column) => ({
    width: Math.max(title.length, ...rows.map((row) => lengthOf(row[column]))),
    isNumber: typeof rows[0]?.[column] === 'number',
  }));
  const widths = fittingWidths(columns, width, 8);
  const cut = rows.map((row) =>
    row.map((cell, column) =>
      typeof cell === 'number' ? cell : shorten(cell, widths[column] ?? cell.length),
    ),
  );
  return textTable(heading, cut);
}

function lengthOf(cell: string | number | undefined): number {
  return typeof cell === 'number' ? cell.toLocaleString('en').length : (cell?.length ?? 0);
}
