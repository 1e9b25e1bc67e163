// SPDX-License-Identifier: Apache-2.0
import { countDrop, type DropCounters } from '../drops.js';
import { type FlowBatch, reserveRows } from './batch.js';
import { type FlowColumns, fillAddress } from './columns.js';
import type { ExportStream } from './exporters.js';
import type { SetCursor } from './field-readers.js';
import { fieldStarts, readFixedRecords, readVariableRecord, type Template } from './template.js';

/** Records of one template in a row, with what the datagram's header says of them. */
export interface RecordSet {
  readonly stream: ExportStream;
  readonly view: DataView;
  readonly octets: Uint8Array;
  readonly offset: number;
  readonly end: number;
  readonly exportMilliseconds: number;
  readonly sysUptime: number;
  readonly receivedMilliseconds: number;
}

/** RFC 3954 5.3: a set is padded to 4 octets at most. */
const LONGEST_PADDING = 3;

/** Appends all records of the set to the batch; returns how many there were. */
export function decodeRecords(
  template: Template,
  set: RecordSet,
  { batch, drops }: { readonly batch: FlowBatch; readonly drops: DropCounters },
): number {
  const most = Math.floor((set.end - set.offset) / template.recordLength);
  reserveRows(batch, most);
  const { columns } = batch;
  const from = columns.length;
  const cursor: SetCursor = {
    view: set.view,
    octets: set.octets,
    columns,
    exportMilliseconds: set.exportMilliseconds,
    sysUptime: set.sysUptime,
    offset: set.offset,
    stride: template.recordLength,
    count: most,
    row: from,
  };
  const end = template.variable ? walkRecords(template, set, cursor) : readAll(template, cursor);
  if (set.end - end > LONGEST_PADDING) countDrop(drops, 'malformedRecord');
  const to = cursor.row;
  columns.length = to;
  if (to === from) return 0;
  const rows = { from, to };
  fillOrigin(columns, rows, set);
  const implausible = completeTimes(columns, rows, set.exportMilliseconds);
  if (implausible > 0) countDrop(drops, 'implausibleTime', implausible);
  completeIcmp(columns, rows, template);
  batch.segments.push({ from, to, stream: set.stream });
  set.stream.records += to - from;
  return to - from;
}

function readAll(template: Template, cursor: SetCursor): number {
  readFixedRecords(template, cursor);
  cursor.row += cursor.count;
  return cursor.offset + cursor.count * cursor.stride;
}

function walkRecords(template: Template, set: RecordSet, cursor: SetCursor): number {
  cursor.count = 1;
  while (cursor.offset + template.recordLength <= set.end) {
    const range = { offset: cursor.offset, end: set.end };
    const starts = fieldStarts(template, set.view, range);
    if (starts === undefined) break;
    readVariableRecord(template, cursor, starts);
    cursor.row++;
    cursor.offset = starts[starts.length - 1] as number;
  }
  return cursor.offset;
}

const YEAR_2100_MS = 4_102_444_800_000;
const ICMP = 1;
const ICMPV6 = 58;

interface Rows {
  readonly from: number;
  readonly to: number;
}

function fillOrigin(columns: FlowColumns, rows: Rows, set: RecordSet): void {
  const { stream } = set;
  columns.receivedMilliseconds.fill(set.receivedMilliseconds, rows.from, rows.to);
  columns.observationDomainId.fill(stream.observationDomainId, rows.from, rows.to);
  columns.exportVersion.fill(stream.version, rows.from, rows.to);
  fillAddress(columns.exporterAddress, stream.exporter.octets, rows);
}

/** A missing start is the end and the other way round; what cannot be is the time of export. */
function completeTimes(
  columns: FlowColumns,
  { from, to }: Rows,
  exportMilliseconds: number,
): number {
  const { flowStartMilliseconds: starts, flowEndMilliseconds: ends } = columns;
  let implausible = 0;
  for (let row = from; row < to; row++) {
    const end = (ends[row] || starts[row] || exportMilliseconds) as number;
    const start = (starts[row] || end) as number;
    const plausible = start >= 0 && end >= 0 && start < YEAR_2100_MS && end < YEAR_2100_MS;
    if (!plausible) implausible++;
    starts[row] = plausible ? start : exportMilliseconds;
    ends[row] = plausible ? end : exportMilliseconds;
  }
  return implausible;
}

/**
 * v5 and v9 carry ICMP's type and code in the destination port, unless the template has fields for
 * them: they are moved to where they belong.
 */
function completeIcmp(columns: FlowColumns, { from, to }: Rows, template: Template): void {
  const { protocolIdentifier, icmpTypeCode, destinationTransportPort } = columns;
  for (let row = from; row < to; row++) {
    const protocol = protocolIdentifier[row];
    if (protocol !== ICMP && protocol !== ICMPV6) continue;
    if (!template.hasIcmp) icmpTypeCode[row] = destinationTransportPort[row] as number;
    destinationTransportPort[row] = 0;
    columns.sourceTransportPort[row] = 0;
  }
}
