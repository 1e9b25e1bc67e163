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
  /** Fields of all its templates. */
  templateFields: number;
}

/** Bounds that keep forged senders from growing the collector. */
export interface ExporterLimits {
  readonly exporters: number;
  readonly streamsPerExporter: number;
  /** For all exporters together. */
  readonly streams: number;
  readonly templatesPerStream: number;
  /** Fields of all templates: one datagram may define a template of 16,000. */
  readonly templateFieldsPerExporter: number;
  readonly templateFields: number;
  /** Octets of data that wait for their template, for each exporter. */
  readonly pendingOctetsPerExporter: number;
  /** The same for all exporters together. */
  readonly pendingOctets: number;
}

export const EXPORTER_LIMITS: ExporterLimits = {
  exporters: 4096,
  streamsPerExporter: 256,
  streams: 16_384,
  templatesPerStream: 1024,
  templateFieldsPerExporter: 65_536,
  templateFields: 1_048_576,
  pendingOctetsPerExporter: 4 * 1024 * 1024,
  pendingOctets: 64 * 1024 * 1024,
};

/** All exporters seen since the collector started. */
export class Exporters {
  readonly #byAddress = new Map<string, Exporter>();
  readonly #limits: ExporterLimits;
  readonly #drops: DropCounters;
  readonly #budget: PendingBudget;
  #streamCount = 0;
  #templateFields = 0;

  constructor(limits: ExporterLimits, drops: DropCounters) {
    this.#budget = { octets: 0, limitOctets: limits.pendingOctets };
    this.#limits = limits;
    this.#drops = drops;
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
    if (exporter === undefined || !this.#hasRoomForStream(exporter)) {
      countDrop(this.#drops, 'tooManyExporters');
      return undefined;
    }
    const stream = createStream(exporter, version, observationDomainId);
    exporter.streams.set(key, stream);
    this.#streamCount++;
    return stream;
  }

  /** Puts a new template into its stream; false beyond the limits. */
  keepTemplate({ exporter, templates }: ExportStream, template: Template): boolean {
    const { length } = template.fields;
    const limits = this.#limits;
    if (
      templates.size >= limits.templatesPerStream ||
      exporter.templateFields + length > limits.templateFieldsPerExporter ||
      this.#templateFields + length > limits.templateFields
    ) {
      return false;
    }
    templates.set(template.id, template);
    exporter.templateFields += length;
    this.#templateFields += length;
    return true;
  }

  /** Takes out a template that its stream has. */
  forgetTemplate({ exporter, templates }: ExportStream, template: Template): void {
    templates.delete(template.id);
    exporter.templateFields -= template.fields.length;
    this.#templateFields -= template.fields.length;
  }

  #hasRoomForStream({ streams }: Exporter): boolean {
    return (
      streams.size < this.#limits.streamsPerExporter && this.#streamCount < this.#limits.streams
    );
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
      templateFields: 0,
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
