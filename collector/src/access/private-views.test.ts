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
  vi.useRealTimers();
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
  await followUsers(book, { accounts, audit, log: SILENT });
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

/** Another collector on the same folder, later. */
async function startAgain(): Promise<void> {
  accounts.close();
  accounts = newAccounts();
  await accounts.open();
  await followUsers(book, { accounts, audit, log: SILENT });
}

it('views of who went while the collector was stopped go when it starts, with an audit entry each', async () => {
  await addUser('paul');
  for (const name of ['Olga', 'paul', 'local']) await save(name, `of ${name}`);
  await save('Olga', 'Uplink', true);
  await accounts.removeUser(TEST, 'Olga');
  await startAgain();
  expect([views('Olga'), views('paul'), views('local')]).toEqual([
    ['Uplink'],
    ['of paul', 'Uplink'],
    ['of local', 'Uplink'],
  ]);
  const gone = (await deeds()).filter(({ action }) => action === 'view.delete');
  expect(gone.map(({ subject }) => subject)).toEqual(['of Olga']);
});

it('also where somebody else has the name by then', async () => {
  await save('Olga', 'Of the one before');
  await accounts.removeUser(TEST, 'Olga');
  vi.setSystemTime(Date.now() + 1000);
  await addUser('olga');
  await save('olga', 'Mine');
  await startAgain();
  expect(views('olga')).toEqual(['Mine']);
});

it('and all stay where there is no user at all: the file of users may have been lost', async () => {
  await save('Olga', 'Mine');
  await accounts.removeUser(TEST, 'Olga');
  await startAgain();
  expect(views('Olga')).toEqual(['Mine']);
});

it('who gets a name that somebody else had does not get the views, too', async () => {
  await accounts.removeUser(TEST, 'Olga');
  await save('Olga', 'Of the one before');
  await followUsers(book, { accounts, audit, log: SILENT });
  await addUser('olga');
  await eventually(() => expect(views('Olga')).toEqual([]));
});

it('other changes of users leave all views alone', async () => {
  await followUsers(book, { accounts, audit, log: SILENT });
  await save('Olga', 'Mine');
  await accounts.setRole(TEST, 'Olga', 'operator');
  await addUser('paul');
  // The book makes one change after the other: nothing may be under way any more.
  await save('paul', 'Other');
  expect(views('Olga')).toEqual(['Mine']);
});

it('says so where they could not be deleted', async () => {
  const log = vi.fn();
  await followUsers(book, { accounts, audit, log });
  await save('Olga', 'Mine');
  vi.spyOn(book, 'removePrivate').mockRejectedValue(new Error('no room'));
  await accounts.removeUser(TEST, 'Olga');
  await eventually(() =>
    expect(log).toHaveBeenCalledWith('error', expect.any(String), { problem: 'no room' }),
  );
});
