// SPDX-License-Identifier: Apache-2.0
// A connection to the Redis of a site.
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AbstractConnector, Redis } from 'ioredis';
import { GatewayError } from '../errors.js';

const DEFAULT_PORT = 6379;
/** Longer than a question waits for news. */
const COMMAND_TIMEOUT_MS = 10_000;

/** @throws GatewayError WEIR_GATEWAY_BAD_REDIS */
export function parseRedis(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return url;
  throw new GatewayError('WEIR_GATEWAY_BAD_REDIS', "The option redis is not a Redis server's URL.");
}

/**
 * Resolves when it is connected; it does not come back by itself. `rediss:` is TLS, with `?ca=FILE` against
 * these authorities. @throws the connection's error
 */
export async function connectRedis(url: URL): Promise<Redis> {
  const ca = url.searchParams.get('ca');
  const redis = new Redis({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORT),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: ca === null ? {} : { ca: readFileSync(ca) } } : {}),
    Connector,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: () => null,
    protocol: 2,
    disableClientInfo: true,
  });
  // Whoever waits for an answer hears of it, too.
  redis.on('error', () => {});
  await redis.connect();
  return redis;
}

/** How far the server's clock is ahead of `now` (ms since the epoch), in ms; NaN: it does not say. */
export async function serverAhead(redis: Redis, now: () => number): Promise<number> {
  const asked = now();
  const said = await redis.info('server');
  const [, microseconds = 'NaN'] = /^server_time_usec:(\d+)/m.exec(said) ?? [];
  return Number(microseconds) / 1000 - (asked + now()) / 2;
}

interface ConnectorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: ConnectionOptions;
}

/** Hears every error of the socket: one that is closed in its TLS handshake has two, and ioredis hears one. */
class Connector extends AbstractConnector {
  readonly #options: ConnectorOptions;

  constructor(options: unknown) {
    super(2000);
    this.#options = options as ConnectorOptions;
  }

  override async connect(): Promise<Socket> {
    this.connecting = true;
    const { host = 'localhost', port = DEFAULT_PORT, tls } = this.#options;
    const socket =
      tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls });
    socket.on('error', (error) => {
      this.firstError ??= error;
    });
    this.stream = socket;
    return socket;
  }
}
