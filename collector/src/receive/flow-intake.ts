// SPDX-License-Identifier: Apache-2.0
// The native intake as the collector uses it: chunks of records are shown to those who watch, then go
// to the store in files; what the decoders know outlives a restart.
import { availableParallelism } from 'node:os';
import {
  type EnrichmentConfig,
  type FlowChunk,
  FlowCollection,
  type FlowCollectionConfig,
  type IntakeState,
  type LearntTemplates,
  type SharedTemplate,
  type ToldApplication,
} from '@weir/native/collect';
import type { Exporter, Logger } from '@weir/wire';
import { CollectorError, type CollectorErrorCode, messageOf } from '../errors.js';
import { type Endpoint, parseEndpoint } from './endpoint.js';
import { dropsIn, type IntakeCounters, sumOfLanes } from './intake-counters.js';
import { StateFile } from './state-file.js';

/** The part of the collector's configuration that is about receiving. */
export interface IntakeConfig {
  readonly listen: readonly string[];
  readonly listenTcp: readonly string[];
  readonly listenTls: readonly string[];
  readonly listenTlsCert?: string | undefined;
  readonly listenTlsKey?: string | undefined;
  readonly listenTlsClientCa?: string | undefined;
  readonly receiveThreads?: number | undefined;
  readonly receiveBufferBytes: number;
  readonly receiveMemoryBytes: number;
  readonly allowedExporters: readonly string[];
  readonly exporterRecordsPerSecond: number;
  readonly biflows: 'split' | 'keep';
  readonly flushIntervalMs: number;
  readonly dataFolder: string;
}

export interface FlowIntakeOptions {
  readonly config: IntakeConfig;
  readonly log: Logger;
  /** Sees every chunk once, soon after its records came. Copies what it needs. */
  readonly observe: (chunk: FlowChunk) => void;
  /** Has `write` make a file of so many records, or does without and counts them. */
  readonly store: (records: number, write: (path: string) => Promise<unknown>) => Promise<void>;
}

/** A file for the store has at least so many records, unless time is up: it is one insert. */
const ROWS_A_FILE = 262_144;
const STATE_EVERY_MS = 60_000;
const CONNECTIONS_A_LANE = 1024;

const CODES: readonly string[] = [
  'WEIR_COLLECTOR_ADDRESS',
  'WEIR_COLLECTOR_LISTEN',
  'WEIR_COLLECTOR_IPFIX_TLS',
] satisfies readonly CollectorErrorCode[];

/** Inert until `open`. */
export class FlowIntake {
  readonly #options: FlowIntakeOptions;
  readonly #collection: FlowCollection;
  readonly #stateFile: StateFile;
  #held: FlowChunk[] = [];
  #heldRows = 0;
  #isOpen = false;
  #timers: NodeJS.Timeout[] = [];

  /** @throws CollectorError WEIR_COLLECTOR_ADDRESS */
  constructor(options: FlowIntakeOptions) {
    this.#options = options;
    this.#stateFile = new StateFile(options.config.dataFolder);
    const config = nativeConfig(options.config);
    this.#collection = coded(() => new FlowCollection(config, () => this.#take()));
  }

  /** As bound, with the ports that the kernel gave; UDP first, then TCP, then TLS. Empty before `open`. */
  get endpoints(): readonly Endpoint[] {
    return this.#collection.state.endpoints;
  }

  get state(): IntakeState {
    return this.#collection.state;
  }

