// SPDX-License-Identifier: Apache-2.0
// What a field of the filter language is made of.
import type { FLOW_COLUMNS } from '../generated/flow-columns.js';

type FlowColumnName = (typeof FLOW_COLUMNS)[number]['name'];

/** Numbers that are worked out of columns. Rates of a flow without duration are 0. */
export type DerivedColumn =
  | 'durationMilliseconds'
  | 'bitsPerSecond'
  | 'packetsPerSecond'
  | 'octetsPerPacket'
  | 'icmpType'
  | 'icmpCode'
  | 'dscp'
  | 'ipVersion';

/**
 * address: addresses and networks; number: with units and, for some, names; duration: milliseconds;
 * flags: a mask of TCP flags; text: in any case; named-address and named-number: either form.
 */
export type FieldKind =
  | 'address'
  | 'number'
  | 'duration'
  | 'flags'
  | 'text'
  | 'named-address'
  | 'named-number';

export interface Field {
  readonly name: string;
  /** Beside the name; as normalFieldName gives them. */
  readonly aliases: readonly string[];
  readonly kind: FieldKind;
  /** A condition holds when it holds for any of these: a field without a side is about both ends. */
  readonly columns: readonly (FlowColumnName | DerivedColumn)[];
  /** Where texts are looked for, for the kinds that take both. */
  readonly nameColumns?: readonly FlowColumnName[];
  /** Largest number. */
  readonly maximum?: number;
  /** Words for numbers. */
  readonly names?: Readonly<Record<string, number>>;
  readonly about: string;
}

/** A field for both ends, and one for each. */
interface Sided {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly sided: readonly string[];
  readonly kind: FieldKind;
  readonly columns: readonly [FlowColumnName, FlowColumnName];
  readonly nameColumns?: readonly [FlowColumnName, FlowColumnName];
  readonly maximum?: number;
  readonly about: string;
}

const SIDES = ['source', 'destination'] as const;

/** Fields of both ends, of the source and of the destination. `sided` are words that follow "src" and "dst"; the first is the name. */
export function sides<const Name extends string>({
  sided,
  ...both
}: Sided & { readonly name: Name }) {
  const one = (side: 0 | 1) => {
    const short = side === 0 ? 'src' : 'dst';
    const [first = '', ...others] = sided.map((word) => `${short}${word}`);
    const columnName = both.columns[side].toLowerCase();
    const aliases = [...others, columnName, ...sided.map((word) => `${SIDES[side]}${word}`)];
    return {
      ...both,
      name: first,
      aliases: aliases.filter((alias, i) => alias !== first && aliases.indexOf(alias) === i),
      columns: [both.columns[side]],
      ...(both.nameColumns && { nameColumns: [both.nameColumns[side]] }),
      about: both.about.replace('either end', `the ${SIDES[side]}`),
    } as Field & { readonly name: `src${Name}` | `dst${Name}` };
  };
  return [both as Field & { readonly name: Name }, one(0), one(1)] as const;
}

export function field<const Name extends string>(definition: Field & { readonly name: Name }) {
  return definition as Field & { readonly name: Name };
}
