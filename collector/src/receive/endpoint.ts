// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { CollectorError } from '../errors.js';

/** A host and a port as in "0.0.0.0:2055", "[::]:2055" or "localhost:8055". */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Reads HOST:PORT, with IPv6 addresses in brackets. @throws CollectorError WEIR_COLLECTOR_ADDRESS */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65535) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new CollectorError(
      'WEIR_COLLECTOR_ADDRESS',
      `"${text}"; write HOST:PORT, with IPv6 addresses in brackets, e.g. 0.0.0.0:2055 or [::]:2055`,
    );
  }
  return { host, port };
}

/** The text form that `parseEndpoint` reads. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
