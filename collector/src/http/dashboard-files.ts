// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Logger } from '@weir/wire';
import type { ApiServer } from './api-server.js';

/** Names with a hash of the content in them never change. */
const HASHED_NAME = /-[\w-]{8,}\.\w+$/;
/** A page of the dashboard: which there are the dashboard knows. */
const PAGE = '/:page(^[a-z][a-z-]*$)';

/** The built dashboard at /, and its one document for each of its pages; without it the API works alone. */
export async function addDashboardFiles(
  server: ApiServer,
  { folder, log }: { readonly folder: string; readonly log: Logger },
): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    log('warn', 'no dashboard there, only the API is served; build it or see --dashboard', {
      folder,
    });
    return;
  }
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
  server.get(PAGE, { schema: { hide: true } as object }, (_request, reply) =>
    reply.sendFile('index.html'),
  );
}
