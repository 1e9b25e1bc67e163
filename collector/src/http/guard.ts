// SPDX-License-Identifier: Apache-2.0
// In front of every route: who asks, whether that is enough, and whether it was asked on purpose.
import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { API, CSRF_HEADER } from '@weir/wire';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { type Access, actorOf, type Principal } from '../access/access.js';
import type { Actor, Deed } from '../access/audit-log.js';
import { namesOfCertificate } from '../access/certificate-names.js';
import {
  mayUse,
  PERMISSIONS,
  type Permission,
  type Powers,
  permissionText,
} from '../access/permissions.js';
import { hasCsrfToken } from '../access/sessions.js';
import { isForwarded, isLoopback } from '../client-address.js';
import type { ApiServer } from './api-server.js';
import { ApiError } from './errors.js';
import { readSessionToken } from './session-cookie.js';

export interface DeclaredRoute {
  readonly methods: readonly string[];
  readonly url: string;
  readonly permission: Permission;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody needs to be known. */
    principal: Principal | undefined;
    /** Who the audit log names. Whoever asks for it writes the entry. */
    takeActor(): Actor;
    /** Writes an entry of the audit log about this request. */
    audit(deed: Deed): Promise<void>;
  }
  interface FastifyContextConfig {
    permission?: Permission;
    /** It changes nothing that somebody answers for: the audit log has no entry of it. */
    isNoDeed?: boolean;
  }
  interface FastifyInstance {
    /** Every route of the server with what it asks for. */
    readonly declaredRoutes: readonly DeclaredRoute[];
  }
}

const CHANGES = /^(?:POST|PUT|PATCH|DELETE)$/;

/** Guards all routes that are added later. Needs the cookies of `@fastify/cookie`. */
export function addGuard(server: ApiServer, access: Access): void {
  const declared: DeclaredRoute[] = [];
  server.decorate('declaredRoutes', declared);
  server.addHook('onRoute', (route) => {
    declared.push(declarePermission(route));
  });
  server.decorateRequest('principal', undefined);
  addAudit(server, access);
  const open = new OpenRequests(access);
  access.onChange(() => open.endRevoked());
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    const principal = access.whoIs(credentialsOf(request));
    request.principal = principal;
    refuseForgery(request, principal);
    refuseWithoutPermission(request, principal);
    if (principal && !CHANGES.test(request.method)) open.add(reply.raw, principal);
  });
}

/** @throws Error for a route that nobody has thought about */
function declarePermission(route: RouteOptions): DeclaredRoute {
  const schema = route.schema as { operationId?: string; security?: unknown } | undefined;
  const methods = [route.method].flat();
  const method = methods.find((one) => one !== 'HEAD') ?? 'GET';
  const name = schema?.operationId ?? `${method} ${route.url}`;
  const permission = PERMISSIONS[name];
  if (permission === undefined) {
    throw new Error(`${name} has no line in collector/src/access/permissions.ts`);
  }
  route.config = { ...route.config, permission };
  if (schema) schema.security = securityOf(permission);
  return { methods, url: route.url, permission };
}

/** As OpenAPI names what is asked for. */
function securityOf(permission: Permission): Record<string, readonly string[]>[] {
  if (permission === 'public') return [];
  const { role, scopes } =
    permission === 'everyone' ? { role: undefined, scopes: undefined } : permission;
  const session = { session: role === undefined ? [] : [role] };
  if (scopes?.length === 0) return [session];
  return [session, { apiKey: scopes ?? [] }, { clientCertificate: scopes ?? [] }];
}

function credentialsOf(request: FastifyRequest) {
  const { headers, socket } = request;
  const isNear = isLoopback(socket.remoteAddress ?? '') && !isForwarded(headers);
  return {
    bearer: bearerOf(headers.authorization),
    sessionToken: readSessionToken(request),
    certificateNames: namesOfCertificate(socket as TLSSocket),
    origin: isNear ? ('this-machine' as const) : ('network' as const),
  };
}

