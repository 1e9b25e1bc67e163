// SPDX-License-Identifier: Apache-2.0
import type { Schedule } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { describe, expect, it } from 'vitest';
import { isTimeZone, isWithin, localMilliseconds, nextChange, periodNumber } from './clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function schedule(timeZone: string, from: string, to: string, days = ['mon']): Schedule {
  return { timeZone, windows: [{ days: days as Schedule['windows'][0]['days'], from, to }] };
}

describe('a schedule', () => {
  it.each([
    ['Europe/Berlin', '08:00', '18:00', '2026-11-23T07:00Z', true],
    ['Europe/Berlin', '08:00', '18:00', '2026-11-23T06:59Z', false],
    ['Europe/Berlin', '08:00', '18:00', '2026-11-23T17:00Z', false],
    ['Europe/Berlin', '22:00', '06:00', '2026-11-24T04:59Z', true],
    ['Europe/Berlin', '22:00', '06:00', '2026-11-23T04:59Z', false],
    ['Europe/Berlin', '00:00', '24:00', '2026-11-22T23:00Z', true],
    ['Asia/Kolkata', '00:00', '00:00', '2026-11-22T18:30Z', true],
    ['Asia/Kolkata', '00:00', '00:00', '2026-11-23T18:30Z', false],
    ['America/New_York', '23:00', '01:00', '2026-11-24T05:30Z', true],
  ])('in %s from %s to %s: at %s %s', (zone, from, to, time, expected) => {
    expect(isWithin(schedule(zone, from, to), Date.parse(time))).toBe(expected);
  });

  it('goes by the clocks on the wall when these are changed', () => {
    // Berlin: 02:00 to 03:00 is left out on 2026-03-29, and comes twice on 2026-10-25, both Sundays.
    const night = schedule('Europe/Berlin', '01:30', '03:30', ['sun']);
    const minutesOf = (day: string) =>
      Array.from(
        { length: 24 * 60 },
        (_, i) => Date.parse(`${day}T00:00Z`) - HOUR + i * MINUTE,
      ).filter((at) => isWithin(night, at)).length;
    expect(minutesOf('2026-03-29')).toBe(60);
    expect(minutesOf('2026-10-25')).toBe(180);
    expect(minutesOf('2026-11-22')).toBe(120);
  });

  it('changes next when a walk through the minutes says so', () => {
    const random = new RandomFilters(11);
    const time = () =>
      `${String(random.below(24)).padStart(2, '0')}:${random.of(['00', '15', '59'])}`;
    for (let round = 0; round < 8; round++) {
      const zone = random.of(['Europe/Berlin', 'Asia/Kolkata', 'UTC', 'America/New_York']);
      const days = random.of([['mon'], ['sat', 'sun'], ['fri', 'mon', 'tue']]);
      const one = schedule(zone, time(), time(), days);
      const now = Date.parse('2026-10-19T00:00Z') + random.below(14 * 24 * 60) * MINUTE;
      const next = nextChange(one, now);
      let walked = now;
      while (isWithin(one, walked) === isWithin(one, now)) walked += MINUTE;
      expect(next).toBe(walked);
    }
  });

  it('that is always on never changes', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    expect(nextChange(schedule('UTC', '00:00', '24:00', days), 0)).toBeUndefined();
  });
});

it('knows zones by their names, and what clocks there show', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Etc/GMT+1', 'America/Port_of_Spain'];
  expect(zones.filter((name) => !isTimeZone(name))).toEqual([]);
  const others = ['Mars/Base', '', '+01:00', 'europe/berlin', 'EUROPE/BERLIN', 'Europe/berlin'];
  expect(others.filter(isTimeZone)).toEqual([]);
  const summer = Date.parse('2026-07-01T12:00Z');
  expect(localMilliseconds('Europe/Berlin', summer) - summer).toBe(2 * HOUR);
  expect(localMilliseconds('Asia/Kathmandu', summer) - summer).toBe(5.75 * HOUR);
});

it('numbers hours, days and months of a zone, each different from the one before', () => {
  const zone = 'Europe/Berlin';
  const at = (time: string) => Date.parse(time);
  const month = (time: string) => periodNumber('month', zone, at(time));
  expect(month('2026-10-31T22:59Z') + 1).toBe(month('2026-10-31T23:00Z'));
  expect(month('2026-12-31T23:00Z') - month('2026-12-31T22:59Z')).toBe(1);
  const day = (time: string) => periodNumber('day', zone, at(time));
  expect(day('2026-07-01T21:59Z') + 1).toBe(day('2026-07-01T22:00Z'));
  const hours = Array.from({ length: 30 }, (_, i) =>
    periodNumber('hour', zone, at('2026-10-25T00:00Z') - 3 * HOUR + i * HOUR),
  );
  expect(new Set(hours).size).toBe(30);
});
