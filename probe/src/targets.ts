// SPDX-License-Identifier: Apache-2.0
import type { ExportTarget } from '@weir/native';
import { ProbeError } from './errors.js';

const PROTOCOLS: ReadonlySet<string> = new Set<ExportTarget['protocol']>([
  'netflow5',
  'netflow9',
  'ipfix',
]);
const TARGET =
  /^(?<protocol>[a-z0-9+]+):\/\/(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:/[\]]+)):(?<port>\d{1,5})\/?$/;

/**
 * Parses `ipfix://HOST:PORT` and the like; an IPv6 address stands in brackets.
 * @throws ProbeError WEIR_PROBE_BAD_EXPORT_TARGET
 */
export function parseTarget(url: string): ExportTarget {
  const groups = TARGET.exec(url)?.groups;
  const port = Number(groups?.port);
  const protocol = groups?.protocol ?? '';
  if (!groups || !PROTOCOLS.has(protocol) || port < 1 || port > 65535) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_EXPORT_TARGET',
      `"${url}" is not an export target. Write netflow5://HOST:PORT, netflow9://HOST:PORT or ` +
        'ipfix://HOST:PORT, with an IPv6 address in brackets, e.g. netflow9://[::1]:2055.',
    );
  }
  return {
    protocol: protocol as ExportTarget['protocol'],
    host: (groups.ipv6 ?? groups.host) as string,
    port,
  };
}
