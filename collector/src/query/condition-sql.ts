// SPDX-License-Identifier: Apache-2.0
// A filter as SQL. evaluate.ts in wire says the same over rows in memory; a test holds them together.
import {
  addressText,
  type Comparison,
  comparisonsOf,
  type Field,
  type FilterValue,
  type FlowCondition,
  fieldOf,
  isGlob,
  isSingleAddress,
  networkBounds,
  type Operator,
  positiveOperator,
} from '@weir/wire';
import type { Binder } from './binder.js';

/** The store keeps IPv4 addresses mapped into IPv6. */
export function mappedText(address: string): string {
  return address.includes(':') ? address : `::ffff:${address}`;
}

/** What the store gives for an address, in the form that people write. */
export function plainText(address: string): string {
  const mapped = address.startsWith('::ffff:') && address.includes('.');
  return mapped ? address.slice(7) : address;
}

const DURATION =
  '(toUnixTimestamp64Milli(flowEndMilliseconds) - toUnixTimestamp64Milli(flowStartMilliseconds))';
const rate = (sum: string): string => `if(${DURATION} > 0, ${sum} * 1000 / ${DURATION}, 0)`;

interface Derived {
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Numbers that no column holds, and the columns they are made of. */
const DERIVED: Readonly<Record<string, Derived>> = {
  durationMilliseconds: {
    sql: DURATION,
    columns: ['flowStartMilliseconds', 'flowEndMilliseconds'],
  },
  bitsPerSecond: {
    sql: rate('toFloat64(octets) * 8'),
    columns: ['octets', 'flowStartMilliseconds', 'flowEndMilliseconds'],
  },
  packetsPerSecond: {
    sql: rate('toFloat64(packets)'),
    columns: ['packets', 'flowStartMilliseconds', 'flowEndMilliseconds'],
  },
  octetsPerPacket: {
    sql: 'if(packets > 0, toFloat64(octets) / packets, 0)',
    columns: ['octets', 'packets'],
  },
  icmpType: { sql: 'intDiv(icmpTypeCode, 256)', columns: ['icmpTypeCode'] },
  icmpCode: { sql: 'modulo(icmpTypeCode, 256)', columns: ['icmpTypeCode'] },
  dscp: { sql: 'intDiv(ipClassOfService, 4)', columns: ['ipClassOfService'] },
  ipVersion: {
    sql: "if(sourceAddress >= toIPv6('::ffff:0.0.0.0') AND sourceAddress <= toIPv6('::ffff:255.255.255.255'), 4, 6)",
    columns: ['sourceAddress'],
  },
};

/** Columns of records that a condition reads: a table without one of them cannot answer. */
export function columnsOf(condition: FlowCondition): Set<string> {
  const names = comparisonsOf(condition).flatMap(({ field, values }) => {
    const { columns, nameColumns = columns } = fieldOf(field);
    const texts = values.some(({ kind }) => kind === 'text');
    const others = values.some(({ kind }) => kind !== 'text');
    return [...(texts ? nameColumns : []), ...(others ? columns : [])];
  });
  return new Set(names.flatMap((name) => DERIVED[name]?.columns ?? [name]));
}

/** What stands in SQL for a column of records. */
export type ColumnSql = (column: string) => string;

/** The condition, in parentheses, over a table whose columns are called as `columnSql` says; values are bound. */
export function conditionSql(
  condition: FlowCondition,
  binder: Binder,
  columnSql: ColumnSql = (column) => column,
): string {
  const sql = (column: string) => DERIVED[column]?.sql ?? columnSql(column);
  const part = (of: FlowCondition): string => {
    switch (of.kind) {
      case 'any':
        return '1';
      case 'not':
        return `(NOT ${part(of.of)})`;
      case 'comparison':
        return comparisonSql(of, binder, sql);
      default:
        return `(${of.of.map(part).join(of.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
  };
  return part(condition);
}

function comparisonSql(comparison: Comparison, binder: Binder, sql: ColumnSql): string {
  const field = fieldOf(comparison.field);
  const { operator, negated } = positiveOperator(comparison.operator);
  const of = (kind: FilterValue['kind']) =>
    comparison.values.filter((value) => value.kind === kind);
  const { columns, nameColumns = columns } = field;
  const alternatives = [
    ...columns.flatMap((column) => [
      ...networkTests(of('network'), sql(column), binder),
      ...numberTests(of('number'), { field, operator, column: sql(column) }, binder),
      ...of('range').map((value) => rangeTest(value, sql(column), binder)),
    ]),
    ...nameColumns.flatMap((column) =>
      textTests(of('text'), { operator, column: sql(column) }, binder),
    ),
  ];
  const any = alternatives.join(' OR ');
  return negated ? `(NOT (${any}))` : `(${any})`;
}

function networkTests(values: readonly FilterValue[], column: string, binder: Binder): string[] {
  const networks = values.filter((value) => value.kind === 'network');
  const single = networks.filter(isSingleAddress).map(({ address }) => mappedText(address));
  const ranges = networks.filter((network) => !isSingleAddress(network)).map(networkBounds);
  return [
    ...(single.length > 0 ? [`${column} IN ${binder.bind('Array(IPv6)', single)}`] : []),
    ...ranges.map(({ first, last }) => {
      const [from, to] = [first, last].map((octets) =>
        binder.bind('IPv6', mappedText(addressText(octets))),
      );
      return `(${column} >= ${from} AND ${column} <= ${to})`;
    }),
  ];
}

interface Compared {
  readonly operator: Operator;
  readonly column: string;
}

function numberTests(
  values: readonly FilterValue[],
  { field, operator, column }: Compared & { readonly field: Field },
  binder: Binder,
): string[] {
  const numbers = values.flatMap((value) => (value.kind === 'number' ? [value.value] : []));
  if (numbers.length === 0) return [];
  if (operator === '=' || operator === 'in') {
    return [`${column} IN ${binder.bind('Array(UInt64)', numbers)}`];
  }
  return numbers.map((number) => {
    const bound = binder.bind('UInt64', number);
    const isMask = field.kind === 'flags' && operator === '~';
    return isMask ? `bitAnd(${column}, ${bound}) = ${bound}` : `${column} ${operator} ${bound}`;
  });
}

function rangeTest(value: FilterValue, column: string, binder: Binder): string {
  if (value.kind !== 'range') return '0';
  const [from, to] = [value.from, value.to].map((end) => binder.bind('UInt64', end));
  return `(${column} >= ${from} AND ${column} <= ${to})`;
}

function textTests(
  values: readonly FilterValue[],
  { operator, column }: Compared,
  binder: Binder,
): string[] {
  const texts = values.flatMap((value) =>
    value.kind === 'text' ? [value.value.toLowerCase()] : [],
  );
  if (texts.length === 0) return [];
  const lower = `lowerUTF8(${column})`;
  if (operator !== '~') return [`${lower} IN ${binder.bind('Array(String)', texts)}`];
  return texts.map((text) =>
    isGlob(text)
      ? `${lower} LIKE ${binder.bind('String', likePattern(text))}`
      : `position(${lower}, ${binder.bind('String', text)}) > 0`,
  );
}

/** "*" and "?" as LIKE has them; what means something to LIKE alone is escaped. */
function likePattern(glob: string): string {
  return glob
    .replaceAll(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}
