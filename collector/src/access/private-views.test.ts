// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@weir/wire';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ViewBook } from '../views/view-book.js';
import { Accounts } from './accounts.js';
import { AuditLog } from './audit-log.js';
import { followUsers } from './private-views.js';

const TEST = { kind: 'terminal', name: 'test', address: '' } as const;
let folder: string;
let book: ViewBook;
let audit: AuditLog;
let accounts: Accounts;
const newAccounts = () => new Accounts(folder, { audit, log: SILENT });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-views-'));
  audit = new AuditLog(folder);
  book = new ViewBook(folder);
  await book.start();
  accounts = newAccounts();
  await accounts.open();
  await addUser('Olga');
});
afterEach(() => {
  accounts.close();
  rmSync(folder, { recursive: true });
});

/** However busy the machine is. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000 });
const addUser = (name: string) => accounts.createUser(TEST, { name, role: 'viewer' });
const save = (name: string, view: string, isShared = false) =>
  book.create({ name, mayChange: 'own' }, { name: view, link: 'explore?v=1', isShared });
const views = (name: string) => book.seenBy({ name, mayChange: 'own' }).map((view) => view.name);
const deeds = async () => (await audit.read({ limit: 10 })).entries;

it('private views go with their user, shared ones stay, and the log has it', async () => {
  followUsers(book, { accounts, audit, log: SILENT });
  await save('Olga', 'Mine');
  await save('Olga', 'Uplink', true);
  await save('local', 'On this machine');
  await accounts.removeUser(TEST, 'olga');
  // Either may be written first.
  await eventually(async () =>
    expect((await deeds()).map(({ action }) => action).sort()).toEqual([
      ...['user.create', 'user.remove', 'view.delete'],
    ]),
  );
  expect([views('Olga'), views('local')]).toEqual([['Uplink'], ['On this machine', 'Uplink']]);
  const gone = (await deeds()).find(({ action }) => action === 'view.delete');
  expect(gone).toMatchObject({
    ...{ actor: { kind: 'collector' }, subject: 'Mine' },
    before: { owner: 'Olga', name: 'Mine' },
  });
});

it('who gets a name that somebody else had does not get the views, too', async () => {
  await accounts.removeUser(TEST, 'Olga');
  await save('Olga', 'Of the one before');
  followUsers(book, { accounts, audit, log: SILENT });
  await addUser('olga');
  await eventually(() => expect(views('Olga')).toEqual([]));
});

it('other changes of users leave all views alone', async () => {
  followUsers(book, { accounts, audit, log: SILENT });
  await save('Olga', 'Mine');
  await accounts.setRole(TEST, 'Olga', 'operator');
  await addUser('paul');
  // The book makes one change after the other: nothing may be under way any more.
  await save('paul', 'Other');
  expect(views('Olga')).toEqual(['Mine']);
});

it('says so where they could not be deleted', async () => {
  const log = vi.fn();
  followUsers(book, { accounts, audit, log });
  await save('Olga', 'Mine');
  vi.spyOn(book, 'removePrivate').mockRejectedValue(new Error('no room'));
  await accounts.removeUser(TEST, 'Olga');
  await eventually(() =>
    expect(log).toHaveBeenCalledWith('error', expect.any(String), { problem: 'no room' }),
  );
});
