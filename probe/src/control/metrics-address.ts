// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { ProbeError } from '../errors.js';

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads HOST:PORT, with IPv6 addresses in brackets.
 * @throws ProbeError WEIR_PROBE_BAD_METRICS_ADDRESS
 */
export function parseMetricsAddress(text: string): MetricsAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65535) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_METRICS_ADDRESS',
      `"${text}" is no address for the metrics. Write HOST:PORT, e.g. 127.0.0.1:9469 or [::1]:9469.`,
    );
  }
  return { host, port };
}
