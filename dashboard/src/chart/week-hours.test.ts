// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { weekHourOf } from '../format/time';
import type { Rates } from './rates';
import { weekHours } from './week-hours';

const HOUR_MS = 3_600_000;
/** A Monday. */
const MONDAY = Date.UTC(2026, 2, 9);
const utc = (time: number) => weekHourOf(time, 'UTC');

function ratesOf(from: number, ...lists: number[][]): Rates {
  const series = lists.map((rates, at) => ({ key: String(at), keys: [], rates, total: 0 }));
  const times = (lists[0] ?? []).map((_, at) => from + at * HOUR_MS);
  return { times, stepSeconds: 3600, series };
}

it('is the mean of the same hours, of all series together', () => {
  const fortnight = Array.from({ length: 14 * 24 }, (_, hour) => hour);
  const hours = weekHours(ratesOf(MONDAY, fortnight, fortnight), utc);
  expect(hours.map((day) => day.length)).toEqual(Array(7).fill(24));
  for (let hour = 0; hour < 7 * 24; hour++) {
    const mean = 2 * (hour + 84);
    expect(hours[Math.floor(hour / 24)]?.[hour % 24]).toBe(mean);
  }
});

it('tells nothing of hours that nothing is known of', () => {
  const hours = weekHours(ratesOf(MONDAY + 22 * HOUR_MS, [5, 6, 0]), utc);
  expect(hours[0]?.slice(21)).toEqual([undefined, 5, 6]);
  expect(hours[1]?.slice(0, 2)).toEqual([0, undefined]);
  expect(
    hours
      .slice(2)
      .flat()
      .every((rate) => rate === undefined),
  ).toBe(true);
});

it('goes by the clock of the zone that is shown', () => {
  expect(weekHourOf(MONDAY - 1, 'UTC')).toEqual({ day: 6, hour: 23 });
  expect(weekHourOf(MONDAY - 1, 'Europe/Berlin')).toEqual({ day: 0, hour: 0 });
  expect(weekHourOf(MONDAY, 'America/New_York')).toEqual({ day: 6, hour: 20 });
});
