// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { ApiServer } from './server.js';

/** Names with a hash of the content in them never change. */
const HASHED_NAME = /-[\w-]{8,}\.\w+$/;

/** The built dashboard at /. */
export async function addDashboardFiles(server: ApiServer, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: resolve(folder),
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const forever = HASHED_NAME.test(path);
      reply.setHeader(
        'cache-control',
        forever ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
