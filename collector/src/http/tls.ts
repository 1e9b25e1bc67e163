// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext, type Server as TlsServer } from 'node:tls';
import { CollectorError, messageOf } from '../errors.js';
import type { ApiServer } from './api-server.js';

type Bindings = Readonly<Record<symbol, readonly TlsServer[] | undefined>>;

/** Files in PEM form. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Authority of client certificates; undefined: none are asked for. */
  readonly clientCa?: string | undefined;
}

/**
 * What the options say; undefined: plain HTTP.
 * @throws CollectorError WEIR_COLLECTOR_TLS when one of two is missing
 */
export function tlsFiles(config: {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsClientCa?: string | undefined;
}): TlsFiles | undefined {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: clientCa } = config;
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa };
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  throw new CollectorError('WEIR_COLLECTOR_TLS', 'give both --tls-cert and --tls-key, or neither');
}

/** @throws CollectorError WEIR_COLLECTOR_TLS when a file cannot be read or they do not fit together */
export function readTls({ cert, key, clientCa }: TlsFiles): ServerOptions {
  const options: ServerOptions = {
    cert: read(cert),
    key: read(key),
    minVersion: 'TLSv1.2',
    ...(clientCa !== undefined && {
      ca: read(clientCa),
      requestCert: true,
      // People have no certificate: who has none signs in.
      rejectUnauthorized: false,
    }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new CollectorError(
      'WEIR_COLLECTOR_TLS',
      `${cert}, ${key} (${messageOf(error)}); see that they are PEM files and belong together`,
      error,
    );
  }
  return options;
}

/**
 * New connections use the files as they are now, on all addresses.
 * @throws CollectorError as `readTls`; all stays as it was
 */
export function reloadTls(server: ApiServer, files: TlsFiles): void {
  const { cert, key, ca, minVersion } = readTls(files);
  for (const listener of listenersOf(server)) {
    listener.setSecureContext({ cert, key, minVersion, ...(ca && { ca }) });
  }
}

/** "localhost" may be two addresses: for the second one Fastify makes a server that it shows to nobody. */
function listenersOf(server: ApiServer): TlsServer[] {
  const place = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'fastify.serverBindings',
  );
  const further = place === undefined ? [] : (server as unknown as Bindings)[place];
  return [server.server as unknown as TlsServer, ...(further ?? [])];
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const detail = `${messageOf(error)}; see that the file is there and the collector may read it`;
    throw new CollectorError('WEIR_COLLECTOR_TLS', detail, error);
  }
}
