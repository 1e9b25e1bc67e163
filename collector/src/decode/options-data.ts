// SPDX-License-Identifier: Apache-2.0
// Options data (RFC 3954 6): what an exporter tells about itself. Few records, so objects are fine here.
import type { OptionsRecord, StreamIdentity } from './batch.js';
import { readApplicationId, readUnsigned } from './field-readers.js';
import { fieldStarts, type Template } from './template.js';

/** Elements that options data is read for. */
const ELEMENT = {
  samplingInterval: 34,
  samplerId: 48,
  samplerRandomInterval: 50,
  applicationDescription: 94,
  applicationId: 95,
  applicationName: 96,
  selectorId: 302,
  samplingPacketInterval: 305,
  samplingPacketSpace: 306,
} as const;

/** Scope types 1 to 5 are system, interface, line card, cache and template, not elements. */
const LAST_SCOPE_TYPE = 5;

const TEXT = new TextDecoder('utf-8', { fatal: false });

/** One options record: the octets of each element that it holds. */
type Values = Map<number, { readonly at: number; readonly length: number }>;

/** All records of an options data set; unknown options are left out. Returns false when it ends inside a record. */
export function readOptionsSet(
  template: Template,
  set: { readonly view: DataView; readonly offset: number; readonly end: number },
  give: { readonly stream: StreamIdentity; readonly into: OptionsRecord[] },
): boolean {
  let { offset } = set;
  while (offset + template.recordLength <= set.end) {
    const starts = fieldStarts(template, set.view, { offset, end: set.end });
    if (starts === undefined) return false;
    give.into.push(...optionsOf(set.view, valuesOf(template, starts), give.stream));
    offset = starts[starts.length - 1] as number;
  }
  return set.end - offset <= 3;
}

function valuesOf(template: Template, starts: readonly number[]): Values {
  const values: Values = new Map();
  for (const [i, { element, length }] of template.fields.entries()) {
    if (i < template.scopeFieldCount && element <= LAST_SCOPE_TYPE) continue;
    const at = starts[i] as number;
    const octets = length === 65535 ? (starts[i + 1] as number) - at : length;
    values.set(element, { at, length: octets });
  }
  return values;
}

function optionsOf(view: DataView, values: Values, stream: StreamIdentity): OptionsRecord[] {
  return [...applicationOf(view, values, stream), ...samplingOf(view, values, stream)];
}

function applicationOf(view: DataView, values: Values, stream: StreamIdentity): OptionsRecord[] {
  const id = values.get(ELEMENT.applicationId);
  const applicationName = textOf(view, values, ELEMENT.applicationName);
  if (id === undefined || id.length < 2 || applicationName === '') return [];
  return [
    {
      kind: 'application',
      stream,
      applicationId: readApplicationId(view, id.at, id.length),
      applicationName,
      applicationDescription: textOf(view, values, ELEMENT.applicationDescription),
    },
  ];
}

function samplingOf(view: DataView, values: Values, stream: StreamIdentity): OptionsRecord[] {
  const number = (element: number) => numberOf(view, values, element);
  const taken = number(ELEMENT.samplingPacketInterval);
  const skipped = number(ELEMENT.samplingPacketSpace);
  const interval =
    number(ELEMENT.samplerRandomInterval) ??
    number(ELEMENT.samplingInterval) ??
    (taken ? (taken + (skipped ?? 0)) / taken : undefined);
  if (interval === undefined || !(interval >= 1)) return [];
  const samplerId = number(ELEMENT.samplerId) ?? number(ELEMENT.selectorId) ?? 0;
  return [{ kind: 'sampling', stream, samplerId, interval }];
}

function numberOf(view: DataView, values: Values, element: number): number | undefined {
  const value = values.get(element);
  if (value === undefined || value.length === 0) return undefined;
  return readUnsigned(view, value.at, value.length);
}

/** Names and descriptions are kept: longer ones are cut. */
const LONGEST_TEXT_OCTETS = 255;

/** Text up to the first NUL: exporters fill fixed lengths with NULs or spaces. */
function textOf(view: DataView, values: Values, element: number): string {
  const value = values.get(element);
  if (value === undefined) return '';
  const length = Math.min(value.length, LONGEST_TEXT_OCTETS);
  const octets = new Uint8Array(view.buffer, view.byteOffset + value.at, length);
  const end = octets.indexOf(0);
  return TEXT.decode(end < 0 ? octets : octets.subarray(0, end)).trim();
}
