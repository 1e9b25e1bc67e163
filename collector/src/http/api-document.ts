// SPDX-License-Identifier: Apache-2.0
import { Access } from '../access/access.js';
import type { ApiContext } from './context.js';
import { createServer } from './server.js';

/** The API's OpenAPI document without a collector: routes are declared, and nothing is asked of them. */
export async function apiDocument(): Promise<object> {
  const log = () => undefined;
  const limits = { sessionIdleMinutes: 60, sessionHours: 24 };
  const access = new Access({ dataFolder: '', mode: 'always', ...limits, log });
  const context: Partial<ApiContext> = { access, log, hostNames: [], trustedProxies: [] };
  const server = await createServer(context as ApiContext);
  try {
    return server.swagger();
  } finally {
    await server.close();
  }
}
