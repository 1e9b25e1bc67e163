// SPDX-License-Identifier: Apache-2.0
// The stage that knows who asks.
import type { Logger, Role, Scope } from '@weir/wire';
import { isLoopback } from '../client-address.js';
import { Accounts, type Invitation } from './accounts.js';
import { type Actor, AuditLog } from './audit-log.js';
import { PasswordHasher } from './password.js';
import { type Session, Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';

/** What somebody on this machine is called who need not sign in. */
export const LOCAL_NAME = 'local';

/** Who asks. `local`: somebody on this machine while nobody else can ask. */
export type Principal =
  | { readonly kind: 'local'; readonly name: typeof LOCAL_NAME; readonly role: Role }
  | { readonly kind: 'user'; readonly name: string; readonly role: Role; readonly session: Session }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly id: string;
      readonly scopes: readonly Scope[];
      /** A browser sends a certificate by itself, also when another site's page asks. */
      readonly by: 'secret' | 'certificate';
    };

/** What a request brings along to show who asks. */
export interface Credentials {
  /** Of the header "Authorization: Bearer". */
  readonly bearer?: string | undefined;
  /** Of the session's cookie. */
  readonly sessionToken?: string | undefined;
  /** Names of a client certificate that the authority vouches for. */
  readonly certificateNames: readonly string[];
  /** Whether the request came over loopback, and through no proxy. */
  readonly origin: 'this-machine' | 'network';
}

export interface AccessOptions {
  readonly dataFolder: string;
  /** `auto`: nobody needs to sign in while the server listens on loopback only. */
  readonly mode: 'auto' | 'always';
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly log: Logger;
  /** What tests replace. */
  readonly hasher?: PasswordHasher;
}

const LOCAL: Principal = { kind: 'local', name: LOCAL_NAME, role: 'administrator' };
/** How soon sessions and keys that ran out lose the streams that they opened. */
const EXPIRY_CHECK_MS = 5000;

export class Access {
  readonly audit: AuditLog;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly #mode: AccessOptions['mode'];
  readonly #listeners = new Set<() => void>();
  #reach: 'this-machine' | 'network' = 'network';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AccessOptions) {
    const { dataFolder, mode, sessionIdleMinutes, sessionHours, log } = options;
    this.#mode = mode;
    this.audit = new AuditLog(dataFolder);
    this.accounts = new Accounts(dataFolder, { audit: this.audit, log });
    const limits = { idleMs: sessionIdleMinutes * 60_000, lifeMs: sessionHours * 3_600_000 };
    this.sessions = new Sessions(this.accounts, limits);
    this.signIn = new SignIn(this.accounts, options.hasher ?? new PasswordHasher());
    this.accounts.onChange(() => this.#changed());
    this.sessions.onEnd(() => this.#changed());
  }

  /** Reads users and keys. @throws CollectorError WEIR_COLLECTOR_ACCESS */
  async start(): Promise<void> {
    await this.accounts.open();
    this.accounts.watch();
    this.#timer = setInterval(() => this.#changed(), EXPIRY_CHECK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.accounts.close();
  }

  /**
   * Tells the addresses that the server really listens on. Gives the way in for the first administrator,
   * while there is none who has come; on loopback, where nobody needs it, only at the first start.
   * @throws CollectorError when it cannot be kept
   */
  async listensOn(addresses: readonly string[]): Promise<Invitation | undefined> {
    const isAlone = addresses.length > 0 && addresses.every(isLoopback);
    this.#reach = isAlone ? 'this-machine' : 'network';
    if (this.isOpen && this.accounts.users().length > 0) return undefined;
    return this.accounts.wayIn();
  }

  /** Whether this machine's own requests need no credentials. */
  get isOpen(): boolean {
    return this.#mode === 'auto' && this.#reach === 'this-machine';
  }

  /** What is wrong and what to do; empty when all is well. */
  get problems(): string[] {
    const problems = [this.accounts.problem, this.audit.problem];
    return problems.filter((problem) => problem !== undefined);
  }

  /** Undefined: nobody who may come in. A key that is wrong is not made good by anything else. */
  whoIs(credentials: Credentials): Principal | undefined {
    const { bearer, sessionToken, certificateNames, origin } = credentials;
    if (bearer !== undefined) return keyPrincipal(this.accounts.keyOf(bearer), 'secret');
    const session = sessionToken === undefined ? undefined : this.sessions.use(sessionToken);
    const user = session && this.accounts.user(session.name);
    if (session && user) return { kind: 'user', name: user.name, role: user.role, session };
    const key = this.accounts.keyOfCertificate(certificateNames);
    if (key !== undefined) return keyPrincipal(key, 'certificate');
    return this.isOpen && origin === 'this-machine' ? LOCAL : undefined;
  }

  /** Whether what let the principal in is still good. */
  isAlive(principal: Principal): boolean {
    if (principal.kind === 'user') return this.sessions.isAlive(principal.session);
    return principal.kind === 'local' || this.accounts.hasKey(principal.id);
  }

  /** Calls back whenever somebody may have lost the way in. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keyPrincipal(
  key: ReturnType<Accounts['keyOf']>,
  by: 'secret' | 'certificate',
): Principal | undefined {
  return key && { kind: 'key', name: key.name, id: key.id, scopes: key.scopes, by };
}

/** As the audit log has it. */
export function actorOf({ kind, name }: Principal, address: string): Actor {
  return { kind, name, address };
}
