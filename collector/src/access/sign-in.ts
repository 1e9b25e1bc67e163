// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredUser } from './access-file.js';
import type { Accounts } from './accounts.js';
import type { Actor } from './audit-log.js';
import { HasherBusyError, type PasswordHasher } from './password.js';
import { SignInLimits } from './sign-in-limits.js';

export type SignInRefusalReason = 'wrong' | 'wait' | 'busy' | 'bad-invitation' | 'weak-password';

/** Nobody was let in. */
export class SignInRefusal extends Error {
  override readonly name = 'SignInRefusal';

  constructor(
    readonly reason: SignInRefusalReason,
    message: string,
    /** When to try again, in seconds. */
    readonly retrySeconds?: number,
  ) {
    super(message);
  }
}

const MOST_DELAYED = 200;

/** From a name and a password, or an invitation, to a user. */
export class SignIn {
  readonly #accounts: Accounts;
  readonly #hasher: PasswordHasher;
  readonly #limits = new SignInLimits();
  #delayed = 0;

  constructor(accounts: Accounts, hasher: PasswordHasher) {
    this.#accounts = accounts;
    this.#hasher = hasher;
  }

  /** @throws SignInRefusal */
  async withPassword(name: string, password: string, address: string): Promise<StoredUser> {
    const waitSeconds = Math.ceil(this.#limits.waitMs(name, address) / 1000);
    if (waitSeconds > 0) {
      throw new SignInRefusal(
        'wait',
        `too many wrong passwords from this address; try again in ${waitSeconds} s`,
        waitSeconds,
      );
    }
    this.#limits.begin(name, address);
    await this.#delay(this.#limits.delayMs(name));
    const { password: stored, credential } = this.#accounts.user(name) ?? {};
    const isRight = await this.#hasher.isRight(password, stored).catch(refuseBusy);
    // The password may have been changed while the old one was checked.
    const user = this.#accounts.user(name);
    if (!isRight || user === undefined || user.credential !== credential) {
      throw new SignInRefusal('wrong', 'name or password is wrong');
    }
    this.#limits.succeeded(name, address);
    return user;
  }

  /** Uses the invitation up. @throws SignInRefusal, AccountRefusal, CollectorError */
  async withInvitation(invitation: string, password: string, address: string): Promise<StoredUser> {
    const invited = this.#accounts.invited(invitation);
    if (invited === undefined) {
      throw new SignInRefusal(
        'bad-invitation',
        'this invitation was used, is too old or never was; ask for another (weir user invite NAME)',
      );
    }
    return this.setPassword({ kind: 'user', name: invited.name, address }, invited, password);
  }

  /** Sets the password of a user as it was looked up. @throws SignInRefusal, AccountRefusal */
  async setPassword(actor: Actor, user: StoredUser, password: string): Promise<StoredUser> {
    refuseWeak(user.name, password);
    const stored = await this.#hasher.hash(password).catch(refuseBusy);
    return this.#accounts.setPassword(actor, user, stored);
  }

  async #delay(ms: number): Promise<void> {
    if (ms === 0) return;
    if (this.#delayed >= MOST_DELAYED) refuseBusy(new HasherBusyError());
    this.#delayed++;
    await sleep(ms).finally(() => this.#delayed--);
  }
}

/** @throws SignInRefusal weak-password */
export function refuseWeak(name: string, password: string): void {
  const lower = password.toLowerCase();
  if (!lower.includes(name.toLowerCase()) || password.length >= name.length + 10) return;
  throw new SignInRefusal('weak-password', 'the password must not be little more than the name');
}

function refuseBusy(error: unknown): never {
  if (!(error instanceof HasherBusyError)) throw error;
  throw new SignInRefusal('busy', 'too many people sign in at the moment; try again', 2);
}
