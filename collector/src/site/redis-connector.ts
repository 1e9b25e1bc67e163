// SPDX-License-Identifier: Apache-2.0
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';

/** The part of ioredis's options that says where to connect. */
interface ConnectorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: ConnectionOptions;
  readonly disconnectTimeout?: number;
}

/**
 * Connects as ioredis does, but hears every error of the socket: ioredis listens for the first one only,
 * and a TLS socket that is closed in its handshake has two. The second would end the process.
 */
export class RedisConnector extends AbstractConnector {
  readonly #options: ConnectorOptions;

  constructor(options: unknown) {
    const all = options as ConnectorOptions;
    super(all.disconnectTimeout ?? 2000);
    this.#options = all;
  }

  override async connect(): Promise<Socket> {
    this.connecting = true;
    const { host = 'localhost', port = 6379, tls } = this.#options;
    const socket =
      tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls });
    socket.on('error', (error) => {
      this.firstError ??= error;
    });
    this.stream = socket;
    return socket;
  }
}
