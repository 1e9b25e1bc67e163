// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../access/sessions.js';

/** The prefix makes browsers refuse the cookie from anything but this very host over TLS. */
const NAME_OVER_TLS = '__Host-weir';
const NAME = 'weir';

function nameFor({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? NAME_OVER_TLS : NAME;
}

function attributesFor({ protocol }: FastifyRequest) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: protocol === 'https',
  } as const;
}

export function readSessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

export function writeSessionToken(
  reply: FastifyReply,
  { session, token }: { readonly session: Session; readonly token: string },
): void {
  const { request } = reply;
  const expires = new Date(session.expiresMilliseconds);
  reply.setCookie(nameFor(request), token, { ...attributesFor(request), expires });
}

export function clearSessionToken(reply: FastifyReply): void {
  reply.clearCookie(nameFor(reply.request), attributesFor(reply.request));
}