/** An "Authorization" that is not understood counts as a wrong key. */
function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
}

/** Pages of other sites can make a browser send requests, with cookies and certificates. */
function refuseForgery(request: FastifyRequest, principal: Principal | undefined): void {
  if (!CHANGES.test(request.method)) return;
  if (principal?.kind === 'key' && principal.by === 'secret') return;
  if (isFromElsewhere(request)) {
    throw new ApiError(
      'WEIR_API_CROSS_SITE',
      "a page of another site asked for this change; open the collector's own dashboard",
    );
  }
  if (request.routeOptions.config.permission === 'public' || principal?.kind !== 'user') return;
  if (hasCsrfToken(principal.session, request.headers[CSRF_HEADER])) return;
  throw new ApiError(
    'WEIR_API_CSRF',
    `the header ${CSRF_HEADER} must be the csrfToken that GET ${API.session} tells`,
  );
}

function isFromElsewhere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

/** As far as permissions go. */
export function powersOf(principal: Principal | undefined): Powers | undefined {
  if (principal === undefined) return undefined;
  return {
    role: 'role' in principal ? principal.role : undefined,
    scopes: 'scopes' in principal ? principal.scopes : undefined,
  };
}

const NO_CREDENTIALS =
  'sign in at the dashboard, or send a key: "Authorization: Bearer weir_…" (weir key add)';
const UNKNOWN_KEY =
  'this key is unknown, or its time is over; "weir key list" on the collector\'s machine shows those that count';

function refuseWithoutPermission(request: FastifyRequest, principal: Principal | undefined): void {
  const permission = request.routeOptions.config.permission ?? 'everyone';
  if (mayUse(permission, powersOf(principal))) return;
  if (principal === undefined) {
    const isKey = request.headers.authorization !== undefined;
    throw new ApiError('WEIR_API_UNAUTHENTICATED', isKey ? UNKNOWN_KEY : NO_CREDENTIALS);
  }
  throw new ApiError(
    'WEIR_API_FORBIDDEN',
    `this takes ${permissionText(permission)}; ask an administrator`,
  );
}

/** Changes that no route wrote an entry for get one from here: none stays out of the log. */
function addAudit(server: ApiServer, access: Access): void {
  const written = new WeakSet<FastifyRequest>();
  server.decorateRequest('takeActor', function (this: FastifyRequest): Actor {
    written.add(this);
    const nobody = { kind: 'user', name: '', address: this.ip } as const;
    return this.principal === undefined ? nobody : actorOf(this.principal, this.ip);
  });
  server.decorateRequest('audit', function (this: FastifyRequest, deed: Deed): Promise<void> {
    return access.audit.append(this.takeActor(), deed);
  });
  server.addHook('preHandler', async ({ method }) => {
    if (CHANGES.test(method)) await access.audit.settle();
  });
  server.addHook('onSend', async (request, reply: FastifyReply) => {
    if (!CHANGES.test(request.method) || reply.statusCode >= 300 || written.has(request)) return;
    const { schema, config } = request.routeOptions;
    if (config.isNoDeed === true) return;
    const action = (schema as { operationId?: string } | undefined)?.operationId ?? request.method;
    await request.audit({ action, subject: JSON.stringify(request.params ?? {}) });
  });
}

/** Answers under way, so that streams end when who opened them loses the way in. */
class OpenRequests {
  readonly #access: Access;
  readonly #open = new Map<ServerResponse, Principal>();

  constructor(access: Access) {
    this.#access = access;
  }

  add(response: ServerResponse, principal: Principal): void {
    this.#open.set(response, principal);
    response.once('close', () => this.#open.delete(response));
  }

  endRevoked(): void {
    for (const [response, principal] of this.#open) {
      if (!this.#access.isAlive(principal)) response.destroy();
    }
  }
}
