// SPDX-License-Identifier: Apache-2.0
import type { FlowBatch, OptionsRecord, Segment, StreamIdentity } from '../decode/batch.js';
import type { FlowColumns } from '../decode/columns.js';
import { applicationIdText } from '../decode/field-readers.js';
import { countDrop, type DropCounters } from '../drops.js';
import type { NameTable } from './name-table.js';

/** An entry of an exporter's application table. */
export interface Application {
  /** "6:22": classification engine and selector, RFC 6759. */
  readonly applicationId: string;
  readonly applicationName: string;
  readonly applicationDescription: string;
}

/** What one (exporter, version, domain) told about itself. */
interface StreamKnowledge {
  readonly nameIndexes: Map<number, number>;
  readonly samplingIntervals: Map<number, number>;
}

/** Entries of one stream's tables that are kept at most: they come from the network. */
export const MOST_APPLICATIONS = 65_536;
export const MOST_SAMPLERS = 1024;
/** Entries of all streams together. */
const MOST_ENTRIES = 1_048_576;

/** Names flows and undoes sampling, from what exporters tell in options data. */
export class Enricher {
  readonly #names: NameTable;
  readonly #streams = new Map<StreamIdentity, StreamKnowledge>();
  readonly #applications = new Map<string, Application>();
  readonly #drops: DropCounters;
  #entries = 0;

  constructor(names: NameTable, drops: DropCounters = {}) {
    this.#names = names;
    this.#drops = drops;
  }

  /** All applications that exporters told of, by name. */
  applications(): Application[] {
    const byName = (a: Application, b: Application) =>
      a.applicationName < b.applicationName ? -1 : 1;
    return [...this.#applications.values()].sort(byName);
  }

  /**
   * Learns from the batch's options, then fills `applicationName` and multiplies octets and packets by
   * the sampling interval, in place, once for each row: pass only segments that are new.
   */
  enrich(batch: FlowBatch, segments: readonly Segment[] = batch.segments): void {
    for (const record of batch.options) this.#learn(record);
    batch.options = [];
    for (const segment of segments) this.#enrichSegment(batch.columns, segment);
  }

  #learn(record: OptionsRecord): void {
    const { nameIndexes, samplingIntervals } = this.#knowledge(record.stream);
    if (record.kind === 'sampling') {
      if (this.#hasRoom(samplingIntervals, record.samplerId, MOST_SAMPLERS)) {
        samplingIntervals.set(record.samplerId, record.interval);
      }
      return;
    }
    if (!this.#hasRoom(nameIndexes, record.applicationId, MOST_APPLICATIONS)) return;
    const { applicationName, applicationDescription } = record;
    const applicationId = applicationIdText(record.applicationId);
    nameIndexes.set(record.applicationId, this.#names.intern(applicationName));
    const application = { applicationId, applicationName, applicationDescription };
    if (this.#applications.size < MOST_APPLICATIONS) {
      this.#applications.set(`${applicationId} ${applicationName}`, application);
    }
  }

  /** Whether the entry is known or may be added; counted where it may not. */
  #hasRoom(table: ReadonlyMap<number, number>, key: number, most: number): boolean {
    if (table.has(key)) return true;
    if (table.size >= most || this.#entries >= MOST_ENTRIES) {
      countDrop(this.#drops, 'tooManyOptions');
      return false;
    }
    this.#entries++;
    return true;
  }

  #knowledge(stream: StreamIdentity): StreamKnowledge {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const fresh = { nameIndexes: new Map(), samplingIntervals: new Map() };
    this.#streams.set(stream, fresh);
    return fresh;
  }

  #enrichSegment(columns: FlowColumns, segment: Segment): void {
    const { nameIndexes, samplingIntervals } = this.#knowledge(segment.stream);
    if (nameIndexes.size > 0) nameRows(columns, segment, nameIndexes);
    undoSampling(columns, segment, samplingIntervals);
  }
}

function nameRows(
  columns: FlowColumns,
  { from, to }: Segment,
  nameIndexes: ReadonlyMap<number, number>,
): void {
  const { applicationId, applicationName } = columns;
  for (let row = from; row < to; row++) {
    const id = applicationId[row] as number;
    if (id !== 0) applicationName[row] = nameIndexes.get(id) ?? 0;
  }
}

/** The record's own interval counts first, then its sampler's, then the one that its domain has for all. */
function undoSampling(
  columns: FlowColumns,
  { from, to }: Segment,
  intervals: ReadonlyMap<number, number>,
): void {
  const { samplingInterval, samplerId, octets, packets } = columns;
  for (let row = from; row < to; row++) {
    const own = samplingInterval[row] as number;
    if (own <= 1 && intervals.size === 0) continue;
    const sampler = samplerId[row] as number;
    const interval = own || intervals.get(sampler) || intervals.get(0) || 1;
    octets[row] = (octets[row] as number) * interval;
    packets[row] = (packets[row] as number) * interval;
  }
}
