// SPDX-License-Identifier: Apache-2.0
import type { FastifyHelmetOptions } from '@fastify/helmet';
import { CSRF_HEADER } from '@weir/wire';
import type { ApiContext } from './context.js';

const HSTS_SECONDS = 180 * 86_400;

/** Nothing but the collector's own files and API runs in the dashboard's page, and nothing written into it. */
export function securityHeaders({ tls }: ApiContext): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // A proxy that ends TLS says this itself.
    hsts: tls === undefined ? false : { maxAge: HSTS_SECONDS, includeSubDomains: false },
  };
}

/** For the API document: the ways in, of which each operation names those that it takes. */
export const SECURITY_SCHEMES = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'weir',
    description: `POST /api/v1/session begins one; the cookie is called __Host-weir over TLS. Changes also need the header ${CSRF_HEADER}. Behind it stands the role that it takes.`,
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'a key (weir_…). Behind it stand the scopes of which it takes one.',
  },
  clientCertificate: {
    type: 'mutualTLS',
    description: 'with --tls-client-ca: a certificate whose name a key has',
  },
} as const;
