// SPDX-License-Identifier: Apache-2.0
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { API } from '@weir/wire';
import Fastify, { type FastifyServerOptions } from 'fastify';
import { VERSION } from '../version.js';
import { addAccountRoutes } from './account-routes.js';
import type { ApiServer } from './api-server.js';
import { addBehaviourRoute } from './behaviour-route.js';
import type { ApiContext } from './context.js';
import { addDashboardFiles } from './dashboard-files.js';
import { addDecisionRoutes } from './decision-routes.js';
import { ApiError, BadFilter, retrySecondsOf, toApiError } from './errors.js';
import { addExportRoute } from './export-route.js';
import { addFilterRoutes } from './filter-routes.js';
import { addGatewayRoutes } from './gateway-routes.js';
import { addGuard } from './guard.js';
import { createHostCheck } from './host-names.js';
import { addListRoutes } from './list-routes.js';
import { declareDefaultsOptional } from './optional-defaults.js';
import { addQueryRoutes } from './query-routes.js';
import { addRuleRoutes } from './rule-routes.js';
import { SECURITY_SCHEMES, securityHeaders } from './security.js';
import { addSessionRoutes } from './session-routes.js';
import { addStateRoutes } from './state-routes.js';
import { addStreamRoute } from './stream-route.js';
import { readTls } from './tls.js';
import { addViewRoutes } from './view-routes.js';

/** The API, and the dashboard's files when there is a folder. Listens to nothing yet. */
export async function createServer(context: ApiContext): Promise<ApiServer> {
  const server: ApiServer = Fastify({
    ...transportOf(context),
    logger: false,
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    // Unknown parameters are errors, and one value of a list needs no brackets.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // A form of another site can post text without asking the browser first; JSON it cannot.
  server.removeContentTypeParser('text/plain');
  await server.register(fastifyHelmet, securityHeaders(context));
  checkHost(server, context);
  await server.register(fastifyCookie);
  addGuard(server, context.access);
  await server.register(fastifyRateLimit, { global: false });
  answerErrors(server, context);
  await addApiDocument(server);
  server.register(async (routes) => {
    addQueryRoutes(routes as ApiServer, context);
    addExportRoute(routes as ApiServer, context);
    addFilterRoutes(routes as ApiServer, context);
    addBehaviourRoute(routes as ApiServer, context);
    addStateRoutes(routes as ApiServer, context);
    addRuleRoutes(routes as ApiServer, context);
    addListRoutes(routes as ApiServer, context);
    addDecisionRoutes(routes as ApiServer, context);
    addGatewayRoutes(routes as ApiServer, context);
    addStreamRoute(routes as ApiServer, context);
    addSessionRoutes(routes as ApiServer, context);
    addAccountRoutes(routes as ApiServer, context);
    addViewRoutes(routes as ApiServer, context);
  });
  const { dashboardFolder: folder, log } = context;
  if (folder !== undefined) await addDashboardFiles(server, { folder, log });
  await server.ready();
  return server;
}

/** Plain HTTP or TLS, and whose word about the client's address counts. */
function transportOf({ tls, trustedProxies }: ApiContext): FastifyServerOptions {
  // Fastify's types make another kind of server of it; for routes there is no difference.
  const https = tls === undefined ? {} : { https: readTls(tls) };
  const trustProxy = trustedProxies.length > 0 ? [...trustedProxies] : false;
  return { ...https, trustProxy };
}

function checkHost(server: ApiServer, { hostNames }: ApiContext): void {
  const isKnown = createHostCheck(hostNames);
  server.addHook('onRequest', async ({ headers: { host } }) => {
    if (host === undefined || isKnown(host)) return;
    throw new ApiError(
      'WEIR_API_UNKNOWN_HOST',
      `this collector does not know that it is called "${host.slice(0, 200)}"; ask by its address, or start it with --host-name`,
    );
  });
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
    const retrySeconds = retrySecondsOf(thrown);
    if (retrySeconds !== undefined) reply.header('retry-after', retrySeconds);
    const at = thrown instanceof BadFilter ? { at: thrown.at } : {};
    return reply.code(statusCode).send({ code, message: said, ...at });
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
    transformObject: (document) =>
      'openapiObject' in document ? declareDefaultsOptional(document.openapiObject) : {},
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Weir collector',
        version: VERSION,
        description: 'Flows, and what to do about them. Times are milliseconds since the epoch.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // The types know OpenAPI 3.0, which has no mutual TLS.
      components: { securitySchemes: SECURITY_SCHEMES as unknown as Record<string, never> },
    },
  });
  server.get(API.openapi, { schema: { hide: true } as object }, () => server.swagger());
}
