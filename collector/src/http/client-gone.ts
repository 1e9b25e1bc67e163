// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply } from 'fastify';

/** Aborted when the answer has ended, or when nobody is there any more to take it. */
export function goneSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  // Who left before the route began closes nothing any more.
  if (raw.destroyed) return AbortSignal.abort();
  const gone = new AbortController();
  // Of the answer, not of the socket: clients ask many questions on one connection.
  raw.once('close', () => gone.abort());
  return gone.signal;
}
