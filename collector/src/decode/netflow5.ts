// SPDX-License-Identifier: Apache-2.0
import { countDrop, type DropCounters } from '../drops.js';
import type { FlowBatch } from './batch.js';
import type { Exporters } from './exporters.js';
import { decodeRecords } from './records.js';
import { trackSequence } from './sequence.js';
import { compileTemplate, type Template } from './template.js';

/**
 * NetFlow v5 header, 24 octets: version, count, sysUptime, unix_secs, unix_nsecs, flow_sequence,
 * engine_type and engine_id, and the sampling mode (2 bits) with the interval (14 bits).
 */
const HEADER_OCTETS = 24;
const RECORD_OCTETS = 48;
const PADDING_ELEMENT = 210;

/** The v5 record as a template: layout of Cisco's export format, element numbers of v9. */
const RECORD: Template = compileTemplate({
  id: 5,
  kind: 'data',
  scopeFieldCount: 0,
  fields: [
    { element: 8, length: 4 },
    { element: 12, length: 4 },
    { element: 15, length: 4 },
    { element: 10, length: 2 },
    { element: 14, length: 2 },
    { element: 2, length: 4 },
    { element: 1, length: 4 },
    { element: 22, length: 4 },
    { element: 21, length: 4 },
    { element: 7, length: 2 },
    { element: 11, length: 2 },
    { element: PADDING_ELEMENT, length: 1 },
    { element: 6, length: 1 },
    { element: 4, length: 1 },
    { element: 5, length: 1 },
    { element: 16, length: 2 },
    { element: 17, length: 2 },
    { element: 9, length: 1 },
    { element: 13, length: 1 },
    { element: PADDING_ELEMENT, length: 2 },
  ],
}) as Template;

export interface RawDatagram {
  readonly view: DataView;
  readonly octets: Uint8Array;
  readonly exporterAddress: string;
  readonly receivedMilliseconds: number;
}

/** Appends the records of a v5 datagram to the batch; returns how many there were. */
export function decodeNetflow5(
  datagram: RawDatagram,
  state: { readonly exporters: Exporters; readonly batch: FlowBatch; readonly drops: DropCounters },
): number {
  const { view, octets } = datagram;
  if (octets.length < HEADER_OCTETS) {
    countDrop(state.drops, 'truncatedHeader');
    return 0;
  }
  // The engine (type × 256 + id) plays the part of v9's observation domain.
  const stream = state.exporters.stream(datagram.exporterAddress, 5, view.getUint16(20));
  if (stream === undefined) return 0;
  const announced = view.getUint16(2);
  const present = Math.floor((octets.length - HEADER_OCTETS) / RECORD_OCTETS);
  if (present < announced) countDrop(state.drops, 'truncatedRecords');
  const sysUptime = view.getUint32(4);
  trackSequence(stream.sequence, { sequence: view.getUint32(16), units: announced, sysUptime });
  stream.datagrams++;
  stream.lastSeenMilliseconds = datagram.receivedMilliseconds;
  const count = Math.min(announced, present);
  const from = state.batch.columns.length;
  const set = {
    ...datagram,
    stream,
    sysUptime,
    exportMilliseconds: view.getUint32(8) * 1000 + Math.floor(view.getUint32(12) / 1e6),
    offset: HEADER_OCTETS,
    end: HEADER_OCTETS + count * RECORD_OCTETS,
  };
  decodeRecords(RECORD, set, state);
  const interval = view.getUint16(22) & 0x3fff;
  state.batch.columns.samplingInterval.fill(interval, from, from + count);
  return count;
}
