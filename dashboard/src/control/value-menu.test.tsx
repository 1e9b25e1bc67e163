// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import type { Role } from '@weir/wire';
import { LocationProvider } from 'preact-iso';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { signedIn } from '../api/session';
import { knownPages } from '../view/known-pages';
import { REST } from '../view/rest';
import { useView } from '../view/view';
import { closeMenu, MenuHost } from './menu';
import { clear, draw, fireEvent, screen, waitFor } from './test-dom';
import { ToastHost } from './toast';
import { ValueButton, type ValueButtonProps } from './value-menu';

const FIRST = location.href;
beforeEach(() => {
  history.replaceState(undefined, '', '/explore?v=1&time=6h');
  knownPages.value = new Set(['explore', 'flows', 'hosts', 'rules', 'decisions']);
});
afterEach(() => {
  closeMenu();
  history.replaceState(undefined, '', FIRST);
});

/** What a menu leads to is seen from the view that is shown. */
function Frame({ value }: { readonly value: ValueButtonProps }) {
  useView();
  return <ValueButton {...value} />;
}

async function open(role: Role, value: ValueButtonProps): Promise<(string | null)[]> {
  clear();
  signedIn({ kind: 'user', name: 'olga', role, csrfToken: 'x' });
  draw(
    <LocationProvider>
      <Frame value={value} />
      <MenuHost />
      <ToastHost />
    </LocationProvider>,
  );
  fireEvent.click(screen.getByRole('button'));
  await screen.findByRole('menu');
  return screen.getAllByRole('menuitem').map(({ textContent }) => textContent);
}

const HOST = { dimension: 'host', value: '192.0.2.7' } as const;

it('offers operators to act on the traffic, and viewers to look at it', async () => {
  const looking = ['Filter in', 'Filter out', 'Open raw flows', "This host's story"];
  expect(await open('viewer', HOST)).toEqual(
    expect.arrayContaining([...looking, 'Why is it blocked?']),
  );
  expect(screen.queryByRole('menuitem', { name: 'Block or shape' })).toBeNull();
  closeMenu();
  expect(await open('operator', HOST)).toEqual(
    expect.arrayContaining([...looking, 'Block or shape', 'Make a rule', 'Why is it blocked?']),
  );
});

it('narrows the view, says how, and takes it back', async () => {
  await open('viewer', { dimension: 'applicationName', value: 'SSH' });
  fireEvent.click(screen.getByRole('menuitem', { name: 'Filter in' }));
  await waitFor(() => expect(location.search).toContain('filter=app+%3D+SSH'));
  screen.getByText('Filter: app = SSH');
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(location.search).not.toContain('filter'));
});

it('opens another page with the filter and the time', async () => {
  await open('viewer', { dimension: 'applicationName', value: 'SSH' });
  fireEvent.click(screen.getByRole('menuitem', { name: 'Open raw flows' }));
  await waitFor(() => expect(location.pathname).toBe('/flows'));
  const { searchParams } = new URL(location.href);
  expect([searchParams.get('filter'), searchParams.get('time')]).toEqual(['app = SSH', '6h']);
});

it('offers no filter for what is beyond a limit, and does not call all flows those', async () => {
  const items = await open('operator', { dimension: 'applicationName', value: REST });
  expect(items).toEqual(['Open all raw flows']);
  screen.getByRole('menu', { name: 'Everything else' });
});

it('an application that is called "other" is one as all others', async () => {
  await open('viewer', { dimension: 'applicationName', value: 'other' });
  screen.getByRole('menu', { name: 'other' });
  fireEvent.click(screen.getByRole('menuitem', { name: 'Filter out' }));
  await waitFor(() => expect(location.search).toContain('filter=not+app+%3D+other'));
});
