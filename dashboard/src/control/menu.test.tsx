// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeMenu, MenuHost, openMenu } from './menu';
import { draw, fireEvent, screen, waitFor } from './test-dom';

const chosen = vi.fn();
let opener: HTMLElement;

beforeEach(() => {
  chosen.mockClear();
  draw(
    <>
      <button type="button">Opener</button>
      <MenuHost />
    </>,
  );
  opener = screen.getByRole('button', { name: 'Opener' });
  opener.focus();
});
afterEach(closeMenu);

const item = (label: string) => ({ label, onSelect: () => chosen(label) });

async function open(): Promise<void> {
  openMenu({
    title: '<b>SSH</b>',
    place: opener,
    groups: [
      [item('Filter in'), item('Filter out')],
      [item('Explore'), { ...item('viewer'), checked: true }],
    ],
  });
  await screen.findByRole('menu');
}

const focused = () => document.activeElement?.textContent;
const press = (key: string) => fireEvent.keyDown(document.activeElement as Element, { key });

it('takes the focus, and the keys go through it as menus do', async () => {
  await open();
  expect(focused()).toBe('Filter in');
  const keys = ['ArrowUp', 'ArrowDown', 'ArrowDown', 'End', 'Home', 'e', 'f'];
  const reached = keys.map((key) => {
    press(key);
    return focused();
  });
  expect(reached).toEqual([
    ...['viewer', 'Filter in', 'Filter out', 'viewer', 'Filter in', 'Explore', 'Filter in'],
  ]);
});

it('does what is chosen once, closes, and gives the focus back', async () => {
  await open();
  fireEvent.click(screen.getByRole('menuitem', { name: 'Filter out' }));
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(chosen.mock.calls).toEqual([['Filter out']]);
  expect(document.activeElement).toBe(opener);
});

it('closes by Tab and by the browser’s own ways, and does nothing', async () => {
  await open();
  press('Tab');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  await open();
  (screen.getByRole('menu').parentElement as HTMLElement).hidePopover();
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(chosen).not.toHaveBeenCalled();
});

it('tells what is chosen now, and takes names for text', async () => {
  await open();
  const radio = screen.getByRole('menuitemradio', { name: 'viewer' });
  expect(radio.getAttribute('aria-checked')).toBe('true');
  expect(screen.getByText('<b>SSH</b>').tagName).toBe('P');
});
