// SPDX-License-Identifier: Apache-2.0
// What `--export` names: collectors and files, and how messages travel to them.
import type { ExportTarget, TransportOptions } from '@weir/native';
import type { ProbeConfig } from './config.js';
import { ProbeError } from './errors.js';

type Way = Pick<ExportTarget, 'protocol' | 'transport'>;

const SCHEMES: ReadonlyMap<string, Way> = new Map([
  ['netflow5', { protocol: 'netflow5', transport: 'udp' }],
  ['netflow9', { protocol: 'netflow9', transport: 'udp' }],
  ['ipfix', { protocol: 'ipfix', transport: 'udp' }],
  ['ipfix+tcp', { protocol: 'ipfix', transport: 'tcp' }],
  ['ipfix+tls', { protocol: 'ipfix', transport: 'tls' }],
]);
const COLLECTOR =
  /^(?<scheme>[a-z0-9+]+):\/\/(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:/[\]]+)):(?<port>\d{1,5})\/?$/;
/** `file:///var/flows.ipfix`, or `file://flows.ipfix` from the working directory. */
const FILE = /^file:\/\/(?<path>.+\.ipfix)$/;

/** The zone of a link-local address stands behind %25 in a URL (RFC 6874), or as it is. */
function withZone(ipv6: string): string {
  return ipv6.replace('%25', '%');
}

/**
 * Parses `ipfix://HOST:PORT` and the like; an IPv6 address stands in brackets.
 * @throws ProbeError WEIR_PROBE_BAD_EXPORT_TARGET
 */
export function parseTarget(url: string): ExportTarget {
  const path = FILE.exec(url)?.groups?.path;
  if (path !== undefined) return { protocol: 'ipfix', transport: 'file', host: '', port: 0, path };
  const groups = COLLECTOR.exec(url)?.groups;
  const way = SCHEMES.get(groups?.scheme ?? '');
  const port = Number(groups?.port);
  if (!groups || !way || port < 1 || port > 65535) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_EXPORT_TARGET',
      `"${url}" is not an export target. Write ${[...SCHEMES.keys()].join(', ')} in front of ` +
        '://HOST:PORT, with an IPv6 address in brackets, e.g. netflow9://[::1]:2055, or ' +
        'file:///FOLDER/NAME.ipfix.',
    );
  }
  const host = groups.ipv6 === undefined ? (groups.host as string) : withZone(groups.ipv6);
  return { ...way, host, port, path: '' };
}

/** What makes two targets the same one. */
function identityOf({ protocol, transport, host, port, path }: ExportTarget): string {
  return JSON.stringify([protocol, transport, host.toLowerCase(), port, path]);
}

/**
 * @throws ProbeError WEIR_PROBE_BAD_EXPORT_TARGET, WEIR_PROBE_DUPLICATE_TARGET
 */
export function parseTargets(urls: readonly string[]): ExportTarget[] {
  const known = new Set<string>();
  return urls.map((url) => {
    const target = parseTarget(url);
    const identity = identityOf(target);
    if (known.has(identity)) {
      throw new ProbeError(
        'WEIR_PROBE_DUPLICATE_TARGET',
        `"${url}" is given twice: it would get every flow twice. Leave one out.`,
      );
    }
    known.add(identity);
    return target;
  });
}

/** A series of files needs names that differ. */
function checkRotation(config: ProbeConfig, targets: readonly ExportTarget[]): void {
  if (config.exportRotateSeconds === undefined) return;
  const constant = targets.find(
    ({ transport, path }) => transport === 'file' && !path.includes('%'),
  );
  if (!constant) return;
  throw new ProbeError(
    'WEIR_PROBE_CONSTANT_FILE_NAME',
    `with --export-rotate the file "${constant.path}" would always have the same name. Put the ` +
      'time into it, as strftime writes it, e.g. file:///var/flows/%Y%m%d-%H%M%S.ipfix.',
  );
}

/** @throws ProbeError WEIR_PROBE_CONSTANT_FILE_NAME, WEIR_PROBE_CERTIFICATE_WITHOUT_KEY */
export function transportOptions(
  config: ProbeConfig,
  targets: readonly ExportTarget[],
): TransportOptions {
  checkRotation(config, targets);
  if ((config.exportCertificate === undefined) !== (config.exportKey === undefined)) {
    throw new ProbeError(
      'WEIR_PROBE_CERTIFICATE_WITHOUT_KEY',
      '--export-cert and --export-key belong together. Give both or none.',
    );
  }
  return {
    sourceAddress: config.exportSource ?? '',
    maximumMtuBytes: config.exportMtuBytes,
    bufferBytes: config.exportBufferBytes,
    authorityFile: config.exportAuthority ?? '',
    certificateFile: config.exportCertificate ?? '',
    keyFile: config.exportKey ?? '',
    rotateMs: (config.exportRotateSeconds ?? 0) * 1000,
  };
}
