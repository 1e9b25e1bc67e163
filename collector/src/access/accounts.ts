// SPDX-License-Identifier: Apache-2.0
// Users and keys as the running collector knows them. Every change goes to the file and to the audit log.
import type { ApiKey, ApiKeyInput, Logger, Role, User, UserInput } from '@weir/wire';
import { messageOf } from '../errors.js';
import { AccessFile, type AccessState, type StoredKey, type StoredUser } from './access-file.js';
import type { Actor, AuditLog } from './audit-log.js';
import type { StoredPassword } from './password.js';
import { digestOf, hasDigest, keyText, newId, newSecret, parseKeyText } from './secret.js';

/** What a change of users or keys is refused for. */
export type RefusalReason = 'exists' | 'unknown' | 'last-administrator' | 'too-many' | 'changed';

/** A caller's mistake; nothing was changed. */
export class AccountRefusal extends Error {
  override readonly name = 'AccountRefusal';

  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}

export interface Invitation {
  readonly user: User;
  /** Told once; only its digest is kept. */
  readonly invitation: string;
  readonly expiresMilliseconds: number;
}

const INVITATION_MS = 24 * 3_600_000;
const FIRST_ADMINISTRATOR = 'admin';
const MOST_ACCOUNTS = 1000;
/** How soon a change by the command line is seen. */
const LOOK_EVERY_MS = 1000;

const COLLECTOR: Actor = { kind: 'collector', name: 'collector', address: '' };

export class Accounts {
  readonly #file: AccessFile;
  readonly #audit: AuditLog;
  readonly #log: Logger;
  readonly #listeners = new Set<() => void>();
  #state: AccessState = { users: [], keys: [] };
  #fingerprint = '';
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(dataFolder: string, { audit, log }: { audit: AuditLog; log: Logger }) {
    this.#file = new AccessFile(dataFolder);
    this.#audit = audit;
    this.#log = log;
  }

  /** Why the file as it is now is not used; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reads the file; without one there is nobody yet. @throws CollectorError WEIR_COLLECTOR_ACCESS */
  async open(): Promise<void> {
    this.#fingerprint = await this.#file.fingerprint();
    const state = await this.#file.load();
    this.#take(state ?? { users: [], keys: [] });
  }

  /** Follows changes that others make to the file, until `close`. */
  watch(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  /** Calls back after each change, whoever made it. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  users(): User[] {
    return this.#state.users.map(userView);
  }

  keys(): ApiKey[] {
    return this.#state.keys.map(keyView);
  }

  /** Whatever the case of the name's letters. */
  user(name: string): StoredUser | undefined {
    return this.#state.users.find((user) => isCalled(user, name));
  }

  /** The key with this text that has not expired. */
  keyOf(text: string): StoredKey | undefined {
    const parts = parseKeyText(text);
    const key = this.#state.keys.find(({ id }) => id === parts?.id);
    if (key === undefined || parts === undefined || !hasDigest(parts.secret, key.digest)) {
      return undefined;
    }
    return isOver(key) ? undefined : key;
  }

  keyOfCertificate(names: readonly string[]): StoredKey | undefined {
    return this.#state.keys.find(
      (key) =>
        key.certificateName !== undefined && names.includes(key.certificateName) && !isOver(key),
    );
  }

  /** Whether the key may still be used. */
  hasKey(id: string): boolean {
    const key = this.#state.keys.find((one) => one.id === id);
    return key !== undefined && !isOver(key);
  }

