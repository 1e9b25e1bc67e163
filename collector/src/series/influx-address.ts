// SPDX-License-Identifier: Apache-2.0
import type { ISingleHostConfig } from 'influx';
import { CollectorError } from '../errors.js';

/** Where points go. */
export interface InfluxAddress {
  readonly options: ISingleHostConfig;
  readonly database: string;
  readonly retentionPolicy: string | undefined;
  /** For people: without user, password and token. */
  readonly shown: string;
}

/** Weir tries again itself, see delivery.ts: the package's own waiting would keep the process alive. */
const NO_BACKOFF = { getDelay: () => 0, next: () => NO_BACKOFF, reset: () => NO_BACKOFF };
const REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_PORT = 8086;

/**
 * Reads http(s)://[user:password@]host[:port][/path]/database[?token=…][&retentionPolicy=…].
 * @throws CollectorError WEIR_COLLECTOR_INFLUXDB
 */
export function parseInfluxAddress(text: string): InfluxAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const segments = url?.pathname.split('/').filter((segment) => segment !== '') ?? [];
  const database = decodeURIComponent(segments.pop() ?? '');
  if (url === undefined || !/^https?:$/.test(url.protocol) || database === '') {
    const example = 'http://user:password@localhost:8086/weir';
    throw new CollectorError('WEIR_COLLECTOR_INFLUXDB', `write it like ${example}`);
  }
  const prefix = segments.map((segment) => `/${segment}`).join('');
  return {
    database,
    retentionPolicy: url.searchParams.get('retentionPolicy') ?? undefined,
    shown: `${url.protocol}//${url.host}${prefix}/${database}`,
    options: { ...hostOf(url, prefix), ...credentialsOf(url), database, pool: poolOptions() },
  };
}

function hostOf(url: URL, prefix: string): ISingleHostConfig {
  const token = url.searchParams.get('token');
  return {
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    host: url.hostname,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    path: prefix,
    options: token === null ? {} : { headers: { Authorization: `Token ${token}` } },
  };
}

/** Without a user the package would send root:root; null keeps it from that. */
function credentialsOf({ username, password }: URL): Partial<ISingleHostConfig> {
  if (username === '') return { username: null as unknown as string };
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function poolOptions() {
  return { maxRetries: 0, requestTimeout: REQUEST_TIMEOUT_MS, backoff: NO_BACKOFF };
}
