// SPDX-License-Identifier: Apache-2.0
import type { FieldKind } from './field.js';
import type { Operator } from './filter.js';

const EQUAL = ['=', '!='] as const;
const ORDER = ['<', '<=', '>', '>='] as const;
const PATTERN = ['~', '!~'] as const;
const LIST = ['in', 'not in'] as const;

const OPERATORS_OF: Readonly<Record<FieldKind, readonly Operator[]>> = {
  address: [...LIST, ...EQUAL],
  number: [...EQUAL, ...ORDER, ...LIST],
  duration: [...ORDER, ...EQUAL, ...LIST],
  flags: [...PATTERN, ...EQUAL, ...LIST],
  text: [...EQUAL, ...PATTERN, ...LIST],
  'named-address': [...EQUAL, ...LIST, ...PATTERN],
  'named-number': [...EQUAL, ...LIST, ...PATTERN, ...ORDER],
};

/** What each operator says, for people. */
export const OPERATOR_MEANINGS: Readonly<Record<Operator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  '~': 'contains, or matches a pattern with * and ?',
  '!~': 'does not contain, or does not match',
  in: 'is one of, or lies in a network or range',
  'not in': 'is none of',
};

/** Operators that a kind of field takes, the usual ones first. */
export function operatorsOf(kind: FieldKind): readonly Operator[] {
  return OPERATORS_OF[kind];
}

/** "!=", "!~" and "not in" hold exactly where their opposites do not: "ip != X" means neither end. */
export function positiveOperator(operator: Operator): {
  readonly operator: Exclude<Operator, '!=' | '!~' | 'not in'>;
  readonly negated: boolean;
} {
  if (operator === '!=') return { operator: '=', negated: true };
  if (operator === '!~') return { operator: '~', negated: true };
  if (operator === 'not in') return { operator: 'in', negated: true };
  return { operator, negated: false };
}
