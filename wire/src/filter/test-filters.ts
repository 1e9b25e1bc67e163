// SPDX-License-Identifier: Apache-2.0
// For tests: random conditions, all of which the grammar can say.
import { isSingleAddress, parseNetwork } from '../address.js';
import type { Field } from './field.js';
import { FIELDS, type FieldName } from './fields.js';
import type { FilterValue, FlowCondition, Operator } from './filter.js';
import { operatorsOf } from './operators.js';

/** Numbers in [0, 1); the same seed gives the same ones (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What values are taken from: those of the rows that a filter is tried on. */
export interface FilterMaterial {
  readonly networks: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

const MATERIAL: FilterMaterial = {
  networks: [
    '10.0.0.0/8',
    '0.0.0.0/0',
    '192.0.2.1',
    '2001:db8::/32',
    '::/0',
    '::ffff:0:0/90',
    '::',
  ],
  texts: [
    'BitTorrent',
    'and',
    'eth0',
    'a "b" \\',
    '10.0.0.1',
    '443',
    '',
    'größe',
    '*a?',
    "O'Reilly\t\n",
  ],
  numbers: [
    0,
    1,
    4,
    6,
    17,
    18,
    58,
    80,
    255,
    443,
    1000,
    1024,
    6881,
    1e6,
    1_500_000,
    2 ** 32 - 1,
    2 ** 53 - 1,
  ],
};

export class RandomFilters {
  readonly #random: () => number;
  readonly #material: FilterMaterial;

  constructor(seed: number, material: FilterMaterial = MATERIAL) {
    this.#random = seededRandom(seed);
    this.#material = material;
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  condition(depth = 3): FlowCondition {
    const kind =
      depth === 0 ? 'comparison' : this.of(['comparison', 'and', 'or', 'not', 'any'] as const);
    if (kind === 'any') return { kind };
    if (kind === 'not') return { kind, of: this.condition(depth - 1) };
    if (kind === 'comparison') return this.#comparison();
    const of = Array.from({ length: 2 + this.below(2) }, () => this.condition(depth - 1));
    return { kind, of };
  }

  #comparison(): FlowCondition {
    const field = this.of(FIELDS) as Field;
    const operator = this.of(operatorsOf(field.kind));
    const isList = operator === 'in' || operator === 'not in';
    const length = isList ? 1 + this.below(3) : 1;
    const values = Array.from({ length }, () => this.#value(field, operator));
    return { kind: 'comparison', field: field.name as FieldName, operator, values };
  }

  #value(field: Field, operator: Operator): FilterValue {
    const isPattern = operator.includes('~');
    const isOrder = /[<>]/.test(operator);
    const asText = isPattern ? field.kind !== 'flags' : this.below(2) === 0 && !isOrder;
    if (field.kind === 'text' || (field.kind.startsWith('named') && asText)) {
      return { kind: 'text', value: this.of(this.#material.texts) };
    }
    if (field.kind.endsWith('address')) return networkOf(this.of(this.#material.networks));
    return this.#number(field, operator);
  }

  #number(field: Field, operator: Operator): FilterValue {
    const most = field.maximum ?? Number.MAX_SAFE_INTEGER;
    const fitting = this.#material.numbers.filter((number) => number <= most);
    const [from, to] = [this.of(fitting), this.of(fitting)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const ranges = field.kind !== 'flags' && /^(?:=|!=|in|not in)$/.test(operator);
    const isRange = ranges && this.below(3) === 0;
    return isRange ? { kind: 'range', from, to } : { kind: 'number', value: from };
  }
}

function networkOf(text: string): FilterValue {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text} is no network`);
  return { kind: 'network', ...network };
}

/** Whether a value names one address. */
export function namesOneAddress(value: FilterValue): boolean {
  return value.kind === 'network' && isSingleAddress(value);
}
