// SPDX-License-Identifier: Apache-2.0
// A filter applied to rows in memory: live flows, and the referee of the store's SQL.
import { addressOctets, networkBounds } from '../address.js';
import type { Field } from './field.js';
import { fieldOf } from './fields.js';
import type { Comparison, FilterValue, FlowCondition, Operator } from './filter.js';
import { positiveOperator } from './operators.js';

/** Columns of one record by name: addresses in text form. What is missing is 0, or empty. */
export type FlowRow = Readonly<Record<string, number | string | undefined>>;

type Test = (row: FlowRow) => boolean;
type Matcher<Value> = (value: Value) => boolean;

const number = (row: FlowRow, column: string): number => Number(row[column] ?? 0);
const text = (row: FlowRow, column: string): string => String(row[column] ?? '');

function duration(row: FlowRow): number {
  return number(row, 'flowEndMilliseconds') - number(row, 'flowStartMilliseconds');
}

function rate(row: FlowRow, sum: number): number {
  const milliseconds = duration(row);
  return milliseconds > 0 ? (sum * 1000) / milliseconds : 0;
}

const DERIVED: Readonly<Record<string, (row: FlowRow) => number>> = {
  durationMilliseconds: duration,
  bitsPerSecond: (row) => rate(row, number(row, 'octets') * 8),
  packetsPerSecond: (row) => rate(row, number(row, 'packets')),
  octetsPerPacket: (row) =>
    number(row, 'packets') > 0 ? number(row, 'octets') / number(row, 'packets') : 0,
  icmpType: (row) => number(row, 'icmpTypeCode') >> 8,
  icmpCode: (row) => number(row, 'icmpTypeCode') & 255,
  dscp: (row) => number(row, 'ipClassOfService') >> 2,
  ipVersion: (row) => (text(row, 'sourceAddress').includes(':') ? 6 : 4),
};

const COMPARE: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** All bits of the mask are set. */
const hasFlags = (value: number, mask: number): boolean => (value & mask) === mask;

function numberMatcher(field: Field, operator: Operator, value: FilterValue): Matcher<number> {
  if (value.kind === 'range') return (found) => found >= value.from && found <= value.to;
  const wanted = value.kind === 'number' ? value.value : Number.NaN;
  if (operator === '~' && field.kind === 'flags') return (found) => hasFlags(found, wanted);
  const compare = COMPARE[operator];
  return compare ? (found) => compare(found, wanted) : (found) => found === wanted;
}

function networkMatcher(value: FilterValue): Matcher<string> {
  if (value.kind !== 'network') return () => false;
  const { first, last } = networkBounds(value);
  return (found) => {
    const octets = addressOctets(found);
    return octets?.every((o, i) => o >= (first[i] as number) && o <= (last[i] as number)) ?? false;
  };
}

/** Whether a pattern is to match the whole text. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** What stands between two stars, with "?" for any character. */
function pieceExpression(piece: string): string {
  return [...piece]
    .map((character) =>
      character === '?' ? '.' : character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&'),
    )
    .join('');
}

/**
 * The pieces between the stars one after the other, each where it comes first: never back again, whatever somebody
 * has written into a pattern or a name. One expression with several `.*` would try all ways to share a name out.
 */
function globMatcher(pattern: string): Matcher<string> {
  const [head = '', ...others] = pattern.split('*').map(pieceExpression);
  const tail = others.pop();
  const steps =
    tail === undefined
      ? [new RegExp(`${head}$`, 'suy')]
      : [
          new RegExp(head, 'suy'),
          ...others.filter((piece) => piece !== '').map((piece) => new RegExp(piece, 'sug')),
          new RegExp(`${tail}$`, 'sug'),
        ];
  return (found) => {
    let at = 0;
    return steps.every((step) => {
      step.lastIndex = at;
      const isThere = step.test(found);
      at = step.lastIndex;
      return isThere;
    });
  };
}

function textMatcher(operator: Operator, value: FilterValue): Matcher<string> {
  if (value.kind !== 'text') return () => false;
  const wanted = value.value.toLowerCase();
  if (operator !== '~') return (found) => found.toLowerCase() === wanted;
  if (!isGlob(wanted)) return (found) => found.toLowerCase().includes(wanted);
  const matches = globMatcher(wanted);
  return (found) => matches(found.toLowerCase());
}

/** Tests of one value: one for each column that may meet it. */
function testsOf(field: Field, operator: Operator, value: FilterValue): Test[] {
  if (value.kind === 'text') {
    const matches = textMatcher(operator, value);
    const columns = field.nameColumns ?? field.columns;
    return columns.map((column) => (row) => matches(text(row, column)));
  }
  if (value.kind === 'network') {
    const matches = networkMatcher(value);
    return field.columns.map((column) => (row) => matches(text(row, column)));
  }
  const matches = numberMatcher(field, operator, value);
  return field.columns.map((column) => {
    const derived = DERIVED[column];
    return derived ? (row) => matches(derived(row)) : (row) => matches(number(row, column));
  });
}

function comparisonTest(comparison: Comparison): Test {
  const field = fieldOf(comparison.field);
  const { operator, negated } = positiveOperator(comparison.operator);
  const tests = comparison.values.flatMap((value) => testsOf(field, operator, value));
  return (row) => tests.some((test) => test(row)) !== negated;
}

/** A function that says whether the condition holds for a row. */
export function flowTest(condition: FlowCondition): Test {
  switch (condition.kind) {
    case 'any':
      return () => true;
    case 'comparison':
      return comparisonTest(condition);
    case 'not': {
      const test = flowTest(condition.of);
      return (row) => !test(row);
    }
    default: {
      const tests = condition.of.map(flowTest);
      return condition.kind === 'and'
        ? (row) => tests.every((test) => test(row))
        : (row) => tests.some((test) => test(row));
    }
  }
}
