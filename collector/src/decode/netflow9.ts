// SPDX-License-Identifier: Apache-2.0
import { countDrop, type DropCounters } from '../drops.js';
import type { FlowBatch } from './batch.js';
import type { Exporters, ExportStream } from './exporters.js';
import type { RawDatagram } from './netflow5.js';
import { readOptionsSet } from './options-data.js';
import { decodeRecords, type RecordSet } from './records.js';
import { trackSequence } from './sequence.js';
import {
  compileTemplate,
  type FieldSpec,
  sameLayout,
  type Template,
  type TemplateDefinition,
} from './template.js';

/** RFC 3954 5.1: version, count, sysUptime, UNIX seconds, package sequence, source id. */
const HEADER_OCTETS = 20;
/** RFC 3954 5.2, 5.3: id and length; the length counts itself. */
const SET_HEADER_OCTETS = 4;
const TEMPLATE_SET = 0;
const OPTIONS_TEMPLATE_SET = 1;
const FIRST_DATA_SET = 256;

interface State {
  readonly exporters: Exporters;
  readonly batch: FlowBatch;
  readonly drops: DropCounters;
}

/** Appends the records of a v9 datagram to the batch; returns how many there were, replayed ones included. */
export function decodeNetflow9(datagram: RawDatagram, state: State): number {
  const { view, octets } = datagram;
  if (octets.length < HEADER_OCTETS) {
    countDrop(state.drops, 'truncatedHeader');
    return 0;
  }
  const stream = state.exporters.stream(datagram.exporterAddress, 9, view.getUint32(16));
  if (stream === undefined) return 0;
  const sysUptime = view.getUint32(4);
  trackSequence(stream.sequence, { sequence: view.getUint32(12), units: 1, sysUptime });
  stream.datagrams++;
  stream.lastSeenMilliseconds = datagram.receivedMilliseconds;
  const header = { ...datagram, stream, sysUptime, exportMilliseconds: view.getUint32(8) * 1000 };
  let offset = HEADER_OCTETS;
  let records = 0;
  while (offset + SET_HEADER_OCTETS <= octets.length) {
    const end = offset + view.getUint16(offset + 2);
    if (end < offset + SET_HEADER_OCTETS || end > octets.length) break;
    const set = { ...header, offset: offset + SET_HEADER_OCTETS, end };
    records += decodeSet(view.getUint16(offset), set, state);
    offset = end;
  }
  // Some exporters fill the datagram up with zeros.
  const rest = octets.subarray(offset);
  if (rest.some((octet) => octet !== 0)) countDrop(state.drops, 'malformedSet');
  return records;
}

function decodeSet(id: number, set: RecordSet, state: State): number {
  if (id === TEMPLATE_SET) return readTemplates(set, state);
  if (id === OPTIONS_TEMPLATE_SET) return readOptionsTemplates(set, state);
  if (id < FIRST_DATA_SET) {
    countDrop(state.drops, 'reservedSet');
    return 0;
  }
  const template = set.stream.templates.get(id);
  if (template !== undefined) return decodeData(template, set, state);
  if (set.offset === set.end) return 0;
  const { stream, exportMilliseconds, sysUptime, receivedMilliseconds } = set;
  const octets = set.octets.slice(set.offset, set.end);
  const origin = { stream, exportMilliseconds, sysUptime, receivedMilliseconds };
  const dropped = stream.exporter.pending.add({ ...origin, templateId: id, octets });
  if (dropped > 0) countDrop(state.drops, 'unknownTemplateOverflow', dropped);
  return 0;
}

function decodeData(template: Template, set: RecordSet, state: State): number {
  if (template.kind === 'data') return decodeRecords(template, set, state);
  const give = { stream: set.stream, into: state.batch.options };
  if (!readOptionsSet(template, set, give)) countDrop(state.drops, 'malformedRecord');
  return 0;
}

/** RFC 3954 5.2: template id, field count, then (type, length) for each field; several in one set. */
function readTemplates(set: RecordSet, state: State): number {
  const { view, end } = set;
  let records = 0;
  let { offset } = set;
  while (offset + 4 <= end) {
    const id = view.getUint16(offset);
    const fieldCount = view.getUint16(offset + 2);
    const next = offset + 4 + fieldCount * 4;
    if (id < FIRST_DATA_SET || fieldCount === 0 || next > end) {
      countDrop(state.drops, 'malformedTemplate');
      return records;
    }
    const fields = readFields(view, offset + 4, fieldCount);
    records += learn({ id, kind: 'data', fields, scopeFieldCount: 0 }, set.stream, state);
    offset = next;
  }
  return records;
}

/** RFC 3954 6.1: template id, octets of the scope fields, octets of the option fields, then all fields. */
function readOptionsTemplates(set: RecordSet, state: State): number {
  const { view, end } = set;
  let records = 0;
  let { offset } = set;
  // At most 3 octets of padding by the RFC, but exporters pad a lone template with 4 and more zeros.
  while (offset + 6 <= end && view.getUint16(offset) !== 0) {
    const id = view.getUint16(offset);
    const scopeOctets = view.getUint16(offset + 2);
    const octets = scopeOctets + view.getUint16(offset + 4);
    const next = offset + 6 + octets;
    if (id < FIRST_DATA_SET || scopeOctets % 4 !== 0 || octets % 4 !== 0 || next > end) {
      countDrop(state.drops, 'malformedTemplate');
      return records;
    }
    const fields = readFields(view, offset + 6, octets / 4);
    const scopeFieldCount = scopeOctets / 4;
    records += learn({ id, kind: 'options', fields, scopeFieldCount }, set.stream, state);
    offset = next;
  }
  return records;
}

function readFields(view: DataView, offset: number, count: number): FieldSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    element: view.getUint16(offset + i * 4),
    length: view.getUint16(offset + i * 4 + 2),
  }));
}

/** Keeps a template and decodes what waited for it; returns the records of that. */
function learn(definition: TemplateDefinition, stream: ExportStream, state: State): number {
  const known = stream.templates.get(definition.id);
  if (known !== undefined && sameLayout(known, definition)) return 0;
  // Whatever comes of the new one: data in its layout must not be read by the old one.
  if (known !== undefined) state.exporters.forgetTemplate(stream, known);
  const template = compileTemplate(definition);
  if (template === undefined) {
    countDrop(state.drops, 'malformedTemplate');
    return 0;
  }
  if (!state.exporters.keepTemplate(stream, template)) {
    countDrop(state.drops, 'tooManyTemplates');
    return 0;
  }
  return replay(template, stream, state);
}

function replay(template: Template, stream: ExportStream, state: State): number {
  let records = 0;
  for (const pending of stream.exporter.pending.take(stream, template.id)) {
    const { octets } = pending;
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    records += decodeData(template, { ...pending, view, offset: 0, end: octets.length }, state);
  }
  return records;
}
