// SPDX-License-Identifier: Apache-2.0
// Whether somebody has signed in, for the whole page.
import { signal } from '@preact/signals';
import { API, CSRF_HEADER, ROLES, type Role, type SessionResponse } from '@weir/wire';

/** `asking`: not known yet; `out`: the collector wants to know who asks. */
export type SessionState =
  | { readonly status: 'asking' }
  | { readonly status: 'out' }
  | { readonly status: 'in'; readonly session: SessionResponse };

export const session = signal<SessionState>({ status: 'asking' });

/** The collector has said who asks. */
export function signedIn(answer: SessionResponse): void {
  session.value = { status: 'in', session: answer };
}

/** An answer was 401, or somebody has signed out. */
export function signedOut(): void {
  if (session.peek().status !== 'out') session.value = { status: 'out' };
}

/** Whether who has signed in may do what takes this role. What is refused in the end the collector decides. */
export function hasRole(role: Role): boolean {
  const { value } = session;
  if (value.status !== 'in' || value.session.role === undefined) return false;
  return ROLES.indexOf(value.session.role) >= ROLES.indexOf(role);
}

/** What a request that changes something carries to show that this page meant it. */
export function csrfHeaders(): Record<string, string> {
  const value = session.peek();
  const token = value.status === 'in' ? value.session.csrfToken : undefined;
  return token === undefined ? {} : { [CSRF_HEADER]: token };
}

/** A 401 of these says that a password is wrong, not that a session is over. */
export function isSigningIn(url: string, method: string): boolean {
  return method !== 'GET' && new URL(url).pathname.includes(API.session);
}

const INVITATION = /^#invitation=([\w-]+)$/;

/** The invitation that the page's address carries; behind the # no server has seen it. */
export function invitationOf(hash: string): string | undefined {
  return INVITATION.exec(hash)?.[1];
}
