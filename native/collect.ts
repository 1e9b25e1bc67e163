// SPDX-License-Identifier: Apache-2.0
// Typed facade of the collector's intake: sockets, decoders and columns of flow records. Records never
// become objects: a chunk's columns are views of the memory that the lanes filled.
import { createRequire } from 'node:module';
import { FLOW_COLUMNS, LIVE_COLUMNS } from '@weir/wire';
import type { EnrichmentConfig } from './enrichment.js';

export type * from './enrichment.js';

export type IntakeTransport = 'udp' | 'tcp' | 'tls';

export interface IntakeEndpoint {
  /** An address or a name of this machine; "::" takes IPv4 as well. */
  readonly host: string;
  /** 0: the kernel chooses. */
  readonly port: number;
}

/** See native/src/collect/lane/flow_collection.h. */
export interface FlowCollectionConfig {
  readonly endpoints: readonly (IntakeEndpoint & { readonly transport: IntakeTransport })[];
  /** Threads; an exporter belongs to one of them. */
  readonly lanes: number;
  /** Of each UDP socket; the kernel may grant less. */
  readonly receiveBufferBytes: number;
  /** For records that nobody has stored yet; beyond it lanes take nothing in, and the kernel drops. */
  readonly chunkBytes: number;
  /** Addresses and prefixes; empty: everybody. */
  readonly allowedExporters: readonly string[];
  /** Of each exporter; 0: no limit. */
  readonly recordsPerSecond: number;
  /** Of TCP and TLS, by lane. */
  readonly mostConnections: number;
  /** PEM, of TLS endpoints; "" where there is none. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM, who may vouch for exporters; "": they need no certificate. */
  readonly clientAuthorityFile: string;
  /** split: a row for each direction; keep: one row with reverseOctets and reversePackets. */
  readonly biflows: 'split' | 'keep';
}

const VIEWS = {
  time: BigInt64Array,
  u64: BigUint64Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
  address: Uint8Array,
  name: Uint32Array,
} as const;

type Views = typeof VIEWS;
/** In the order of the addon's list. */
const COLUMNS = [...FLOW_COLUMNS, ...LIVE_COLUMNS] as const;
type Column = (typeof COLUMNS)[number];

/** index = row; an address has 16 octets a row; a name is an index into the chunk's names. */
export type FlowColumnViews = {
  readonly [Each in Column as Each['name']]: InstanceType<Views[Each['kind']]>;
};

/** What the kernel, the decoder and the lane counted, each by the names that C++ has for it. */
export interface LaneCounters {
  readonly receive: Readonly<Record<string, number>>;
  readonly decode: Readonly<Record<string, number>>;
  readonly enrich: Readonly<Record<string, number>>;
  readonly lane: Readonly<Record<string, number>>;
}

/** One exporter, protocol and observation domain. */
export interface DomainState {
  readonly exporterAddress: string;
  /** netflow1, netflow5, netflow7, netflow9, ipfix, sflow5 */
  readonly exportProtocol: string;
  /** Of a TCP or TLS connection; 0: UDP. */
  readonly session: number;
  readonly observationDomainId: number;
  readonly templates: number;
  readonly applications: number;
  readonly interfaces: number;
  readonly samplers: number;
  readonly datagrams: number;
  readonly octets: number;
  readonly records: number;
  readonly optionsRecords: number;
  readonly unknownTemplateSets: number;
  /** Time received - time of export, of the last datagram, and the least that was seen. */
  readonly clockSkewMilliseconds: number;
  readonly leastClockSkewMilliseconds: number;
  readonly firstSeenMilliseconds: number;
  readonly lastSeenMilliseconds: number;
  readonly samplingInterval: number;
  /** Flows (v5, v7), export packets (v9), data records (IPFIX) or datagrams (sFlow) that did not come. */
  readonly lostUnits: number;
  readonly gaps: number;
  readonly lateDatagrams: number;
  readonly duplicateDatagrams: number;
  readonly restarts: number;
  /** As the exporter counts itself; 0 where it does not tell. */
  readonly exportedFlowRecords: number;
  readonly notSentFlows: number;
  readonly ignoredPackets: number;
  /** What was counted for its datagrams, by the names of the decoder's counters; only what happened. */
  readonly counted: Readonly<Record<string, number>>;
}

/** An entry of an exporter's application table (RFC 6759). */
export interface ToldApplication {
  /** "6:22": classification engine and selector. */
  readonly applicationId: string;
  readonly applicationName: string;
  readonly applicationDescription: string;
}

export interface IntakeState {
  /** As bound, in the order of the configuration. */
  readonly endpoints: readonly IntakeEndpoint[];
  /** The least that a UDP socket was granted; 0: there is none. */
  readonly grantedBufferBytes: number;
  readonly chunksInUse: number;
  readonly mostChunks: number;
}

export interface EncodedFile {
  readonly rows: number;
  readonly octets: number;
}

/** A template that an exporter told over UDP, as collectors of a site share it. */
export interface SharedTemplate {
  /** In text form. */
  readonly exporterAddress: string;
  /** netflow9, ipfix */
  readonly exportProtocol: string;
  readonly observationDomainId: number;
  readonly templateId: number;
  /** When the exporter told it last, by the clock of the collector that heard it. */
  readonly toldMilliseconds: number;
  /** Opaque, and the same for the same fields. */
  readonly definition: Uint8Array;
}

export interface LearntTemplates {
  readonly templates: readonly SharedTemplate[];
  /** By lane: ask with these the next time. */
  readonly changes: readonly number[];
}

