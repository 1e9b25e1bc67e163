// SPDX-License-Identifier: Apache-2.0
import {
  API,
  ErrorResponse,
  InvitationAcceptance,
  PasswordChange,
  SessionResponse,
  SignIn,
} from '@weir/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Principal } from '../access/access.js';
import type { StoredUser } from '../access/access-file.js';
import { networkOf } from '../client-address.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { clearSessionToken, writeSessionToken } from './session-cookie.js';

/** Attempts of one address, whoever they are for; people behind one address share it. */
const ATTEMPTS_A_MINUTE = 30;
const LIMITED = {
  rateLimit: {
    max: ATTEMPTS_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: ({ ip }: FastifyRequest) => networkOf(ip),
    errorResponseBuilder: () =>
      new ApiError(
        'WEIR_API_TOO_MANY_ATTEMPTS',
        'too many attempts from this address; try again in a minute',
      ),
  },
} as const;

const ANSWERS = { 200: SessionResponse, '4xx': ErrorResponse, '5xx': ErrorResponse };

/** Coming in, going out, and who one is. */
export function addSessionRoutes(server: ApiServer, context: ApiContext): void {
  addSignIn(server, context);
  addInvitation(server, context);
  addSelf(server, context);
  addPassword(server, context);
}

function addSignIn(server: ApiServer, { access }: ApiContext): void {
  const schema = {
    operationId: 'signIn',
    summary: 'Begins a session: sets its cookie, and tells the token that changes need',
    body: SignIn,
    response: ANSWERS,
  };
  server.post(API.session, { schema, config: LIMITED }, async (request, reply) => {
    const { name, password } = request.body;
    const user = await access.signIn.withPassword(name, password, request.ip);
    const answer = begin(reply, access.sessions.begin(user), user);
    await request.audit({ action: 'session.begin', subject: user.name });
    return answer;
  });
}

function addInvitation(server: ApiServer, { access }: ApiContext): void {
  const schema = {
    operationId: 'acceptInvitation',
    summary: 'Uses an invitation up: sets the password and begins a session',
    body: InvitationAcceptance,
    response: ANSWERS,
  };
  server.post(API.invitation, { schema, config: LIMITED }, async (request, reply) => {
    const { invitation, password } = request.body;
    const user = await access.signIn.withInvitation(invitation, password, request.ip);
    const answer = begin(reply, access.sessions.begin(user), user);
    await request.audit({ action: 'session.begin', subject: user.name });
    return answer;
  });
}

function addSelf(server: ApiServer, { access }: ApiContext): void {
  const who = {
    operationId: 'whoAmI',
    summary: 'Who asks; 401 where nobody has signed in and somebody must',
    response: ANSWERS,
  };
  server.get(API.session, { schema: who }, ({ principal }) => sessionView(known(principal)));
  const out = {
    operationId: 'signOut',
    summary: 'Ends the session, and the streams that it opened',
    response: { 204: Type.Null(), '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.delete(API.session, { schema: out }, async (request, reply) => {
    const principal = known(request.principal);
    clearSessionToken(reply);
    if (principal.kind === 'user') {
      access.sessions.end(principal.session);
      await request.audit({ action: 'session.end', subject: principal.name });
    }
    return reply.code(204).send(null);
  });
}

function addPassword(server: ApiServer, { access }: ApiContext): void {
  const schema = {
    operationId: 'changePassword',
    summary: "Changes one's own password: all sessions end, and a new one begins",
    body: PasswordChange,
    response: ANSWERS,
  };
  server.put(API.sessionPassword, { schema, config: LIMITED }, async (request, reply) => {
    const { name, kind } = known(request.principal);
    if (kind !== 'user') {
      throw new ApiError('WEIR_API_FORBIDDEN', 'only who has signed in has a password to change');
    }
    const { oldPassword, newPassword } = request.body;
    const user = await access.signIn.withPassword(name, oldPassword, request.ip);
    const changed = await access.signIn.setPassword(request.takeActor(), user, newPassword);
    return begin(reply, access.sessions.begin(changed), changed);
  });
}

type Begun = Parameters<typeof writeSessionToken>[1];

function begin(reply: FastifyReply, begun: Begun, { name, role }: StoredUser): SessionResponse {
  const { session } = begun;
  writeSessionToken(reply, begun);
  const principal = { kind: 'user', name, role, session } as const;
  reply.request.principal = principal;
  return sessionView(principal);
}

function sessionView(principal: Principal): SessionResponse {
  const { kind, name } = principal;
  if (kind === 'key') return { kind, name, scopes: [...principal.scopes] };
  if (kind === 'local') return { kind, name, role: principal.role };
  const { csrfToken, expiresMilliseconds } = principal.session;
  return { kind, name, role: principal.role, csrfToken, expiresMilliseconds };
}

/** The guard has let somebody in. */
function known(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new ApiError('WEIR_API_UNAUTHENTICATED', 'sign in first');
  return principal;
}
