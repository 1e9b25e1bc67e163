// SPDX-License-Identifier: Apache-2.0
// Whether somebody has signed in, for the whole page.
import { API, CSRF_HEADER, type SessionResponse } from '@weir/wire';

/** `asking`: not known yet; `out`: the collector wants to know who asks. */
export type SessionState =
  | { readonly status: 'asking' }
  | { readonly status: 'out' }
  | { readonly status: 'in'; readonly session: SessionResponse };

let state: SessionState = { status: 'asking' };
const listeners = new Set<() => void>();

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export const sessionState = (): SessionState => state;

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The collector has said who asks. */
export function signedIn(session: SessionResponse): void {
  become({ status: 'in', session });
}

/** An answer was 401, or somebody has signed out. */
export function signedOut(): void {
  if (state.status !== 'out') become({ status: 'out' });
}

/** What a request that changes something carries to show that this page meant it. */
export function csrfHeaders(): Record<string, string> {
  const token = state.status === 'in' ? state.session.csrfToken : undefined;
  return token === undefined ? {} : { [CSRF_HEADER]: token };
}

/** A 401 of these says that a password is wrong, not that a session is over. */
export function isSigningIn(url: string, method: string | undefined): boolean {
  return method !== undefined && new URL(url).pathname.includes(API.session);
}

const INVITATION = /^#invitation=([\w-]+)$/;

/** The invitation that the page's address carries; behind the # no server has seen it. */
export function invitationOf(hash: string): string | undefined {
  return INVITATION.exec(hash)?.[1];
}
