// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { beforeEach, expect, it, vi } from 'vitest';
import { setPreferences } from '../view/preferences';
import { lengthMs, parseTime, type TimeRange } from '../view/time-range';
import type { View } from '../view/view';
import { act, draw, fireEvent, screen, waitFor } from './test-dom';
import { TimeControl } from './time-control';

const HOUR_MS = 3_600_000;
const FIXED = '2026-05-05T12:00:00.000Z..2026-05-05T18:00:00.000Z';

beforeEach(() => setPreferences({ zone: 'utc' }));

function show(text: string) {
  const changeTime = vi.fn<(time: TimeRange) => void>();
  const time = parseTime(text) as TimeRange;
  draw(<TimeControl view={{ time, changeTime } as unknown as View} />);
  return { time, changeTime, last: () => changeTime.mock.lastCall?.[0] as TimeRange };
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

/** A browser opens what a button's `popovertarget` names. */
async function open(): Promise<void> {
  const button = screen.getByTestId('time');
  act(() => document.getElementById(button.getAttribute('popovertarget') ?? '')?.showPopover());
  await screen.findByTestId('typed-time');
}

async function type(text: string): Promise<void> {
  const input = screen.getByTestId<HTMLInputElement>('typed-time');
  input.value = text;
  fireEvent.submit(input.form as HTMLFormElement);
}

it('says what the page is about, in the zone that was chosen', () => {
  show(FIXED);
  expect(screen.getByTestId('time').textContent).toMatch(/12:00.* – .*18:00/);
});

it('goes back and forth by half of the range, and its length stays', () => {
  const { time, changeTime } = show(FIXED);
  press('Earlier');
  press('Later');
  const from = (time as Extract<TimeRange, { kind: 'fixed' }>).from;
  expect(changeTime.mock.calls.map(([range]) => range)).toEqual([
    { kind: 'fixed', from: from - 3 * HOUR_MS, to: from + 3 * HOUR_MS },
    { kind: 'fixed', from: from + 3 * HOUR_MS, to: from + 9 * HOUR_MS },
  ]);
});

it('has nothing later than now, and twice as long a range still goes with the time', () => {
  const { last } = show('6h');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Later' }).disabled).toBe(true);
  press('Zoom out');
  expect(last()).toEqual({ kind: 'last', seconds: 12 * 3600 });
});

it('twice as long around the same middle where a range stays', () => {
  const { time, last } = show(FIXED);
  press('Zoom out');
  expect(lengthMs(last())).toBe(2 * lengthMs(time));
});

it('marks the choice that is shown, and takes another', async () => {
  const { last } = show('6h');
  await open();
  expect(screen.getByRole('button', { pressed: true }).textContent).toBe('Last 6 h');
  press('Last 24 h');
  expect(last()).toEqual({ kind: 'last', seconds: 86_400 });
});

it('takes what is typed, in the zone that was chosen', async () => {
  const { last } = show('6h');
  await open();
  await type('2026-05-05 12:00 to 18:00');
  await waitFor(() => expect(last()).toEqual(parseTime(FIXED)));
});

it('says so where it is not understood, and how to write it', async () => {
  const { changeTime } = show('6h');
  await open();
  await type('blue');
  expect((await screen.findByRole('alert')).textContent).toContain('Not understood');
  const input = screen.getByTestId('typed-time');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(input.getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
  expect(changeTime).not.toHaveBeenCalled();
});
