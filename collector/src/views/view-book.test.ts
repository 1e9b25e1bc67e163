// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ViewBook, type Viewer } from './view-book.js';

let folder: string;
let book: ViewBook;
const olga: Viewer = { name: 'olga', mayChange: 'own' };
const paul: Viewer = { name: 'paul', mayChange: 'own' };
const admin: Viewer = { name: 'admin', mayChange: 'all' };
const input = (name: string, isShared = false) => ({ name, link: 'explore?v=1', isShared });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-views-'));
  book = new ViewBook(folder);
  await book.start();
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (viewer: Viewer): string[] => book.seenBy(viewer).map(({ name }) => name);

it('shows people their own views and those that are shared', async () => {
  await book.create(olga, input('Uplink', true));
  await book.create(olga, input('Mine'));
  await book.create(paul, input('Other'));
  expect([names(olga), names(paul)]).toEqual([
    ['Mine', 'Uplink'],
    ['Other', 'Uplink'],
  ]);
});

it('has the same views after a restart', async () => {
  const made = await book.create(olga, input('Uplink'));
  const again = new ViewBook(folder);
  await again.start();
  expect(again.seenBy(olga)).toEqual([made]);
});

it('keeps all changes that are made at once', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => book.create(olga, input(`view ${i}`))));
  const again = new ViewBook(folder);
  await again.start();
  expect(again.seenBy(olga)).toHaveLength(20);
});

it('lets only the owner and administrators change a view, and tells others nothing of private ones', async () => {
  const { id } = await book.create(olga, input('Uplink', true));
  const hidden = await book.create(olga, input('Mine'));
  await expect(book.replace(paul, id, input('Stolen'))).rejects.toMatchObject({
    reason: 'not-yours',
  });
  await expect(book.remove(paul, hidden.id)).rejects.toMatchObject({ reason: 'unknown' });
  const { before, after } = await book.replace(admin, id, input('Better', true));
  expect([before.name, after.name, after.owner]).toEqual(['Uplink', 'Better', 'olga']);
  await book.remove(olga, id);
  expect(names(paul)).toEqual([]);
});

it('has a name once for each owner', async () => {
  await book.create(olga, input('Uplink'));
  await expect(book.create(olga, input('UPLINK'))).rejects.toMatchObject({ reason: 'exists' });
  await book.create(paul, input('Uplink'));
});

it('counts a change that could not be kept as none', async () => {
  rmSync(folder, { recursive: true });
  await expect(book.create(olga, input('Uplink'))).rejects.toMatchObject({
    code: 'WEIR_COLLECTOR_VIEWS_NOT_KEPT',
  });
  expect(names(olga)).toEqual([]);
  mkdirSync(folder);
});

it('refuses to start with a file that it did not write', async () => {
  writeFileSync(join(folder, 'views.json'), '{"version": 2}');
  await expect(new ViewBook(folder).start()).rejects.toMatchObject({
    code: 'WEIR_COLLECTOR_VIEWS',
  });
});