  /** Who was invited by this and has not come yet. */
  invited(invitation: string): StoredUser | undefined {
    return this.#state.users.find(
      (user) =>
        user.invitation !== undefined &&
        hasDigest(invitation, user.invitation.digest) &&
        user.invitation.expiresMilliseconds > Date.now(),
    );
  }

  /**
   * A way in for the first administrator while nobody has one; undefined: somebody has.
   * @throws CollectorError as `createUser`
   */
  async wayIn(): Promise<Invitation | undefined> {
    const administrators = this.#state.users.filter(({ role }) => role === 'administrator');
    if (administrators.some(({ password }) => password !== undefined)) return undefined;
    const [waiting] = administrators;
    if (waiting === undefined) {
      const name = this.user(FIRST_ADMINISTRATOR)
        ? `${FIRST_ADMINISTRATOR}-${newId()}`
        : FIRST_ADMINISTRATOR;
      return this.createUser(COLLECTOR, { name, role: 'administrator' });
    }
    return this.invite(COLLECTOR, waiting.name);
  }

  /** @throws AccountRefusal exists, too-many; CollectorError when it cannot be kept */
  async createUser(actor: Actor, { name, role }: UserInput): Promise<Invitation> {
    const { invitation, stored } = newInvitation();
    const user: StoredUser = {
      ...{ name, role, createdMilliseconds: Date.now() },
      ...{ credential: newId(), invitation: stored },
    };
    await this.#change(({ users, keys }) => {
      if (users.some((one) => isCalled(one, name))) {
        throw new AccountRefusal('exists', `there is a user "${name}" already`);
      }
      refuseTooMany(users);
      return { users: [...users, user], keys };
    });
    const after = userView(user);
    await this.#audit.append(actor, { action: 'user.create', subject: name, after });
    return { user: after, invitation, expiresMilliseconds: stored.expiresMilliseconds };
  }

  /** A new way in; password and sessions of before are over. @throws AccountRefusal unknown */
  async invite(actor: Actor, name: string): Promise<Invitation> {
    const { invitation, stored } = newInvitation();
    const { before, after } = await this.#changeUser(name, ({ password: _, ...user }) => ({
      ...{ ...user, credential: newId(), invitation: stored },
    }));
    const subject = after.name;
    await this.#audit.append(actor, { action: 'user.invite', subject, before, after });
    return { user: after, invitation, expiresMilliseconds: stored.expiresMilliseconds };
  }

  /**
   * Ends all sessions of the user and uses an open invitation up.
   * @throws AccountRefusal unknown, changed (since `user` was looked up)
   */
  async setPassword(actor: Actor, user: StoredUser, password: StoredPassword): Promise<StoredUser> {
    const { name: subject } = user;
    await this.#changeUser(subject, ({ invitation: _, ...found }) => {
      if (found.credential !== user.credential) {
        throw new AccountRefusal('changed', 'somebody else has just set this password');
      }
      return { ...found, credential: newId(), password };
    });
    await this.#audit.append(actor, { action: 'user.password', subject });
    return this.user(subject) as StoredUser;
  }

  /** @throws AccountRefusal unknown, last-administrator */
  async setRole(actor: Actor, name: string, role: Role): Promise<User> {
    const { before, after } = await this.#changeUser(name, (user) => ({ ...user, role }));
    await this.#audit.append(actor, { action: 'user.role', subject: after.name, before, after });
    return after;
  }

  /** @throws AccountRefusal unknown, last-administrator */
  async removeUser(actor: Actor, name: string): Promise<void> {
    const before = await this.#change(({ users, keys }) => {
      const found = known(users, name);
      const rest = users.filter((user) => user !== found);
      refuseWithoutAdministrator(users, rest);
      return { users: rest, keys, result: userView(found) };
    });
    await this.#audit.append(actor, { action: 'user.remove', subject: before.name, before });
  }

  /** @throws AccountRefusal too-many, exists (another key has the certificate's name) */
  async createKey(actor: Actor, input: ApiKeyInput): Promise<{ key: ApiKey; secret: string }> {
    const secret = newSecret();
    const id = newId();
    const key = { id, ...input, createdMilliseconds: Date.now(), digest: digestOf(secret) };
    await this.#change(({ users, keys }) => {
      const { certificateName: wanted } = input;
      if (wanted !== undefined && keys.some(({ certificateName }) => certificateName === wanted)) {
        throw new AccountRefusal('exists', `another key stands for the certificate "${wanted}"`);
      }
      refuseTooMany(keys);
      return { users, keys: [...keys, key] };
    });
    const after = keyView(key);
    await this.#audit.append(actor, { action: 'key.create', subject: id, after });
    return { key: after, secret: keyText(id, secret) };
  }

  /** @throws AccountRefusal unknown */
  async removeKey(actor: Actor, id: string): Promise<void> {
    const before = await this.#change(({ users, keys }) => {
      const found = keys.find((key) => key.id === id);
      if (found === undefined) throw new AccountRefusal('unknown', `there is no key "${id}"`);
      return { users, keys: keys.filter((key) => key !== found), result: keyView(found) };
    });
    await this.#audit.append(actor, { action: 'key.remove', subject: id, before });
  }

  async #changeUser(name: string, edit: (user: StoredUser) => StoredUser) {
    return this.#change(({ users, keys }) => {
      const found = known(users, name);
      const edited = edit(found);
      const changed = users.map((user) => (user === found ? edited : user));
      refuseWithoutAdministrator(users, changed);
      const result = { before: userView(found), after: userView(edited) };
      return { users: changed, keys, result };
    });
  }

  /** One change after the other; a change that is not in the audit log yet holds the next up. */
  #change<Result = void>(
    edit: (state: AccessState) => AccessState & { readonly result?: Result },
  ): Promise<Result> {
    const changed = this.#changing.then(async () => {
      await this.#audit.settle();
      const { state, result } = await this.#file.change((before) => {
        const { result, ...state } = edit(before);
        return { state, result: result as Result };
      });
      this.#fingerprint = await this.#file.fingerprint();
      this.#take(state);
      return result;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  #take(state: AccessState): void {
    this.#state = state;
    this.#problem = undefined;
    for (const listener of this.#listeners) listener();
  }

  /** What cannot be read leaves everything as it was: no door opens, and no one is locked out. */
  async #look(): Promise<void> {
    const fingerprint = await this.#file.fingerprint();
    const before = this.#problem;
    if (fingerprint === this.#fingerprint && before === undefined) return;
    try {
      const state = await this.#file.load();
      if (state !== undefined) {
        // Not before: what could not be read is tried again, or a key that was removed would go on counting.
        this.#fingerprint = fingerprint;
        return this.#take(state);
      }
      this.#problem = `${this.#file.path} is gone; the users and keys of before count until the collector is restarted`;
    } catch (error) {
      this.#problem = messageOf(error);
    }
    if (this.#problem === before) return;
    this.#log('error', 'users and keys were changed, but cannot be read', {
      problem: this.#problem,
    });
  }
}

