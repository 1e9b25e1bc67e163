// SPDX-License-Identifier: Apache-2.0
// What a filter means, as a value: the parser makes it, the store's SQL and the evaluator are made from it.
import type { FieldName } from './fields.js';

/** Orders are for numbers, patterns for texts and for TCP flags ("all of these are set"). */
export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '~', '!~', 'in', 'not in'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Numbers are in the field's own unit: octets, milliseconds, a mask of TCP flags. */
export type FilterValue =
  | { readonly kind: 'number'; readonly value: number }
  /** Both ends included. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'text'; readonly value: string }
  /** Canonical, see address.ts. A single address has all bits in its prefix. */
  | { readonly kind: 'network'; readonly address: string; readonly prefixLength: number };

/** One condition. `values` has one item, but for "in" and "not in", where it has at least one. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly field: FieldName;
  readonly operator: Operator;
  readonly values: readonly FilterValue[];
}

/** A condition on one flow record. */
export type FlowCondition =
  | Comparison
  /** Holds for every flow. */
  | { readonly kind: 'any' }
  | { readonly kind: 'not'; readonly of: FlowCondition }
  /** Two parts at least. */
  | { readonly kind: 'and' | 'or'; readonly of: readonly FlowCondition[] };

export const ANY: FlowCondition = { kind: 'any' };

/** What a filter may cost to read and to answer. */
export const FILTER_LIMITS = {
  characters: 8192,
  depth: 48,
  comparisons: 256,
  values: 1024,
} as const;

/** All comparisons, from left to right. */
export function comparisonsOf(condition: FlowCondition): Comparison[] {
  if (condition.kind === 'comparison') return [condition];
  if (condition.kind === 'any') return [];
  return condition.kind === 'not'
    ? comparisonsOf(condition.of)
    : condition.of.flatMap(comparisonsOf);
}

/** Conditions that must all hold, as one; without any, every flow is meant. */
export function allOf(conditions: readonly FlowCondition[]): FlowCondition {
  const parts = conditions.filter(({ kind }) => kind !== 'any');
  const [only, second] = parts;
  if (only === undefined) return ANY;
  return second === undefined ? only : { kind: 'and', of: parts };
}
