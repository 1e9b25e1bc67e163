// SPDX-License-Identifier: Apache-2.0
// A filter compiled into a test of rows, without an object for any row. wire's `flowTest` says the same over
// objects; a test holds them together.
import {
  type Comparison,
  type Field,
  type FilterValue,
  FLOW_COLUMNS,
  type FlowCondition,
  fieldOf,
  flowTest,
  networkBounds,
  type Operator,
  positiveOperator,
} from '@weir/wire';
import type { ChunkView, ColumnName, ColumnReader } from './chunk-view.js';
import { type AddressWords, PrefixTable, wordsOfOctets } from './prefix-table.js';

export type RowTest = (row: number) => boolean;

const KINDS = new Map<string, string>(FLOW_COLUMNS.map(({ name, kind }) => [name, kind]));
/** More networks than this in one comparison are looked up rather than compared one by one. */
const FEW_NETWORKS = 4;

/** Whether the condition holds for a row of the chunk that the view is at. */
export function rowTest(condition: FlowCondition, view: ChunkView): RowTest {
  switch (condition.kind) {
    case 'any':
      return () => true;
    case 'not': {
      const test = rowTest(condition.of, view);
      return (row) => !test(row);
    }
    case 'comparison':
      return comparisonTest(condition, view);
    default: {
      const tests = condition.of.map((part) => rowTest(part, view));
      return condition.kind === 'and' ? allOf(tests) : anyOf(tests);
    }
  }
}

function allOf(tests: readonly RowTest[]): RowTest {
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
}

function anyOf(tests: readonly RowTest[]): RowTest {
  const [only, second] = tests;
  if (only !== undefined && second === undefined) return only;
  return (row) => {
    for (const test of tests) if (test(row)) return true;
    return false;
  };
}

function comparisonTest(comparison: Comparison, view: ChunkView): RowTest {
  const field = fieldOf(comparison.field);
  const { operator, negated } = positiveOperator(comparison.operator);
  const { columns, nameColumns = columns } = field;
  const of = (kinds: readonly FilterValue['kind'][]) =>
    comparison.values.filter(({ kind }) => kinds.includes(kind));
  const texts = of(['text']);
  const networks = of(['network']);
  const numbers = of(['number', 'range']);
  const test = anyOf([
    ...(texts.length > 0 ? nameColumns.map((name) => textTest(name, operator, texts, view)) : []),
    ...(networks.length > 0 ? columns.map((name) => networkTest(name, networks, view)) : []),
    ...numbers.flatMap((value) =>
      columns.map((name) => numberTest(name, { field, operator, value }, view)),
    ),
  ]);
  return negated ? (row) => !test(row) : test;
}

/** Patterns mean what they mean in wire's evaluator: it is asked. */
function textTest(
  name: string,
  operator: Operator,
  values: readonly FilterValue[],
  view: ChunkView,
): RowTest {
  const lower = view.lower(name as ColumnName);
  const wanted = values.flatMap((value) =>
    value.kind === 'text' ? [value.value.toLowerCase()] : [],
  );
  if (operator !== '~') {
    const [only, second] = wanted;
    if (second === undefined) return (row) => lower(row) === only;
    const all = new Set(wanted);
    return (row) => all.has(lower(row));
  }
  const matches = flowTest({
    kind: 'comparison',
    field: 'app',
    operator: '~',
    values: [...values],
  });
  return (row) => matches({ applicationName: lower(row) });
}

function networkTest(name: string, values: readonly FilterValue[], view: ChunkView): RowTest {
  const address = view.address(name as ColumnName);
  const networks = values.filter((value) => value.kind === 'network');
  if (networks.length > FEW_NETWORKS) {
    const table = new PrefixTable(networks.map((network) => ({ network, value: true })));
    return (row) => table.find(address(row)) >= 0;
  }
  return anyOf(
    networks.map((network) => {
      const { first, last } = networkBounds(network);
      const from = wordsOfOctets(first, new Uint32Array(4));
      const to = wordsOfOctets(last, new Uint32Array(4));
      return (row) => isWithin(address(row), from, to);
    }),
  );
}

/** A prefix is a range in each of its words: those before the one that it ends in are equal. */
function isWithin(words: AddressWords, from: AddressWords, to: AddressWords): boolean {
  for (let word = 3; word >= 0; word--) {
    const found = words[word] as number;
    if (found < (from[word] as number) || found > (to[word] as number)) return false;
  }
  return true;
}

interface Compared {
  readonly field: Field;
  readonly operator: Operator;
  readonly value: FilterValue;
}

function numberTest(name: string, { field, operator, value }: Compared, view: ChunkView): RowTest {
  const read = numberReader(name, view);
  if (value.kind === 'range') {
    const { from, to } = value;
    return (row) => {
      const found = read(row);
      return found >= from && found <= to;
    };
  }
  const wanted = value.kind === 'number' ? value.value : Number.NaN;
  if (operator === '~' && field.kind === 'flags') return (row) => (read(row) & wanted) === wanted;
  switch (operator) {
    case '<':
      return (row) => read(row) < wanted;
    case '<=':
      return (row) => read(row) <= wanted;
    case '>':
      return (row) => read(row) > wanted;
    case '>=':
      return (row) => read(row) >= wanted;
    default:
      return (row) => read(row) === wanted;
  }
}

function numberReader(name: string, view: ChunkView): ColumnReader<number> {
  const derived = DERIVED[name];
  if (derived !== undefined) return derived(view);
  const kind = KINDS.get(name);
  return kind === 'u64' || kind === 'time'
    ? view.wide(name as ColumnName)
    : view.narrow(name as ColumnName);
}

function duration(view: ChunkView): ColumnReader<number> {
  const start = view.wide('flowStartMilliseconds');
  const end = view.wide('flowEndMilliseconds');
  return (row) => end(row) - start(row);
}

/** A flow without duration has no rate. */
function rate(view: ChunkView, name: 'octets' | 'packets', factor: number): ColumnReader<number> {
  const sum = view.wide(name);
  const milliseconds = duration(view);
  return (row) => {
    const lasted = milliseconds(row);
    return lasted > 0 ? (sum(row) * factor * 1000) / lasted : 0;
  };
}

function shifted(view: ChunkView, name: ColumnName, bits: number): ColumnReader<number> {
  const read = view.narrow(name);
  return (row) => read(row) >> bits;
}

const MAPPED_WORD = 0xffff;

const DERIVED: Readonly<Record<string, (view: ChunkView) => ColumnReader<number>>> = {
  durationMilliseconds: duration,
  bitsPerSecond: (view) => rate(view, 'octets', 8),
  packetsPerSecond: (view) => rate(view, 'packets', 1),
  octetsPerPacket: (view) => {
    const octets = view.wide('octets');
    const packets = view.wide('packets');
    return (row) => (packets(row) > 0 ? octets(row) / packets(row) : 0);
  },
  icmpType: (view) => shifted(view, 'icmpTypeCode', 8),
  icmpCode: (view) => {
    const read = view.narrow('icmpTypeCode');
    return (row) => read(row) & 255;
  },
  dscp: (view) => shifted(view, 'ipClassOfService', 2),
  ipVersion: (view) => {
    const source = view.address('sourceAddress');
    return (row) => {
      const [first, second, third] = source(row);
      return first === 0 && second === 0 && third === MAPPED_WORD ? 4 : 6;
    };
  },
};
