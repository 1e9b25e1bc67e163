// SPDX-License-Identifier: Apache-2.0

/** What makes a spreadsheet take a cell for a formula: names come from the network. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of RFC 4180, with its end. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}
