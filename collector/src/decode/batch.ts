// SPDX-License-Identifier: Apache-2.0
import { clearColumns, createColumns, type FlowColumns, grownColumns } from './columns.js';

/** Who sent a row: one object for one (exporter address, version, observation domain) as long as the collector runs. */
export interface StreamIdentity {
  readonly exporterAddress: string;
  readonly version: number;
  readonly observationDomainId: number;
}

/** The rows [from, to) came from `stream`. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly stream: StreamIdentity;
}

/** What an exporter says about itself in options data. */
export type OptionsRecord =
  | {
      readonly kind: 'application';
      readonly stream: StreamIdentity;
      readonly applicationId: number;
      readonly applicationName: string;
      readonly applicationDescription: string;
    }
  | {
      readonly kind: 'sampling';
      readonly stream: StreamIdentity;
      readonly samplerId: number;
      /** One of so many packets is looked at. */
      readonly interval: number;
    };

/** What `decode` hands to `enrich`. Columns move to larger ones when they fill up: do not keep `columns`. */
export interface FlowBatch {
  columns: FlowColumns;
  segments: Segment[];
  options: OptionsRecord[];
}

export function createBatch(capacity: number): FlowBatch {
  return { columns: createColumns(capacity), segments: [], options: [] };
}

export function clearBatch(batch: FlowBatch): void {
  clearColumns(batch.columns);
  batch.segments = [];
  batch.options = [];
}

/** Makes room for `rows` more rows. */
export function reserveRows(batch: FlowBatch, rows: number): void {
  const needed = batch.columns.length + rows;
  if (needed > batch.columns.capacity) batch.columns = grownColumns(batch.columns, needed);
}
