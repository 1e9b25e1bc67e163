// SPDX-License-Identifier: Apache-2.0
// Filters made by pointing: what is clicked becomes a condition. Loaded when somebody does.
import {
  allOf,
  DIMENSION_COLUMNS,
  type Dimension,
  FIELDS,
  type FlowCondition,
  filterText,
  parseFilter,
} from '@weir/wire';

/** One dimension's key, as an answer names it. */
export interface KeyOf {
  readonly dimension: Dimension;
  readonly key: string;
}

const NUMERIC = /^\d+$/;

/** The condition that a key stands for; undefined where the filter language has no field for it. */
export function conditionOf({ dimension, key }: KeyOf): string | undefined {
  const columns = DIMENSION_COLUMNS[dimension].join();
  const field = FIELDS.find(
    (known) => known.columns.join() === columns || known.nameColumns?.join() === columns,
  );
  if (field === undefined) return undefined;
  const isText = field.kind === 'text' || (field.kind.startsWith('named') && !NUMERIC.test(key));
  const isName = field.nameColumns?.join() === columns;
  return `${field.name} = ${isText || isName ? quoted(key) : key}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Whether a condition can be read: what was named by a newer collector may not be. */
function read(text: string): FlowCondition | undefined {
  try {
    return parseFilter(text);
  } catch {
    return undefined;
  }
}

export type Side = 'in' | 'out';

/**
 * The filter and the keys (all of them, or not all of them together), in its best form. Undefined where a key has no
 * condition, or the filter cannot be read.
 */
export function narrowed(filter: string, keys: readonly KeyOf[], side: Side): string | undefined {
  const conditions = keys.map((key) => read(conditionOf(key) ?? '('));
  const given = read(filter);
  if (given === undefined || conditions.includes(undefined)) return undefined;
  const wanted = allOf(conditions as FlowCondition[]);
  const condition: FlowCondition = side === 'in' ? wanted : { kind: 'not', of: wanted };
  const parts = given.kind === 'and' ? given.of : [given];
  const text = filterText(condition);
  const isThere = parts.some((part) => filterText(part) === text);
  return filterText(isThere ? given : allOf([...parts, condition]));
}

/** Fields of one end, by the name of the other end's. */
const OTHER_END: ReadonlyMap<string, string> = new Map(
  FIELDS.flatMap(({ name }) => {
    if (name === 'input') return [['input', 'output']];
    if (name === 'output') return [['output', 'input']];
    if (name.startsWith('src')) return [[name, `dst${name.slice(3)}`]];
    return name.startsWith('dst') ? [[name, `src${name.slice(3)}`]] : [];
  }) as [string, string][],
);

/** The same filter with source and destination exchanged; undefined where it cannot be read. */
export function reversedFilter(filter: string): string | undefined {
  const given = read(filter);
  if (given === undefined) return undefined;
  return given.kind === 'any' ? '' : filterText(reversed(given));
}

function reversed(condition: FlowCondition): FlowCondition {
  switch (condition.kind) {
    case 'any':
      return condition;
    case 'comparison': {
      const field = (OTHER_END.get(condition.field) ?? condition.field) as typeof condition.field;
      return { ...condition, field };
    }
    case 'not':
      return { kind: 'not', of: reversed(condition.of) };
    default:
      return { kind: condition.kind, of: condition.of.map(reversed) };
  }
}

/** The dimension of the other end; the same where it has no side. */
export function reversedDimension(dimension: Dimension): Dimension {
  const swapped = dimension.replace(
    /^(source|destination|ingress|egress)|Source|Destination/,
    (side) => OTHER_SIDE[side] ?? side,
  );
  return swapped in DIMENSION_COLUMNS ? (swapped as Dimension) : dimension;
}

const OTHER_SIDE: Readonly<Record<string, string>> = {
  source: 'destination',
  destination: 'source',
  ingress: 'egress',
  egress: 'ingress',
  Source: 'Destination',
  Destination: 'Source',
};
