// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Whether the server may be asked by this `Host` header. */
export type HostCheck = (host: string) => boolean;

/**
 * Addresses, localhost, this machine's names, and the names given. A page of another site can point its own
 * name at the collector (DNS rebinding) and would then read and write the API as if it were the dashboard.
 */
export function createHostCheck(names: readonly string[], own = ownNames()): HostCheck {
  const known = new Set(['localhost', ...own, ...names].map((name) => name.toLowerCase()));
  return (host) => {
    const name = host.toLowerCase().replace(/:\d+$/, '');
    if (name.startsWith('[') || isIP(name) !== 0) return true;
    return known.has(name) || name.endsWith('.localhost');
  };
}

function ownNames(): string[] {
  let hosts = '';
  try {
    hosts = readFileSync('/etc/hosts', 'utf8');
  } catch {
    // A system without the file knows no other name of its own.
  }
  return namesOf(hostname(), hosts);
}

/**
 * The machine's name, and in full where the system's own file has it beside that. Not whatever begins with
 * the name: anybody can own a domain below which such a name is.
 * @param hosts text of /etc/hosts
 */
export function namesOf(own: string, hosts: string): string[] {
  const lines = hosts.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const found = lines.map(([, ...names]) => names).filter((names) => names.includes(own));
  // Of a line the first name is the full one, if any is: hosts(5).
  const full = found.map(([first = '']) => first).filter((name) => name.startsWith(`${own}.`));
  return [own, ...full];
}
