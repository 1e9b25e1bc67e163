// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessFile } from './access-file.js';
import { Accounts } from './accounts.js';
import { AuditLog } from './audit-log.js';
import { PasswordHasher } from './password.js';
import { keyText, parseKeyText } from './secret.js';

const TEST = { kind: 'terminal', name: 'test', address: '' } as const;
let folder = '';
let accounts: Accounts;
const path = () => join(folder, 'access', 'access.json');

function newAccounts(): Accounts {
  return new Accounts(folder, { audit: new AuditLog(folder), log: SILENT });
}

/** Waits until the file was looked at again. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-accounts-'));
  accounts = newAccounts();
  await accounts.open();
});
afterEach(() => {
  accounts.close();
  rmSync(folder, { recursive: true });
});

describe('the first administrator', () => {
  it('gets a way in at each start until it is used, never in clear on disk', async () => {
    const first = await accounts.wayIn();
    const second = await accounts.wayIn();
    expect(first?.user).toMatchObject({ name: 'admin', role: 'administrator', state: 'invited' });
    expect(accounts.invited(first?.invitation ?? '')).toBeUndefined();
    const user = accounts.invited(second?.invitation ?? '');
    expect(readFileSync(path(), 'utf8')).not.toContain(second?.invitation);
    if (user === undefined) throw new Error('no invitation');
    await accounts.setPassword(TEST, user, await new PasswordHasher(1024).hash('x'));
    expect(await accounts.wayIn()).toBeUndefined();
    expect(accounts.users()).toHaveLength(1);
  });

  it('is the last to go', async () => {
    await accounts.wayIn();
    const last = expect.objectContaining({ reason: 'last-administrator' });
    await expect(accounts.removeUser(TEST, 'ADMIN')).rejects.toEqual(last);
    await expect(accounts.setRole(TEST, 'admin', 'viewer')).rejects.toEqual(last);
    await accounts.createUser(TEST, { name: 'other', role: 'administrator' });
    await accounts.removeUser(TEST, 'admin');
    expect(accounts.users().map(({ name }) => name)).toEqual(['other']);
  });
});

describe('the file', () => {
  it('is taken up when another process changes it', async () => {
    accounts.watch();
    const other = newAccounts();
    await other.open();
    const { key } = await other.createKey(TEST, { name: 'gw', scopes: ['gateway'] });
    await eventually(() => accounts.hasKey(key.id));
    await other.removeKey(TEST, key.id);
    await eventually(() => !accounts.hasKey(key.id));
  });

  it('loses no change of two who write at the same time', async () => {
    const writers = [accounts, newAccounts(), newAccounts()];
    await Promise.all(
      writers.flatMap((writer, number) =>
        Array.from({ length: 5 }, (_, index) =>
          writer.createUser(TEST, { name: `u${number}-${index}`, role: 'viewer' }),
        ),
      ),
    );
    const reader = newAccounts();
    await reader.open();
    expect(reader.users()).toHaveLength(15);
  });

  it.each([
    '',
    '{',
    '{}',
    '{"version":2,"users":[],"keys":[]}',
    '{"version":1,"users":[{}],"keys":[]}',
  ])('with %j in it is refused at the start, with the way out', async (text) => {
    mkdirSync(join(folder, 'access'));
    writeFileSync(path(), text);
    const refused = newAccounts().open();
    await expect(refused).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_ACCESS' });
    await expect(refused).rejects.toThrow('move it away');
  });

  it('that breaks while the collector runs opens no door and closes none', async () => {
    const { secret } = await accounts.createKey(TEST, { name: 'gw', scopes: ['gateway'] });
    accounts.watch();
    writeFileSync(path(), 'broken');
    await eventually(() => accounts.problem !== undefined);
    expect(accounts.keyOf(secret)?.name).toBe('gw');
    rmSync(path());
    await eventually(() => accounts.problem?.includes('is gone') === true);
    expect(accounts.keyOf(secret)?.name).toBe('gw');
  });

  it('that could not be read once is read again, and a key that was removed is over', async () => {
    const { key } = await accounts.createKey(TEST, { name: 'gw', scopes: ['gateway'] });
    const other = newAccounts();
    await other.open();
    await other.removeKey(TEST, key.id);
    const load = vi.spyOn(AccessFile.prototype, 'load').mockRejectedValueOnce(new Error('EMFILE'));
    accounts.watch();
    await eventually(() => !accounts.hasKey(key.id));
    expect(load).toHaveBeenCalledTimes(2);
    expect(accounts.problem).toBeUndefined();
    load.mockRestore();
  });

  it('is taken up again when it comes back as it was', async () => {
    await accounts.wayIn();
    accounts.watch();
    renameSync(path(), `${path()}.away`);
    await eventually(() => accounts.problem !== undefined);
    renameSync(`${path()}.away`, path());
    await eventually(() => accounts.problem === undefined);
  });

  it('is closed to others again when it was open', async () => {
    await accounts.wayIn();
    chmodSync(path(), 0o644);
    await newAccounts().open();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('is not held up by the lock of a process that is no more', async () => {
    mkdirSync(join(folder, 'access'));
    writeFileSync(`${path()}.lock`, '4194304');
    await accounts.wayIn();
    expect(accounts.users()).toHaveLength(1);
  });
});

describe('a key', () => {
  it('is good with its own secret only, and until it ends', async () => {
    const { key, secret } = await accounts.createKey(TEST, { name: 'a', scopes: ['read'] });
    const other = await accounts.createKey(TEST, {
      ...{ name: 'b', expiresMilliseconds: Date.now() - 1 },
      scopes: ['read'],
    });
    expect(accounts.keyOf(secret)?.id).toBe(key.id);
    expect(accounts.keyOf(other.secret)).toBeUndefined();
    const mixed = keyText(key.id, parseKeyText(other.secret)?.secret ?? '');
    for (const wrong of [mixed, '', secret.slice(0, -1), `${secret}x`, secret.toUpperCase()]) {
      expect(accounts.keyOf(wrong)).toBeUndefined();
    }
    expect(readFileSync(path(), 'utf8')).not.toContain(parseKeyText(secret)?.secret);
  });

  it('shares its certificate with no other', async () => {
    const input = { name: 'a', scopes: ['gateway' as const], certificateName: 'gw.example' };
    await accounts.createKey(TEST, input);
    await expect(accounts.createKey(TEST, input)).rejects.toMatchObject({ reason: 'exists' });
  });
});