function newInvitation() {
  const invitation = newSecret();
  const expiresMilliseconds = Date.now() + INVITATION_MS;
  return { invitation, stored: { digest: digestOf(invitation), expiresMilliseconds } };
}

function isCalled({ name }: StoredUser, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

function isOver({ expiresMilliseconds = Number.POSITIVE_INFINITY }: StoredKey): boolean {
  return expiresMilliseconds <= Date.now();
}

function known(users: readonly StoredUser[], name: string): StoredUser {
  const found = users.find((user) => isCalled(user, name));
  if (found === undefined) throw new AccountRefusal('unknown', `there is no user "${name}"`);
  return found;
}

function refuseTooMany(list: readonly unknown[]): void {
  if (list.length < MOST_ACCOUNTS) return;
  throw new AccountRefusal('too-many', `there are ${MOST_ACCOUNTS} already; remove one first`);
}

function refuseWithoutAdministrator(
  before: readonly StoredUser[],
  after: readonly StoredUser[],
): void {
  const isAdministrator = ({ role }: StoredUser) => role === 'administrator';
  if (after.some(isAdministrator) || !before.some(isAdministrator)) return;
  throw new AccountRefusal(
    'last-administrator',
    'this is the last administrator; make another one first',
  );
}

/** Without anything secret. */
function userView({ name, role, createdMilliseconds, password, invitation }: StoredUser): User {
  const isInvited = invitation !== undefined && invitation.expiresMilliseconds > Date.now();
  const state = password !== undefined ? 'active' : isInvited ? 'invited' : 'locked';
  return { name, role, createdMilliseconds, state };
}

/** Without anything secret. */
function keyView({ digest: _, ...key }: StoredKey): ApiKey {
  return key;
}
