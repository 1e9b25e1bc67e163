// SPDX-License-Identifier: Apache-2.0
import type { WeekHour } from '../format/time';
import type { Rates } from './rates';

const DAYS = 7;
const HOURS = 24;

/**
 * The mean rate of all series together for each hour of each day of the week, Monday first; undefined for hours that
 * none of the steps began in.
 */
export function weekHours(
  { times, series }: Rates,
  hourOf: (timeMs: number) => WeekHour,
): (number | undefined)[][] {
  const sums = Array.from({ length: DAYS }, () => Array<number>(HOURS).fill(0));
  const counts = Array.from({ length: DAYS }, () => Array<number>(HOURS).fill(0));
  times.forEach((time, at) => {
    const { day, hour } = hourOf(time);
    const sum = series.reduce((all, { rates }) => all + (rates[at] ?? 0), 0);
    (sums[day] as number[])[hour] = (sums[day]?.[hour] ?? 0) + sum;
    (counts[day] as number[])[hour] = (counts[day]?.[hour] ?? 0) + 1;
  });
  return sums.map((hours, day) =>
    hours.map((sum, hour) => {
      const count = counts[day]?.[hour] ?? 0;
      return count === 0 ? undefined : sum / count;
    }),
  );
}
