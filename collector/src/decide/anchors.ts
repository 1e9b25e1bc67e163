// SPDX-License-Identifier: Apache-2.0
// What a flow must have for a condition to hold: values that can be looked up, so that a rule is only held
// against flows that have one of them.
import {
  type Comparison,
  FLOW_COLUMNS,
  type FlowCondition,
  fieldOf,
  type NetworkText,
  positiveOperator,
} from '@weir/wire';

/** One value of one column. */
export type Anchor =
  | { readonly kind: 'name'; readonly column: string; readonly lower: string }
  | { readonly kind: 'number'; readonly column: string; readonly number: number }
  | { readonly kind: 'address'; readonly column: string; readonly network: NetworkText };

/** A flow that a condition holds for has at least one of these. */
export interface Anchors {
  readonly anchors: readonly Anchor[];
  /** How many flows may have one, roughly: of two sets the smaller is taken. */
  readonly weight: number;
}

const KINDS = new Map<string, string>(FLOW_COLUMNS.map(({ name, kind }) => [name, kind]));
const NUMBER_KINDS: readonly (string | undefined)[] = ['u8', 'u16', 'u32'];
/** Longer ranges, of ports say, are no values to look up. */
const LONGEST_RANGE = 256;
const MOST_ANCHORS = 4096;

/** What values of a column tell: 0 is one host, 9 is nearly every flow. */
const WEIGHTS: Readonly<Record<string, number>> = {
  serverName: 2,
  sourceTransportPort: 3,
  destinationTransportPort: 3,
  applicationName: 4,
  bgpSourceAsNumber: 4,
  bgpDestinationAsNumber: 4,
  vlanId: 5,
  ingressInterface: 5,
  egressInterface: 5,
  protocolIdentifier: 9,
  applicationConfidence: 9,
  exportProtocol: 9,
  scope: 9,
};
const USUAL_WEIGHT = 6;

/** Undefined: a flow may fulfil it whatever it has. */
export function anchorsOf(condition: FlowCondition): Anchors | undefined {
  switch (condition.kind) {
    case 'any':
    case 'not':
      return undefined;
    case 'comparison':
      return ofComparison(condition);
    case 'and':
      return condition.of
        .flatMap((part) => anchorsOf(part) ?? [])
        .reduce<Anchors | undefined>(
          (best, next) => (lighter(next, best) ? next : best),
          undefined,
        );
    default:
      return ofAll(condition.of.map(anchorsOf));
  }
}

function lighter(next: Anchors, best: Anchors | undefined): boolean {
  if (best === undefined || next.weight !== best.weight) return next.weight < (best?.weight ?? 99);
  return next.anchors.length < best.anchors.length;
}

function ofAll(parts: readonly (Anchors | undefined)[]): Anchors | undefined {
  const known = parts.filter((part) => part !== undefined);
  const anchors = known.flatMap((part) => part.anchors);
  if (known.length < parts.length || anchors.length > MOST_ANCHORS) return undefined;
  return { anchors, weight: Math.max(...known.map(({ weight }) => weight)) };
}

function ofComparison({ field: name, operator: written, values }: Comparison): Anchors | undefined {
  const { operator, negated } = positiveOperator(written);
  if (negated || (operator !== '=' && operator !== 'in')) return undefined;
  const field = fieldOf(name);
  const columns = { own: field.columns, names: field.nameColumns ?? field.columns };
  return ofAll(
    values.map((value): Anchors | undefined => {
      switch (value.kind) {
        case 'text': {
          const lower = value.value.toLowerCase();
          return of(columns.names, (column) => [{ kind: 'name', column, lower }]);
        }
        case 'network': {
          const network = { address: value.address, prefixLength: value.prefixLength };
          const anchors = of(columns.own, (column) => [{ kind: 'address', column, network }]);
          return anchors && { ...anchors, weight: weightOf(network) };
        }
        case 'range':
          return ofRange(columns.own, value.from, value.to);
        default:
          return ofRange(columns.own, value.value, value.value);
      }
    }),
  );
}

function ofRange(columns: readonly string[], from: number, to: number): Anchors | undefined {
  const first = Math.ceil(from);
  const count = Math.floor(to) - first + 1;
  const areNumbers = columns.every((column) => NUMBER_KINDS.includes(KINDS.get(column)));
  if (!areNumbers || count < 1 || count > LONGEST_RANGE) return undefined;
  return of(columns, (column) =>
    Array.from({ length: count }, (_, i) => ({ kind: 'number', column, number: first + i })),
  );
}

function of(
  columns: readonly string[],
  make: (column: string) => readonly Anchor[],
): Anchors | undefined {
  const weight = Math.max(...columns.map((column) => WEIGHTS[column] ?? USUAL_WEIGHT));
  return { anchors: columns.flatMap(make), weight };
}

/** By how much of its family a prefix has. */
function weightOf({ address, prefixLength }: NetworkText): number {
  const bits = address.includes(':') ? Math.max(0, 64 - prefixLength) / 2 : 32 - prefixLength;
  if (bits === 0) return 0;
  return bits <= 8 ? 1 : bits <= 16 ? 5 : 8;
}
