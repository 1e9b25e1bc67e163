// SPDX-License-Identifier: Apache-2.0
// A collector of IPFIX over TCP or TLS that does what collectors do on bad days.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type FlowTotals, IpfixSession } from './ipfix-reader.js';
import { eventually } from './lab/eventually.js';

export class StreamCollector implements AsyncDisposable {
  /** one for each connection, in their order */
  readonly sessions: IpfixSession[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #isReading = true;
  #error: Error | undefined;

  private constructor(readonly tls: TlsOptions | undefined) {}

  /** @param port 0: one that is free */
  static async start(tls?: TlsOptions, port = 0): Promise<StreamCollector> {
    const collector = new StreamCollector(tls);
    await collector.listen(port);
    return collector;
  }

  async listen(port: number): Promise<void> {
    const take = (socket: Socket): void => this.#take(socket);
    this.#server = this.tls ? createTlsServer(this.tls, take) : createServer(take);
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  #take(socket: Socket): void {
    const session = new IpfixSession();
    this.sessions.push(session);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (octets: Buffer) => {
      try {
        session.takeStream(octets);
      } catch (error) {
        this.#error = error as Error;
      }
    });
    if (!this.#isReading) socket.pause();
  }

  /** Stops reading, in this connection and those to come, until `resume`. */
  pause(): void {
    this.#isReading = false;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isReading = true;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Hangs up after what has come, as a collector that is stopped does, and refuses connections. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.end();
    await closed;
  }

  /** All connections have ended, and all that came in them was read: an exporter may be gone first. */
  async ended(): Promise<void> {
    await eventually('all connections have ended', () => this.#sockets.size === 0);
  }

  /** Over all sessions. Throws what no collector could have read. */
  get totals(): FlowTotals {
    if (this.#error) throw this.#error;
    const totals = { records: 0, packets: 0, octets: 0 };
    for (const session of this.sessions) {
      totals.records += session.totals.records;
      totals.packets += session.totals.packets;
      totals.octets += session.totals.octets;
    }
    return totals;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }
}
