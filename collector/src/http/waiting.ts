// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from 'fastify';
import type { Places } from '../places.js';
import { ApiError } from './errors.js';

/**
 * A place for who asks, until the returned function is called.
 * @throws ApiError WEIR_API_TOO_MANY_STREAMS
 */
export function takePlace(places: Places, { principal }: FastifyRequest): () => void {
  const name = principal?.name ?? '';
  const taken = places.take(`${principal?.kind} ${name}`);
  if (typeof taken === 'function') return taken;
  const { inAll, ofOne } = places.most;
  throw new ApiError(
    'WEIR_API_TOO_MANY_STREAMS',
    taken === 'all-taken'
      ? `${inAll} clients wait already; close one and try again`
      : `"${name}" waits ${ofOne} times already; close a tab or a client, and give each program a key of its own`,
  );
}
