// SPDX-License-Identifier: Apache-2.0
// Names of what people and programs may: without schemas, so that a browser need not load their library.

/** From the least to the most: each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'administrator'] as const;

/** What a key is for; one that is for several things has several. */
export const SCOPES = ['gateway', 'exporter', 'read', 'operate'] as const;

/** The header that carries a session's `csrfToken` in every request that changes something. */
export const CSRF_HEADER = 'x-weir-csrf';
