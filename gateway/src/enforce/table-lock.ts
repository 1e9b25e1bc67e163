// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { GatewayError } from '../errors.js';

/**
 * Keeps a second gateway from the same table: each would undo what the other does. The lock is a socket's name
 * without a file, which each network namespace has for itself and the kernel frees with the process.
 */
export class TableLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws GatewayError WEIR_GATEWAY_RUNS_ALREADY */
  static async take(table: string): Promise<TableLock> {
    const server = createServer((socket) => socket.destroy());
    server.listen(`\0weir-gateway-${table}`);
    await once(server, 'listening').catch((cause) => {
      const happened = `Another gateway holds the table inet ${table} (${cause.code}).`;
      throw new GatewayError('WEIR_GATEWAY_RUNS_ALREADY', happened, { cause });
    });
    server.unref();
    return new TableLock(server);
  }

  async release(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
