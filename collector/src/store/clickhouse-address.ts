// SPDX-License-Identifier: Apache-2.0
import { CollectorError } from '../errors.js';

/** Where ClickHouse is. */
export interface ClickhouseAddress {
  /** "http://ch1:8123", an HTTP port each, without user and password. */
  readonly urls: readonly string[];
  /** In front of every request, for those behind a proxy: "/clickhouse", or empty. */
  readonly pathname: string;
  readonly username: string;
  readonly password: string;
  /** Name in the servers' remote_servers; undefined: one server by itself. */
  readonly cluster: string | undefined;
  /** PEM file of who vouches for the servers; undefined: those that Node knows. */
  readonly caFile: string | undefined;
  /** Of what is inserted, on its way. */
  readonly compression: 'none' | 'gzip';
}

const EXAMPLE = 'http://weir:password@ch1:8123,ch2:8123/?cluster=NAME';
const PARTS =
  /^(?<scheme>https?):\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^/?#@]+)(?<path>\/[^?#]*)?(?:\?(?<search>[^#]*))?$/;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 8123, https: 8443 };
const PARAMETERS = ['cluster', 'ca', 'compression'];
/** Goes into statements as it is. */
const CLUSTER_NAME = /^[A-Za-z0-9_.-]+$/;

/**
 * Reads http(s)://[user[:password]@]host[:port][,host[:port]…][/path][?cluster=NAME][&ca=FILE]
 * [&compression=gzip]. Messages do not repeat the text: there is a password in it.
 * @throws CollectorError WEIR_COLLECTOR_CLICKHOUSE
 */
export function parseClickhouseAddress(text: string): ClickhouseAddress {
  const parts = PARTS.exec(text)?.groups;
  if (parts === undefined) throw addressError(`write it like ${EXAMPLE}`);
  const { scheme = '', user = '', hosts: list = '', path = '', search = '' } = parts;
  const parameters = new URLSearchParams(search);
  const unknown = [...parameters.keys()].find((key) => !PARAMETERS.includes(key));
  if (unknown !== undefined) {
    const known = PARAMETERS.map((name) => `?${name}=`).join(', ');
    throw addressError(`?${unknown}= is not known; there are ${known}`);
  }
  const urls = list.split(',').map((host) => urlOf(scheme, host));
  const cluster = parameters.get('cluster') ?? undefined;
  if (cluster !== undefined && !CLUSTER_NAME.test(cluster)) {
    throw addressError('the name of a cluster has letters, digits, "_", "-" and "." only');
  }
  if (urls.length > 1 && cluster === undefined) {
    throw addressError('several hosts are those of a cluster: add ?cluster=NAME');
  }
  const compression = parameters.get('compression') ?? 'none';
  if (compression !== 'none' && compression !== 'gzip') {
    throw addressError('?compression= is gzip or none');
  }
  const [username = '', password = ''] = splitOnce(user, ':').map(decoded);
  return {
    urls,
    pathname: path === '/' ? '' : path,
    username: username === '' ? 'default' : username,
    password,
    cluster,
    caFile: parameters.get('ca') ?? undefined,
    compression,
  };
}

/** Not by URL alone: it forgets a port that is the scheme's own, and 8443 is not 443. */
function urlOf(scheme: string, text: string): string {
  const port = /:(\d+)$/.exec(text)?.[1] ?? DEFAULT_PORTS[scheme];
  const name = text.replace(/:\d+$/, '');
  const url = `${scheme}://${name}:${port}`;
  if (name === '' || !URL.canParse(url))
    throw addressError(`a host cannot be read; write it like ${EXAMPLE}`);
  return url;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw addressError('user or password has a "%" that stands for nothing; write it as %25');
  }
}

function addressError(detail: string): CollectorError {
  return new CollectorError('WEIR_COLLECTOR_CLICKHOUSE', `the URL cannot be read: ${detail}`);
}
