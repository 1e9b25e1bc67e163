// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Whether the server may be asked by this `Host` header. */
export type HostCheck = (host: string) => boolean;

/**
 * Addresses, localhost, this machine's name, and the names given. A page of another site can point its own
 * name at the collector (DNS rebinding) and would then read and write the API as if it were the dashboard.
 */
export function createHostCheck(names: readonly string[]): HostCheck {
  const own = hostname().toLowerCase();
  const known = new Set(['localhost', own, ...names.map((name) => name.toLowerCase())]);
  return (host) => {
    const name = host.toLowerCase().replace(/:\d+$/, '');
    if (name.startsWith('[') || isIP(name) !== 0) return true;
    return known.has(name) || name.endsWith('.localhost') || name.startsWith(`${own}.`);
  };
}
