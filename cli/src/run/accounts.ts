// SPDX-License-Identifier: Apache-2.0
// What `weir user` and `weir key` do.
import { accessSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import {
  AccountRefusal,
  Accounts,
  type Actor,
  AuditLog,
  type Invitation,
  PasswordHasher,
  refuseWeak,
  SignInRefusal,
} from '@weir/collector';
import { ApiKeyInput, Password, type Scope, type UserInput, UserName } from '@weir/wire';
import { Check } from 'typebox/value';
import type { CommandContext } from '../command/section-command.js';
import { CommandError } from '../errors.js';
import { logTo } from '../log.js';
import { askTwice } from '../secret-prompt.js';
import { textTable } from '../text-table.js';

/** Whoever may write into the data folder; the audit log has the name of the account here. */
function whoRuns(): Actor {
  return { kind: 'terminal', name: process.env.SUDO_USER ?? userInfo().username, address: '' };
}

/** A folder that is made by mistake would take the key, and no collector would ever know it. */
function refuseWithoutFolder(dataFolder: string): void {
  const folder = path.resolve(dataFolder);
  try {
    accessSync(folder);
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_NO_DATA_FOLDER',
      `${(error as Error).message}. Give --data (or --config) as the collector has it, and its user's rights.`,
    );
  }
}

/** Says what was done, and where: a key of another folder opens nothing. */
function tell({ config }: CommandContext, what: string): void {
  process.stderr.write(`weir: ${what}, in ${path.resolve(config.collector.dataFolder)}.\n`);
}

/** Runs `task` on the accounts of the folder. @throws CommandError for what is refused */
async function withAccounts<Result>(
  { config, check }: CommandContext,
  task: (accounts: Accounts, actor: Actor) => Promise<Result>,
): Promise<Result | undefined> {
  const { dataFolder } = config.collector;
  refuseWithoutFolder(dataFolder);
  const audit = new AuditLog(dataFolder);
  const accounts = new Accounts(dataFolder, { audit, log: logTo('collector') });
  await accounts.open();
  if (check) {
    process.stderr.write(`weir: the users and keys of ${dataFolder} can be read.\n`);
    return undefined;
  }
  try {
    return await task(accounts, whoRuns());
  } catch (error) {
    if (!(error instanceof AccountRefusal || error instanceof SignInRefusal)) throw error;
    throw new CommandError('WEIR_CLI_ACCOUNT_REFUSED', `${error.message}.`);
  }
}

function time(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}

export async function listUsers(context: CommandContext): Promise<void> {
  await withAccounts(context, async (accounts) => {
    const rows = accounts
      .users()
      .map(({ name, role, state, createdMilliseconds }) => [
        name,
        role,
        state,
        time(createdMilliseconds),
      ]);
    process.stdout.write(textTable(['name', 'role', 'state', 'made (UTC)'], rows));
  });
}

export async function addUser(context: CommandContext, user: UserInput): Promise<void> {
  refuseBadName(user.name);
  const made = await withAccounts(context, (accounts, actor) => accounts.createUser(actor, user));
  tellInvitation(context, made);
}

export async function inviteUser(context: CommandContext, name: string): Promise<void> {
  const made = await withAccounts(context, (accounts, actor) => accounts.invite(actor, name));
  tellInvitation(context, made);
}

export async function setPassword(context: CommandContext, name: string): Promise<void> {
  await withAccounts(context, async (accounts, actor) => {
    const user = accounts.user(name);
    if (user === undefined) throw new AccountRefusal('unknown', `there is no user "${name}"`);
    const password = await askTwice(`New password of ${user.name}: `);
    if (!Check(Password, password)) {
      throw new CommandError('WEIR_CLI_BAD_PASSWORD', 'a password has 10 to 256 characters.');
    }
    refuseWeak(user.name, password);
    await accounts.setPassword(actor, user, await new PasswordHasher().hash(password));
    tell(context, `${user.name} signs in with the new password from now on`);
  });
}

export async function setRole(context: CommandContext, { name, role }: UserInput): Promise<void> {
  await withAccounts(context, async (accounts, actor) => {
    await accounts.setRole(actor, name, role);
    tell(context, `${name} is ${role} from now on`);
  });
}

export async function removeUser(context: CommandContext, name: string): Promise<void> {
  await withAccounts(context, async (accounts, actor) => {
    await accounts.removeUser(actor, name);
    tell(context, `${name} is no user any more`);
  });
}

export async function listKeys(context: CommandContext): Promise<void> {
  await withAccounts(context, async (accounts) => {
    const rows = accounts
      .keys()
      .map(({ id, name, scopes, certificateName = '', expiresMilliseconds }) => [
        ...[id, name, scopes.join(','), certificateName, time(expiresMilliseconds)],
      ]);
    process.stdout.write(textTable(['id', 'name', 'scopes', 'certificate', 'ends (UTC)'], rows));
  });
}

export async function addKey(context: CommandContext): Promise<void> {
  const { scope, expires, certificate } = context.options as {
    readonly scope: Scope[];
    readonly expires?: number;
    readonly certificate?: string;
  };
  const key = {
    ...{ name: context.arguments[0] ?? '', scopes: scope },
    ...(expires !== undefined && { expiresMilliseconds: Date.now() + expires }),
    ...(certificate !== undefined && { certificateName: certificate }),
  };
  if (!Check(ApiKeyInput, key)) {
    throw new CommandError('WEIR_CLI_BAD_KEY', 'a key has a name of 1 to 64 characters.');
  }
  const made = await withAccounts(context, (accounts, actor) => accounts.createKey(actor, key));
  if (made === undefined) return;
  tell(context, `key ${made.key.id} is made`);
  process.stderr.write('weir: this is the only time that it is shown:\n');
  process.stdout.write(`${made.secret}\n`);
}

export async function removeKey(context: CommandContext, id: string): Promise<void> {
  await withAccounts(context, async (accounts, actor) => {
    await accounts.removeKey(actor, id);
    tell(context, `key ${id} opens nothing any more`);
  });
}

function refuseBadName(name: string): void {
  if (Check(UserName, name)) return;
  throw new CommandError(
    'WEIR_CLI_BAD_USER_NAME',
    `"${name}" cannot be a name: begin with a letter, then letters, digits and . _ @ - up to 64.`,
  );
}

/** Standard output has the invitation alone, so that a script may send it on. */
function tellInvitation(context: CommandContext, made: Invitation | undefined): void {
  if (made === undefined) return;
  const { user, invitation, expiresMilliseconds } = made;
  tell(context, `${user.name} is invited`);
  process.stderr.write(
    `weir: ${user.name} chooses a password at the dashboard's address with this behind it, once, until ${time(expiresMilliseconds)} UTC:\n`,
  );
  process.stdout.write(`#invitation=${invitation}\n`);
}