interface NativeChunk {
  rows(): number;
  names(): string[];
  column(index: number): ArrayBuffer;
  release(): void;
}

interface NativeCollection {
  open(): void;
  start(): void;
  stop(): Promise<void>;
  takeChunks(): NativeChunk[];
  encode(chunks: readonly NativeChunk[], path: string): Promise<EncodedFile>;
  counters(): LaneCounters[];
  state(): IntakeState;
  exporters(): Promise<DomainState[]>;
  applications(): Promise<ToldApplication[]>;
  exportState(): Promise<Uint8Array>;
  importState(state: Uint8Array, nowMilliseconds: number): boolean;
  setEnrichment(config: EnrichmentConfig): Promise<void>;
  templatesSince(changes: readonly number[]): Promise<LearntTemplates>;
  importTemplates(templates: readonly SharedTemplate[]): Promise<number>;
}

interface Addon {
  readonly FlowCollection: new (config: FlowCollectionConfig, wake: () => void) => NativeCollection;
}

const addon = createRequire(import.meta.url)('../build/Release/weir.node') as Addon;

/** Views are made when somebody looks: most columns are only stored. */
class LazyColumns {
  readonly #chunk: NativeChunk;
  readonly #views: (object | undefined)[] = [];

  constructor(chunk: NativeChunk) {
    this.#chunk = chunk;
  }

  view(index: number): object {
    const known = this.#views[index];
    if (known !== undefined) return known;
    const { kind } = COLUMNS[index] as Column;
    const view = new VIEWS[kind](this.#chunk.column(index));
    this.#views[index] = view;
    return view;
  }
}

COLUMNS.forEach(({ name }, index) => {
  const get = function (this: LazyColumns): object {
    return this.view(index);
  };
  Object.defineProperty(LazyColumns.prototype, name, { get, enumerable: true });
});

/** Flow records, one a row. After `release` or `encode` its views are empty. */
export class FlowChunk {
  readonly rows: number;
  readonly columns: FlowColumnViews;
  /** @internal */
  readonly native: NativeChunk;
  #names: readonly string[] | undefined;

  /** @internal */
  constructor(native: NativeChunk) {
    this.native = native;
    this.rows = native.rows();
    this.columns = new LazyColumns(native) as unknown as FlowColumnViews;
  }

  /** Texts of the name columns; 0 is "". */
  get names(): readonly string[] {
    this.#names ??= this.native.names();
    return this.#names;
  }

  /** Gives the memory back to the lanes; what nobody can reach any more comes back by itself. */
  release(): void {
    this.native.release();
  }
}

/**
 * The intake of a collector. Inert until `open`; `stop` takes what the sockets hold. Does not keep the
 * process alive.
 */
export class FlowCollection {
  readonly #native: NativeCollection;

  /** `onChunks` is called when chunks wait. @throws Error with code WEIR_COLLECTOR_ADDRESS */
  constructor(config: FlowCollectionConfig, onChunks: () => void) {
    this.#native = new addon.FlowCollection(config, onChunks);
  }

  /** Binds all sockets. @throws Error with code WEIR_COLLECTOR_LISTEN or WEIR_COLLECTOR_IPFIX_TLS */
  open(): void {
    this.#native.open();
  }

  /** After `open`. */
  start(): void {
    this.#native.start();
  }

  /** Up to two seconds, during which chunks must be taken; some are left afterwards. */
  stop(): Promise<void> {
    return this.#native.stop();
  }

  takeChunks(): FlowChunk[] {
    return this.#native.takeChunks().map((chunk) => new FlowChunk(chunk));
  }

  /**
   * Writes the chunks' rows as a file of one block in ClickHouse's Native format, off the event loop. The
   * chunks are released at once, also when it rejects (WEIR_COLLECT_DISK_FULL, WEIR_COLLECT_CANNOT_WRITE).
   */
  encode(chunks: readonly FlowChunk[], path: string): Promise<EncodedFile> {
    const natives = chunks.map(({ native }) => native);
    return this.#native.encode(natives, path);
  }

  /** By lane. */
  counters(): LaneCounters[] {
    return this.#native.counters();
  }

  get state(): IntakeState {
    return this.#native.state();
  }

  exporters(): Promise<DomainState[]> {
    return this.#native.exporters();
  }

  /** What exporters tell, each once, by name. */
  applications(): Promise<ToldApplication[]> {
    return this.#native.applications();
  }

  /** What the decoders know of exporters: for `importState` after a restart. */
  exportState(): Promise<Uint8Array> {
    return this.#native.exportState();
  }

  /** Between `open` and `start`. False when it is damaged or of another version. */
  importState(state: Uint8Array): boolean {
    return this.#native.importState(state, Date.now());
  }

  /**
   * Other names, networks and rules for the records to come; GeoIP files are read anew, off the event loop.
   * Rejects with code WEIR_COLLECT_GEO_FILE or WEIR_COLLECT_ENRICHMENT, and then nothing changes.
   */
  setEnrichment(config: EnrichmentConfig): Promise<void> {
    return this.#native.setEnrichment(config);
  }

  /** Templates that were learnt or taken in after these changes; [] gives all. */
  templatesSince(changes: readonly number[]): Promise<LearntTemplates> {
    return this.#native.templatesSince(changes);
  }

  /**
   * Takes what other collectors learnt, unless one with its id was told later, or the exporter told its own
   * here and has used it since. Resolves with the number of templates that could be read.
   */
  importTemplates(templates: readonly SharedTemplate[]): Promise<number> {
    return this.#native.importTemplates(templates);
  }
}
