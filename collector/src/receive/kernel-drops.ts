// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/** Linux lists its UDP sockets here, with the datagrams that found the receive buffer full. */
const SOCKET_TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/** Datagrams that the kernel dropped on sockets bound to these ports; 0 where there is no such table. */
export function kernelDrops(ports: readonly number[]): number {
  return SOCKET_TABLES.map((path) => dropsIn(tableAt(path), ports)).reduce((a, b) => a + b, 0);
}

/** Sums the last column, `drops`, over the rows whose local port is one of `ports`. */
export function dropsIn(table: string, ports: readonly number[]): number {
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
    if (ports.includes(port)) drops += Number(columns.at(-1)) || 0;
  }
  return drops;
}

function tableAt(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Not Linux, or a container without /proc: then nobody counts them.
    return '';
  }
}
