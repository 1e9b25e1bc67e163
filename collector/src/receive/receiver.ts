// SPDX-License-Identifier: Apache-2.0
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countDrop, type DropCounters } from '../drops.js';
import { CollectorError } from '../errors.js';
import type { AllowList } from './allow-list.js';
import { type Endpoint, endpointText } from './endpoint.js';
import { kernelDrops } from './kernel-drops.js';

/** One datagram as it came. `payload` belongs to the receiver of the batch. */
export interface Datagram {
  readonly payload: Buffer;
  /** Sender in text form; IPv4 senders on a dual-stack socket are dotted. */
  readonly exporterAddress: string;
  readonly receivedMilliseconds: number;
}

export interface ReceiverOptions {
  readonly endpoints: readonly Endpoint[];
  readonly receiveBufferBytes: number;
  readonly allowed: AllowList;
  readonly drops: DropCounters;
  /** Takes all datagrams that arrived in one turn of the event loop. */
  readonly onBatch: (datagrams: Datagram[]) => void;
  /** A failure of an open socket. */
  readonly onError: (error: Error) => void;
}

/** Counters since `start`. */
export interface ReceiverState {
  datagrams: number;
  octets: number;
  /** What to do when the kernel drops datagrams; undefined when the buffers are as large as asked for. */
  bufferHint: string | undefined;
}

/** UDP sockets that hand over batches. Inert until `start`. */
export class Receiver {
  readonly state: ReceiverState = { datagrams: 0, octets: 0, bufferHint: undefined };
  readonly #options: ReceiverOptions;
  readonly #sockets: Socket[] = [];
  #batch: Datagram[] = [];

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Where the sockets are bound; port 0 in the configuration becomes the port that the kernel gave. */
  get endpoints(): Endpoint[] {
    return this.#sockets.map((socket) => {
      const { address, port } = socket.address();
      return { host: address, port };
    });
  }

  /** Datagrams that the kernel dropped because nobody took them in time. */
  kernelDrops(): number {
    return kernelDrops(this.endpoints.map(({ port }) => port));
  }

  /** Binds all sockets. @throws CollectorError WEIR_COLLECTOR_LISTEN */
  async start(): Promise<void> {
    try {
      for (const endpoint of this.#options.endpoints) await this.#open(endpoint);
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  /** Takes what the kernel still holds, then closes: nothing that arrived before `stop` is lost. */
  async stop(): Promise<void> {
    for (let quietTurns = 0, turns = 0; quietTurns < 3 && turns < 100; turns++) {
      const before = this.state.datagrams;
      await sleep(5);
      quietTurns = this.state.datagrams === before ? quietTurns + 1 : 0;
    }
    await this.#close();
    this.#handOver();
  }

  async #open(endpoint: Endpoint): Promise<void> {
    const socket = createSocket({ type: isIP(endpoint.host) === 6 ? 'udp6' : 'udp4' });
    this.#sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => reject(listenError(endpoint, error)));
      socket.bind({ address: endpoint.host, port: endpoint.port, exclusive: true }, resolve);
    });
    socket.removeAllListeners('error');
    socket.on('error', this.#options.onError);
    this.#enlargeBuffer(socket, endpoint);
    socket.on('message', (payload, sender) => this.#take(payload, sender));
  }

  /** The kernel cuts the size at net.core.rmem_max without an error. */
  #enlargeBuffer(socket: Socket, endpoint: Endpoint): void {
    const wanted = this.#options.receiveBufferBytes;
    socket.setRecvBufferSize(wanted);
    // Linux reports twice the size that it grants to payload.
    const granted = socket.getRecvBufferSize() / 2;
    if (granted >= wanted) return;
    this.state.bufferHint =
      `the receive buffer of ${endpointText(endpoint)} is ${granted} of ${wanted} bytes; ` +
      `allow more and restart: sysctl -w net.core.rmem_max=${wanted}`;
  }

  #take(payload: Buffer, sender: RemoteInfo): void {
    this.state.datagrams++;
    this.state.octets += payload.length;
    const exporterAddress = plainAddress(sender.address);
    if (!this.#options.allowed(exporterAddress)) {
      countDrop(this.#options.drops, 'exporterNotAllowed');
      return;
    }
    if (this.#batch.length === 0) setImmediate(() => this.#handOver());
    this.#batch.push({ payload, exporterAddress, receivedMilliseconds: Date.now() });
  }

  #handOver(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#options.onBatch(batch);
  }

  async #close(): Promise<void> {
    const sockets = this.#sockets.splice(0);
    await Promise.all(sockets.map((s) => new Promise<void>((resolve) => closeSocket(s, resolve))));
  }
}

function closeSocket(socket: Socket, done: () => void): void {
  try {
    socket.close(done);
  } catch {
    // It was never bound.
    done();
  }
}

/** "::ffff:192.0.2.1" on a dual-stack socket is 192.0.2.1; a zone index is not part of an address. */
function plainAddress(address: string): string {
  const mapped = address.startsWith('::ffff:') && address.includes('.');
  if (mapped) return address.slice(7);
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

function listenError(endpoint: Endpoint, error: NodeJS.ErrnoException): CollectorError {
  const where = endpointText(endpoint);
  const advice: Record<string, string> = {
    EADDRINUSE: `${where} is taken; stop the other collector (ss -ulpn 'sport = :${endpoint.port}') or choose another with --listen`,
    EACCES: `no right to bind ${where}; choose a port from 1024 upwards with --listen`,
    EADDRNOTAVAIL: `${where} is no address of this machine; choose one of "ip address" or 0.0.0.0 with --listen`,
  };
  const detail = advice[error.code ?? ''] ?? `${where}: ${error.message}`;
  return new CollectorError('WEIR_COLLECTOR_LISTEN', detail, error);
}
