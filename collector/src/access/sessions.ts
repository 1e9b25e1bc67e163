// SPDX-License-Identifier: Apache-2.0
// Who has signed in. Sessions live in memory: a restart ends them.
import type { StoredUser } from './access-file.js';
import type { Accounts } from './accounts.js';
import { digestOf, hasDigest, newSecret } from './secret.js';

export interface Session {
  /** Digest of the token that the browser holds. */
  readonly id: string;
  readonly name: string;
  /** The user's, when the session began: it ends with the password. */
  readonly credential: string;
  readonly csrfDigest: string;
  readonly csrfToken: string;
  readonly expiresMilliseconds: number;
  usedMilliseconds: number;
}

export interface SessionLimits {
  /** An unused session ends after so long. */
  readonly idleMs: number;
  /** A session ends after so long even if it is used. */
  readonly lifeMs: number;
}

/** Of one user; the one that was used longest ago gives way. */
const MOST_SESSIONS = 20;

export class Sessions {
  readonly #accounts: Accounts;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<() => void>();

  constructor(accounts: Accounts, limits: SessionLimits) {
    this.#accounts = accounts;
    this.#limits = limits;
  }

  /** Calls back after sessions were ended by `end`. */
  onEnd(listener: () => void): void {
    this.#listeners.add(listener);
  }

  begin({ name, credential }: StoredUser): { readonly session: Session; readonly token: string } {
    this.#makeRoom(name);
    const token = newSecret();
    const csrfToken = newSecret();
    const now = Date.now();
    const session: Session = {
      ...{ id: digestOf(token), name, credential },
      ...{ csrfToken, csrfDigest: digestOf(csrfToken) },
      ...{ expiresMilliseconds: now + this.#limits.lifeMs, usedMilliseconds: now },
    };
    this.#sessions.set(session.id, session);
    return { session, token };
  }

  /** The living session of a token; counts as its use. */
  use(token: string): Session | undefined {
    const session = this.#sessions.get(digestOf(token));
    if (session === undefined || !this.isAlive(session)) return undefined;
    session.usedMilliseconds = Date.now();
    return session;
  }

  isAlive(session: Session): boolean {
    const { id, name, credential, expiresMilliseconds, usedMilliseconds } = session;
    const now = Date.now();
    const isOver = now >= expiresMilliseconds || now >= usedMilliseconds + this.#limits.idleMs;
    const isSame = this.#accounts.user(name)?.credential === credential;
    if (!isOver && isSame) return this.#sessions.has(id);
    this.#sessions.delete(id);
    return false;
  }

  end({ id }: Session): void {
    this.#sessions.delete(id);
    for (const listener of this.#listeners) listener();
  }

  #makeRoom(name: string): void {
    const own = [...this.#sessions.values()].filter(
      (session) => session.name === name && this.isAlive(session),
    );
    own.sort((a, b) => a.usedMilliseconds - b.usedMilliseconds);
    for (const session of own.slice(0, Math.max(0, own.length - MOST_SESSIONS + 1))) {
      this.#sessions.delete(session.id);
    }
  }
}

/** Whether a change was asked for by a page that could read the session's token. */
export function hasCsrfToken({ csrfDigest }: Session, token: unknown): boolean {
  return typeof token === 'string' && hasDigest(token, csrfDigest);
}
