// SPDX-License-Identifier: Apache-2.0
import { countDrop, type DropCounters } from '../drops.js';
import { parseAddress } from './address.js';
import type { StreamIdentity } from './batch.js';
import { ADDRESS_OCTETS } from './columns.js';
import { createPendingSets, type PendingBudget, type PendingSets } from './pending-sets.js';
import { createSequence, type SequenceState } from './sequence.js';
import type { Template } from './template.js';

/** What the decoder knows of one (exporter address, version, observation domain). */
export interface ExportStream extends StreamIdentity {
  readonly exporter: Exporter;
  readonly templates: Map<number, Template>;
  readonly sequence: SequenceState;
  datagrams: number;
  records: number;
  lastSeenMilliseconds: number;
}

/** One sending address. */
export interface Exporter {
  readonly address: string;
  readonly octets: Uint8Array;
  readonly streams: Map<number, ExportStream>;
  readonly pending: PendingSets<ExportStream>;
}

/** Bounds that keep forged senders from growing the collector. */
export interface ExporterLimits {
  readonly exporters: number;
  readonly streamsPerExporter: number;
  readonly templatesPerStream: number;
  /** Octets of data that wait for their template, for each exporter. */
  readonly pendingOctetsPerExporter: number;
  /** The same for all exporters together. */
  readonly pendingOctets: number;
}

export const EXPORTER_LIMITS: ExporterLimits = {
  exporters: 4096,
  streamsPerExporter: 256,
  templatesPerStream: 1024,
  pendingOctetsPerExporter: 4 * 1024 * 1024,
  pendingOctets: 64 * 1024 * 1024,
};

/** All exporters seen since the collector started. */
export class Exporters {
  readonly #byAddress = new Map<string, Exporter>();
  readonly #limits: ExporterLimits;
  readonly #drops: DropCounters;
  readonly #budget: PendingBudget;

  constructor(limits: ExporterLimits, drops: DropCounters) {
    this.#budget = { octets: 0, limitOctets: limits.pendingOctets };
    this.#limits = limits;
    this.#drops = drops;
  }

  get limits(): ExporterLimits {
    return this.#limits;
  }

  *streams(): IterableIterator<ExportStream> {
    for (const exporter of this.#byAddress.values()) yield* exporter.streams.values();
  }

  /** The stream that a datagram belongs to; undefined (and counted) beyond the limits. */
  stream(address: string, version: number, observationDomainId: number): ExportStream | undefined {
    const exporter = this.#exporter(address);
    const key = version * 0x1_0000_0000 + observationDomainId;
    const known = exporter?.streams.get(key);
    if (known !== undefined) return known;
    if (exporter === undefined || exporter.streams.size >= this.#limits.streamsPerExporter) {
      countDrop(this.#drops, 'tooManyExporters');
      return undefined;
    }
    const stream = createStream(exporter, version, observationDomainId);
    exporter.streams.set(key, stream);
    return stream;
  }

  #exporter(address: string): Exporter | undefined {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    if (this.#byAddress.size >= this.#limits.exporters) return undefined;
    const exporter = {
      address,
      octets: parseAddress(address) ?? new Uint8Array(ADDRESS_OCTETS),
      streams: new Map<number, ExportStream>(),
      pending: createPendingSets<ExportStream>(this.#limits.pendingOctetsPerExporter, this.#budget),
    };
    this.#byAddress.set(address, exporter);
    return exporter;
  }
}

function createStream(
  exporter: Exporter,
  version: number,
  observationDomainId: number,
): ExportStream {
  return {
    exporter,
    exporterAddress: exporter.address,
    version,
    observationDomainId,
    templates: new Map(),
    sequence: createSequence(),
    datagrams: 0,
    records: 0,
    lastSeenMilliseconds: 0,
  };
}
