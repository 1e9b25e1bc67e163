// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, it } from 'vitest';
import {
  csrfHeaders,
  hasRole,
  invitationOf,
  isSigningIn,
  session,
  signedIn,
  signedOut,
} from './session';

const SESSION = { kind: 'user', name: 'olga', role: 'operator', csrfToken: 'abc' } as const;

beforeEach(signedOut);

it('changes carry the token of the session, and none when nobody needs one', () => {
  expect(csrfHeaders()).toEqual({});
  signedIn(SESSION);
  expect(csrfHeaders()).toEqual({ 'x-weir-csrf': 'abc' });
  signedIn({ kind: 'local', name: 'local', role: 'administrator' });
  expect(csrfHeaders()).toEqual({});
});

it('tells once that the session is over, however many answers say so', () => {
  signedIn(SESSION);
  const told: string[] = [];
  const stop = session.subscribe(({ status }) => told.push(status));
  signedOut();
  signedOut();
  stop();
  signedIn(SESSION);
  expect(told).toEqual(['in', 'out']);
});

it('a role has what those below it have', () => {
  expect(hasRole('viewer')).toBe(false);
  signedIn(SESSION);
  expect([hasRole('viewer'), hasRole('operator'), hasRole('administrator')]).toEqual([
    true,
    true,
    false,
  ]);
});

it('a wrong password is not the end of a session', () => {
  expect(isSigningIn('http://x/weir/api/v1/session', 'POST')).toBe(true);
  expect(isSigningIn('http://x/api/v1/session', 'GET')).toBe(false);
  expect(isSigningIn('http://x/api/v1/rules', 'POST')).toBe(false);
});

it.each([
  ['#invitation=Ab_-9', 'Ab_-9'],
  ['#range=1h', undefined],
  ['#invitation=', undefined],
  ['', undefined],
])('the invitation of "%s" is %s', (hash, invitation) => {
  expect(invitationOf(hash)).toBe(invitation);
});
