// SPDX-License-Identifier: Apache-2.0
import { ANY, type Dimension } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { TABLES } from '../store/tables.js';
import type { PlannedTable } from './planner.js';
import { type StepAsked, seriesStep, seriesWindows } from './series-step.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 4, 5, 12);

/** As after years with the retention that is the default. */
const KEPT_DAYS: Readonly<Record<string, number>> = { flows: 30, flows_1m: 365, flows_5m: 730 };
const OLD: readonly PlannedTable[] = TABLES.map((table) => {
  const days = KEPT_DAYS[table.name] ?? (table.stepSeconds < 3600 ? 730 : 1825);
  return { ...table, completeFromMilliseconds: NOON - days * DAY };
});

function asked(daysAgo: number, hours: number, by: readonly Dimension[] = []): StepAsked {
  const from = NOON - daysAgo * DAY;
  const window = { from, to: from + hours * HOUR };
  return { subject: { window, condition: ANY, by, everyRecord: false } };
}

describe('seriesStep', () => {
  it.each<[string, StepAsked, number]>([
    ['an hour of yesterday', asked(1, 1), 30],
    ['an hour 51 days ago', asked(51, 1, ['applicationName']), 60],
    ['four hours 51 days ago, by country', asked(51, 4, ['country']), 300],
    ['a day 51 days ago', asked(51, 24), 900],
    ['two hours 400 days ago', asked(400, 2), 300],
    ['six hours 1000 days ago', asked(1000, 6), 3600],
    ['an hour 51 days ago, by what only records have', asked(51, 1, ['port']), 30],
    ['an hour that is long gone', asked(3000, 1), 30],
    ['an hour of which records are left in part', asked(30.02, 1), 60],
  ])('of %s is one that tables still have', (_what, question, step) => {
    expect(seriesStep(question, OLD)).toBe(step);
  });

  it('serves both windows of a comparison', () => {
    const question = { ...asked(1, 1), previousMilliseconds: 40 * DAY };
    expect(seriesStep(question, OLD)).toBe(60);
  });

  it('refuses a finer one than is kept, and no other', () => {
    expect(() => seriesStep({ ...asked(51, 1), stepSeconds: 30 }, OLD)).toThrow(
      expect.objectContaining({ code: 'WEIR_QUERY_STEP_TOO_FINE' }),
    );
    expect(() => seriesStep({ ...asked(400, 2), stepSeconds: 90 }, OLD)).toThrow('take 300,');
    expect(seriesStep({ ...asked(51, 1), stepSeconds: 120 }, OLD)).toBe(120);
    expect(seriesStep({ ...asked(1, 1), stepSeconds: 7 }, OLD)).toBe(7);
  });
});

it('shifts the earlier window by whole steps: points lie above each other', () => {
  const question = { ...asked(1, 1), previousMilliseconds: 1_799_999 };
  const [window, earlier] = seriesWindows(question, 60);
  expect((window?.from ?? 0) - (earlier?.from ?? 0)).toBe(1_800_000);
  expect(seriesWindows(asked(1, 1), 60)).toHaveLength(1);
});
