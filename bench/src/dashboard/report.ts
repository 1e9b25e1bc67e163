// SPDX-License-Identifier: Apache-2.0
import { markdownTable } from '../markdown.js';
import { spreadOf } from '../statistics.js';
import type { DashboardMeasured } from './dashboard.js';

const whole = (milliseconds: number) => milliseconds.toFixed(0);

function spreadCells(values: readonly number[]): string[] {
  const { median, minimum, maximum } = spreadOf(values);
  return [median, minimum, maximum].map(whole);
}

/** What somebody waits for, as Markdown. */
export function dashboardText(measured: DashboardMeasured): string {
  const { rows, paints, explored, tableRows, busy } = measured;
  const waits = [
    ['overview: first paint', ...spreadCells(paints.map(({ first }) => first))],
    ['overview: largest paint', ...spreadCells(paints.map(({ largest }) => largest))],
    ['overview: all panels drawn', ...spreadCells(paints.map(({ drawn }) => drawn))],
    ...explored.map(({ question, table, milliseconds }) => [
      `Explore: ${question} (${table})`,
      ...spreadCells(milliseconds),
    ]),
  ];
  const tasks = Object.entries(busy).map(([deed, { most, longTasks }]) => [
    deed,
    whole(most),
    String(longTasks.length),
    longTasks.length === 0 ? '' : whole(Math.max(...longTasks)),
  ]);
  return [
    `${rows.toLocaleString('en')} generated flows over 24 h; an empty browser cache each time.\n`,
    markdownTable(['wait', 'median, ms', 'least', 'most'], waits),
    `\nThe main thread at ${tableRows.toLocaleString('en')} rows in the table of records:\n`,
    markdownTable(['deed', 'most busy, ms', 'tasks over 50 ms', 'longest'], tasks),
  ].join('\n');
}
