// SPDX-License-Identifier: Apache-2.0
import { markdownTable } from '../markdown.js';
import type { StoreMeasured } from './store.js';

/** Milliseconds of the questions, octets on disk and processor time of a flow, as Markdown. */
export function storeTable(measured: StoreMeasured): string {
  const { rows, tables, questions } = measured;
  const asked = questions.map(({ question, table, milliseconds }) => {
    const sorted = [...milliseconds].sort((a, b) => a - b);
    const of = (index: number) => (sorted[index] ?? Number.NaN).toFixed(0);
    return [`${question} (${table})`, of(sorted.length >> 1), of(0), of(sorted.length - 1)];
  });
  const stored = tables.map(({ name, rows: own, octets }) => [
    name,
    String(own),
    (octets / own).toFixed(1),
    (octets / rows).toFixed(2),
  ]);
  const octets = tables.reduce((sum, table) => sum + table.octets, 0);
  return [
    `### ${rows} generated flows over 24 h\n`,
    markdownTable(['question', 'median, ms', 'least', 'most'], asked),
    '',
    markdownTable(['table', 'rows', 'octets a row', 'octets a flow'], stored),
    `\nAll tables: ${(octets / rows).toFixed(1)} octets a flow.`,
    `Insert: ${measured.insertMicroseconds.toFixed(2)} µs a flow, ${measured.cpuMicroseconds.toFixed(2)} µs of processor time, ` +
      `${measured.cpuWithMergesMicroseconds.toFixed(2)} µs with all merges.`,
  ].join('\n');
}