  get counters(): IntakeCounters {
    return sumOfLanes(this.#collection.counters());
  }

  /** What to do when the kernel drops datagrams; undefined when the buffers are as large as asked for. */
  get bufferHint(): string | undefined {
    const wanted = this.#options.config.receiveBufferBytes;
    const granted = this.#collection.state.grantedBufferBytes;
    if (granted === 0 || granted >= wanted) return undefined;
    return `the receive buffers are ${granted} of ${wanted} bytes; allow more and restart: sysctl -w net.core.rmem_max=${wanted}`;
  }

  /** Records that were decoded and that no file has yet. */
  get heldRecords(): number {
    return this.#heldRows;
  }

  /** Who sent, with what was not taken of it, by reason. */
  async exporters(): Promise<Exporter[]> {
    const domains = await this.#collection.exporters();
    return domains.map(({ counted, ...domain }) => ({
      ...domain,
      dropsByReason: dropsIn(counted),
    }));
  }

  /** All applications that exporters told of, by name. */
  applications(): Promise<ToldApplication[]> {
    return this.#collection.applications();
  }

  /** Names, networks and rules for the records to come. Rejects where a GeoIP file cannot be used. */
  setEnrichment(config: EnrichmentConfig): Promise<void> {
    return this.#collection.setEnrichment(config);
  }

  /** Templates that exporters told of after these changes; [] gives all. */
  templatesSince(changes: readonly number[]): Promise<LearntTemplates> {
    return this.#collection.templatesSince(changes);
  }

  /** Takes what other collectors learnt, where the exporter has not told its own. */
  importTemplates(templates: readonly SharedTemplate[]): Promise<number> {
    return this.#collection.importTemplates(templates);
  }

  /** Binds the sockets and begins to receive. @throws CollectorError WEIR_COLLECTOR_LISTEN, WEIR_COLLECTOR_IPFIX_TLS */
  async start(): Promise<void> {
    coded(() => this.#collection.open());
    this.#isOpen = true;
    await this.#restoreState();
    this.#collection.start();
    this.#timers = [
      setInterval(() => void this.flush(), this.#options.config.flushIntervalMs),
      setInterval(() => void this.#keepState(), STATE_EVERY_MS),
    ];
  }

  /** Takes what the sockets hold, and hands all over. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#collection.stop();
    this.#take();
    await Promise.all([this.flush(), this.#keepState()]);
  }

  /** Hands over what came so far; resolves when it is where it does not get lost. */
  async flush(): Promise<void> {
    const chunks = this.#held;
    const rows = this.#heldRows;
    if (rows === 0) return;
    this.#held = [];
    this.#heldRows = 0;
    await this.#options.store(rows, (path) => this.#collection.encode(chunks, path));
    // Where nothing was written, on a full disk, nobody has taken them.
    for (const chunk of chunks) chunk.release();
  }

  #take(): void {
    for (const chunk of this.#collection.takeChunks()) {
      this.#options.observe(chunk);
      this.#held.push(chunk);
      this.#heldRows += chunk.rows;
    }
    if (this.#heldRows >= ROWS_A_FILE) void this.flush();
  }

  async #restoreState(): Promise<void> {
    const state = await this.#stateFile.read();
    if (state === undefined || this.#collection.importState(state)) return;
    this.#options.log('warn', 'what was known of exporters is of another version or damaged', {
      file: this.#stateFile.path,
    });
  }

  async #keepState(): Promise<void> {
    try {
      await this.#stateFile.write(await this.#collection.exportState());
    } catch (error) {
      const problem = messageOf(error);
      this.#options.log('warn', 'what is known of exporters cannot be kept', { problem });
    }
  }
}

function nativeConfig(config: IntakeConfig): FlowCollectionConfig {
  const over = (transport: 'udp' | 'tcp' | 'tls', addresses: readonly string[]) =>
    addresses.map((address) => ({ ...parseEndpoint(address), transport }));
  if (config.listenTls.length > 0 && !(config.listenTlsCert && config.listenTlsKey)) {
    throw new CollectorError(
      'WEIR_COLLECTOR_IPFIX_TLS',
      '--listen-tls needs --listen-tls-cert and --listen-tls-key',
    );
  }
  return {
    endpoints: [
      ...over('udp', config.listen),
      ...over('tcp', config.listenTcp),
      ...over('tls', config.listenTls),
    ],
    lanes: config.receiveThreads ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    receiveBufferBytes: config.receiveBufferBytes,
    chunkBytes: config.receiveMemoryBytes,
    allowedExporters: config.allowedExporters,
    recordsPerSecond: config.exporterRecordsPerSecond,
    mostConnections: CONNECTIONS_A_LANE,
    certificateFile: config.listenTlsCert ?? '',
    keyFile: config.listenTlsKey ?? '',
    clientAuthorityFile: config.listenTlsClientCa ?? '',
    biflows: config.biflows,
  };
}

/** Native errors carry the collector's codes, and the detail as their message. */
function coded<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (error instanceof CollectorError || !CODES.includes(code)) throw error;
    throw new CollectorError(code as CollectorErrorCode, messageOf(error), error);
  }
}
