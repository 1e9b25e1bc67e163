// SPDX-License-Identifier: Apache-2.0
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { API } from '@weir/wire';
import Fastify from 'fastify';
import { VERSION } from '../version.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { addDashboardFiles } from './dashboard-files.js';
import { addDecisionRoutes } from './decision-routes.js';
import { ApiError, toApiError } from './errors.js';
import { createHostCheck } from './host-names.js';
import { addQueryRoutes } from './query-routes.js';
import { addStreamRoute } from './stream-route.js';

/** Nothing but the collector's own files and API runs in the dashboard's page. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** The API, and the dashboard's files when there is a folder. Listens to nothing yet. */
export async function createServer(context: ApiContext): Promise<ApiServer> {
  const server: ApiServer = Fastify({
    logger: false,
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    // Unknown parameters are errors, and one value of a list needs no brackets.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // A form of another site can post text without asking the browser first; JSON it cannot.
  server.removeContentTypeParser('text/plain');
  const isKnown = createHostCheck(context.hostNames);
  server.addHook('onRequest', async ({ headers: { host } }, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (host === undefined || isKnown(host)) return;
    throw new ApiError(
      'WEIR_API_UNKNOWN_HOST',
      `this collector does not know that it is called "${host.slice(0, 200)}"; ask by its address, or start it with --host-name`,
    );
  });
  answerErrors(server, context);
  await addApiDocument(server);
  server.register(async (routes) => {
    addQueryRoutes(routes as ApiServer, context);
    addDecisionRoutes(routes as ApiServer, context);
    addStreamRoute(routes as ApiServer, context);
  });
  const { dashboardFolder: folder, log } = context;
  if (folder !== undefined) await addDashboardFiles(server, { folder, log });
  await server.ready();
  return server;
}

function answerErrors(server: ApiServer, { log }: ApiContext): void {
  server.setErrorHandler((thrown, request, reply) => {
    const { code, message, statusCode } = toApiError(thrown);
    if (statusCode >= 500) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      log('error', 'a request failed', { url: request.url, code, problem });
    }
    // What an internal failure says is for the log, not for the network.
    const said = code === 'WEIR_API_INTERNAL' ? 'internal error; see the log' : message;
    return reply.code(statusCode).send({ code, message: said });
  });
  server.setNotFoundHandler((request) => {
    const url = request.url.slice(0, 200);
    throw new ApiError(
      'WEIR_API_UNKNOWN_ROUTE',
      `there is no ${request.method} ${url}; the API is described at ${API.openapi}`,
    );
  });
}

async function addApiDocument(server: ApiServer): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Weir collector',
        version: VERSION,
        description: 'Flows, and what to do about them. Times are milliseconds since the epoch.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
  });
  server.get(API.openapi, { schema: { hide: true } as object }, () => server.swagger());
}
