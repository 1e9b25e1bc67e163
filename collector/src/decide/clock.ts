// SPDX-License-Identifier: Apache-2.0
// Clocks on walls: what time it is in a zone, whether that is in a schedule, and which hour, day or month
// of its calendar. Zones are those of the runtime's time zone database.
import { type Schedule, type Threshold, WEEKDAYS } from '@weir/wire';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** Offsets change at full quarters of an hour only. */
const QUARTER_MS = 15 * MINUTE_MS;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = WEEKDAYS.indexOf('thu');

export type CalendarPeriod = Extract<Threshold['per'], string>;

/** As the time zone database writes them: Intl takes "europe/berlin" and "+01:00", the store does not. */
const ZONE_NAME = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/;

export function isTimeZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  offsetMs: number;
}

const clocks = new Map<string, ZoneClock>();

/** What clocks show in the zone, as if it were UTC. @throws RangeError for a zone that is not known */
export function localMilliseconds(timeZone: string, now: number): number {
  const clock = clocks.get(timeZone) ?? newClock(timeZone);
  const quarter = Math.floor(now / QUARTER_MS);
  if (clock.quarter !== quarter) {
    clock.quarter = quarter;
    clock.offsetMs = offsetOf(clock.format, quarter * QUARTER_MS);
  }
  return now + clock.offsetMs;
}

function newClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const clock = { format, quarter: Number.NaN, offsetMs: 0 };
  clocks.set(timeZone, clock);
  return clock;
}

function offsetOf(format: Intl.DateTimeFormat, now: number): number {
  const parts = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - now;
}

interface WeekMinutes {
  readonly begin: number;
  readonly length: number;
}

/** The schedule's windows as minutes from Monday's midnight on the clocks of its zone. */
export function spansOf({ windows }: Schedule): WeekMinutes[] {
  return windows.flatMap(({ days, from, to }) => {
    const begin = minutesOf(from);
    const end = minutesOf(to);
    const length = end > begin ? end - begin : end + DAY_MINUTES - begin;
    return days.map((day) => ({ begin: WEEKDAYS.indexOf(day) * DAY_MINUTES + begin, length }));
  });
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}

function weekMinute(timeZone: string, now: number): number {
  const local = localMilliseconds(timeZone, now);
  const minutes = Math.floor(local / MINUTE_MS) + EPOCH_WEEKDAY * DAY_MINUTES;
  return modulo(minutes, WEEK_MINUTES);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** Whether `now` (ms since the epoch) is in one of the windows. */
export function isWithin(schedule: Schedule, now: number): boolean {
  const minute = weekMinute(schedule.timeZone, now);
  return spansOf(schedule).some(
    ({ begin, length }) => modulo(minute - begin, WEEK_MINUTES) < length,
  );
}

/** When `isWithin` changes the next time; undefined where it never does. */
export function nextChange(schedule: Schedule, now: number): number | undefined {
  const minute = weekMinute(schedule.timeZone, now);
  const before = isWithin(schedule, now);
  const waits = spansOf(schedule)
    .flatMap(({ begin, length }) => [begin, begin + length])
    .map((edge) => modulo(edge - minute - 1, WEEK_MINUTES) + 1)
    .sort((a, b) => a - b);
  for (const wait of waits) {
    const at = onClock(schedule.timeZone, now, wait);
    if (isWithin(schedule, at) !== before) return at;
  }
  return undefined;
}

/** When clocks show so many minutes more, to the full minute. */
function onClock(timeZone: string, now: number, minutes: number): number {
  const wanted = Math.floor(localMilliseconds(timeZone, now) / MINUTE_MS + minutes) * MINUTE_MS;
  const guess = Math.floor(now / MINUTE_MS + minutes) * MINUTE_MS;
  return guess + (wanted - localMilliseconds(timeZone, guess));
}

/** A number that is the same during one hour, day or month of the zone's calendar, and then grows. */
export function periodNumber(period: CalendarPeriod, timeZone: string, now: number): number {
  const local = localMilliseconds(timeZone, now);
  // Where clocks are put back an hour, the second one is another hour of the same name.
  if (period === 'hour') return Math.floor((now + modulo(local - now, HOUR_MS)) / HOUR_MS);
  if (period === 'day') return Math.floor(local / DAY_MS);
  const date = new Date(local);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Where volumes of a rule without a schedule are counted by the calendar. */
export const DEFAULT_ZONE = 'UTC';
