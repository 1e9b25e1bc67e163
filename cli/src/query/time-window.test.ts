// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { timeWindow } from './time-window.js';

const NOW = new Date(2026, 4, 5, 15, 30).getTime();
const at = (day: number, hour: number, minute = 0) =>
  new Date(2026, 4, day, hour, minute).getTime();

it.each<[string, number, number]>([
  ['last 6h', at(5, 9, 30), NOW],
  ['90m', at(5, 14), NOW],
  ['1w', NOW - 7 * 86_400_000, NOW],
  ['today', at(5, 0), NOW],
  ['yesterday', at(4, 0), at(5, 0)],
  ['2026-05-05T12:00/2026-05-05T13:00', at(5, 12), at(5, 13)],
  ['2026-05-05 12:00 to 2026-05-05 13:00', at(5, 12), at(5, 13)],
  ['2026-05-04..2026-05-05', at(4, 0), at(5, 0)],
  ['2026-05-05T12', at(5, 12), NOW],
  ['2026/05/05.12:00:00-2026/05/05.13:00:00', at(5, 12), at(5, 13)],
  ['2026/05/04', at(4, 0), NOW],
  ['2026-05-05T10:00Z/2026-05-05T11:00Z', Date.UTC(2026, 4, 5, 10), Date.UTC(2026, 4, 5, 11)],
])('reads %s', (text, from, to) => expect(timeWindow(text, NOW)).toEqual({ from, to }));

it.each(['soon', '', '6', '2026', '13:00', '2026-05-05T13:00/2026-05-05T12:00', '1h..2h'])(
  'refuses %j and says what there is',
  (text) => expect(() => timeWindow(text, NOW)).toThrow(/WEIR|window|begins/),
);
