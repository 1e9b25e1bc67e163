// SPDX-License-Identifier: Apache-2.0
// A template becomes a list of steps once; decoding a set then runs each step over all its records.
import type { AddressColumn, NumberColumn } from './columns.js';
import {
  DUAL_STACK,
  ELEMENT_RULES,
  type ElementRule,
  ICMP_ELEMENTS,
  ICMP_PARTS,
} from './elements.js';
import type { FieldReader, SetCursor } from './field-readers.js';

/** A field of a template (RFC 3954 5.2): element number and length in octets. */
export interface FieldSpec {
  readonly element: number;
  /** 65535: each record carries the length (as RFC 7011 7 has it, and some v9 exporters do). */
  readonly length: number;
}
export const VARIABLE_LENGTH = 65535;

interface Step {
  readonly fieldIndex: number;
  readonly rank: number;
  readonly read: FieldReader;
}

/** A template ready for use. */
export interface Template {
  readonly id: number;
  readonly kind: 'data' | 'options';
  /** Scope fields first (RFC 3954 6.1); their `element` is a scope type. */
  readonly fields: readonly FieldSpec[];
  readonly scopeFieldCount: number;
  /** Octets of a record; with variable-length fields the least that one takes. */
  readonly recordLength: number;
  readonly variable: boolean;
  /** Offset of each field in a record without variable-length fields. */
  readonly offsets: readonly number[];
  readonly steps: readonly Step[];
  /** Whether it has fields for ICMP's type and code: else they are in the destination port. */
  readonly hasIcmp: boolean;
}

export interface TemplateDefinition {
  readonly id: number;
  readonly kind: 'data' | 'options';
  readonly fields: readonly FieldSpec[];
  readonly scopeFieldCount: number;
}

/** Compiles a template; undefined when no record can have this shape. */
export function compileTemplate(definition: TemplateDefinition): Template | undefined {
  const { fields, kind } = definition;
  const variable = fields.some(({ length }) => length === VARIABLE_LENGTH);
  const offsets: number[] = [];
  let recordLength = 0;
  for (const { length } of fields) {
    offsets.push(recordLength);
    recordLength += length === VARIABLE_LENGTH ? 1 : length;
  }
  if (recordLength === 0 || recordLength > 65531) return undefined;
  const steps = kind === 'data' ? stepsOf(fields) : [];
  const hasIcmp = fields.some(({ element }) => ICMP_ELEMENTS.has(element));
  return { ...definition, recordLength, variable, offsets, steps, hasIcmp };
}

/** Whether two templates lay records out alike. */
export function sameLayout(template: Template, definition: TemplateDefinition): boolean {
  return (
    template.kind === definition.kind &&
    template.scopeFieldCount === definition.scopeFieldCount &&
    template.fields.length === definition.fields.length &&
    template.fields.every((field, i) => {
      const other = definition.fields[i];
      return field.element === other?.element && field.length === other.length;
    })
  );
}

type Column = NumberColumn | AddressColumn;

function stepsOf(fields: readonly FieldSpec[]): Step[] {
  const best = new Map<Column, Step>();
  const extra: Step[] = [];
  for (const [fieldIndex, { element, length }] of fields.entries()) {
    const rule = ELEMENT_RULES.get(element);
    if (rule === undefined || !readable(rule, length)) continue;
    const step = { fieldIndex, rank: rule.rank, read: rule.reader(length) };
    const known = best.get(rule.column);
    if (known === undefined) best.set(rule.column, step);
    else extra.push(...keepBetter(best, rule.column, [known, step]));
  }
  if (!best.has('icmpTypeCode')) extra.push(...icmpSteps(fields));
  return [...best.values(), ...extra];
}

function readable({ lengths: [least, most] }: ElementRule, length: number): boolean {
  return length >= least && length <= most;
}

/** Keeps the higher rank of two steps; for addresses the IPv4 one runs second and only where it is set. */
function keepBetter(best: Map<Column, Step>, column: Column, [known, step]: [Step, Step]): Step[] {
  const [better, worse] = step.rank > known.rank ? [step, known] : [known, step];
  best.set(column, better);
  const dual = column === 'sourceAddress' || column === 'destinationAddress';
  if (!dual || better.rank === worse.rank) return [];
  best.set(column, worse);
  return [{ ...better, read: DUAL_STACK[column] }];
}

function icmpSteps(fields: readonly FieldSpec[]): Step[] {
  return fields.flatMap(({ element, length }, fieldIndex) => {
    const read = ICMP_PARTS.get(element);
    return read !== undefined && length === 1 ? [{ fieldIndex, rank: 0, read }] : [];
  });
}

/** Moves `cursor.count` records of a fixed length into columns. */
export function readFixedRecords(template: Template, cursor: SetCursor): void {
  for (const { fieldIndex, read } of template.steps) {
    read(cursor, template.offsets[fieldIndex] as number);
  }
}

/**
 * Where each field of the record at `offset` starts, with the end of the record last; undefined when the
 * record does not end before `end`.
 */
export function fieldStarts(
  template: Template,
  view: DataView,
  range: { readonly offset: number; readonly end: number },
): number[] | undefined {
  const starts: number[] = [];
  let at = range.offset;
  for (const { length } of template.fields) {
    let octets = length;
    if (length === VARIABLE_LENGTH) {
      if (at + 1 > range.end) return undefined;
      octets = view.getUint8(at);
      at += 1;
      if (octets === 255) {
        if (at + 2 > range.end) return undefined;
        octets = view.getUint16(at);
        at += 2;
      }
    }
    starts.push(at);
    at += octets;
    if (at > range.end) return undefined;
  }
  starts.push(at);
  return starts;
}

/** Moves one record with variable-length fields into its row. */
export function readVariableRecord(
  template: Template,
  cursor: SetCursor,
  starts: readonly number[],
): void {
  for (const { fieldIndex, read } of template.steps) {
    read(cursor, (starts[fieldIndex] as number) - cursor.offset);
  }
}
