// SPDX-License-Identifier: Apache-2.0
import { networkInterfaces } from 'node:os';
import type { HealthResponse } from '@weir/wire';
import type { CollectorConfig } from '../config.js';
import type { Endpoint } from './endpoint.js';

type WhereToSend = Pick<HealthResponse['receive'], 'listens' | 'addresses' | 'allowedExporters'>;

/** What an exporter has to be told. `bound`: in the order of the configuration; empty before they are opened. */
export function whereToSend(
  { listen, listenTcp, allowedExporters }: CollectorConfig,
  bound: readonly Endpoint[],
): WhereToSend {
  const transportOf = (index: number) => {
    if (index < listen.length) return 'udp';
    return index < listen.length + listenTcp.length ? 'tcp' : 'tls';
  };
  const listens = bound.map(({ host, port }, index) => ({
    transport: transportOf(index) as 'udp' | 'tcp' | 'tls',
    host,
    port,
  }));
  return { listens, addresses: machineAddresses(), allowedExporters: [...allowedExporters] };
}

/** IPv4 first; none that only this machine or its link knows. */
function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
}
