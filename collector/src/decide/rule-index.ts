// SPDX-License-Identifier: Apache-2.0
// Conditions of many rules, arranged so that a flow meets few of them: each is found by values that it asks
// for (anchors.ts), and only then tested whole. Pure: the same conditions and rows give the same matches.
import type { FlowCondition, NetworkText } from '@weir/wire';
import type { FlowRows } from '../flow-row.js';
import { type Anchor, anchorsOf } from './anchors.js';
import type { ChunkView, ColumnName, ColumnReader } from './chunk-view.js';
import { type AddressWords, PrefixTable } from './prefix-table.js';
import { type RowTest, rowTest } from './row-test.js';

/** Numbers of rules, as they were given and added. */
type Rules = readonly number[];
type Offer = (rule: number) => void;
/** Offers the rules that a row may fulfil. */
type Lookup = (row: number, offer: Offer) => void;

const NOBODY: Rules = [];

/** `visit` is called row by row; for one row each rule that holds comes once. */
export type Visit = (row: number, rule: number) => void;

/** A condition made ready for an index: the costly part, done once. Of one view. */
export interface CompiledCondition {
  readonly test: RowTest;
  readonly anchors: readonly Anchor[] | undefined;
}

export function compileCondition(condition: FlowCondition, view: ChunkView): CompiledCondition {
  return { test: rowTest(condition, view), anchors: anchorsOf(condition)?.anchors };
}

/** Rules that may be added: each has look-ups of its own, which every row pays for. */
const MOST_ADDED = 64;
/** Of a rule that is gone. */
const NEVER: CompiledCondition = { test: () => false, anchors: [] };

export class RuleIndex {
  readonly #view: ChunkView;
  readonly #conditions: CompiledCondition[];
  readonly #lookups: Lookup[];
  readonly #everywhere: number[];
  /** Row for which a rule was tested last. */
  readonly #testedRow: Int32Array;

  /** @param view that the conditions were compiled with */
  constructor(conditions: readonly CompiledCondition[], view: ChunkView) {
    this.#view = view;
    this.#conditions = [...conditions];
    this.#everywhere = conditions.flatMap(({ anchors }, rule) => (anchors ? [] : [rule]));
    const anchored = conditions.flatMap(({ anchors = [] }, rule) =>
      anchors.map((anchor) => ({ anchor, rule })),
    );
    this.#lookups = lookupsOf(anchored, view);
    this.#testedRow = new Int32Array(conditions.length + MOST_ADDED);
  }

  /** Its number; undefined: it is time for another index. */
  add(condition: CompiledCondition): number | undefined {
    const rule = this.#conditions.length;
    if (rule >= this.#testedRow.length) return undefined;
    this.#conditions.push(condition);
    const anchors = condition.anchors?.map((anchor) => ({ anchor, rule }));
    if (anchors === undefined) this.#everywhere.push(rule);
    else this.#lookups.push(...lookupsOf(anchors, this.#view));
    return rule;
  }

  drop(rule: number): void {
    this.#conditions[rule] = NEVER;
  }

  /** Whether a rule is looked up; else every row is tested. */
  isIndexed(rule: number): boolean {
    return this.#conditions[rule]?.anchors !== undefined;
  }

  match(chunk: FlowRows, visit: Visit): void {
    if (this.#conditions.length === 0) return;
    this.#view.look(chunk);
    this.#testedRow.fill(-1);
    let row = 0;
    const offer: Offer = (rule) => {
      if (this.#testedRow[rule] === row) return;
      this.#testedRow[rule] = row;
      if ((this.#conditions[rule] as CompiledCondition).test(row)) visit(row, rule);
    };
    for (; row < chunk.rows; row++) {
      for (const rule of this.#everywhere) offer(rule);
      for (const lookup of this.#lookups) lookup(row, offer);
    }
    this.#view.leave();
  }
}

interface Anchored {
  readonly anchor: Anchor;
  readonly rule: number;
}

/** One look-up for each column that anchors are of. */
function lookupsOf(anchored: readonly Anchored[], view: ChunkView): Lookup[] {
  const byColumn = new Map<string, Anchored[]>();
  for (const one of anchored) listIn(byColumn, `${one.anchor.kind} ${one.anchor.column}`).push(one);
  return [...byColumn.values()].map((list) => lookupOf(list, view));
}

function listIn<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: Item[] = [];
  lists.set(key, list);
  return list;
}

function lookupOf(list: readonly Anchored[], view: ChunkView): Lookup {
  const [first] = list;
  const column = first?.anchor.column as ColumnName;
  switch (first?.anchor.kind) {
    case 'name':
      return nameLookup(
        groupBy(list, (anchor) => (anchor as { lower: string }).lower),
        column,
        view,
      );
    case 'number':
      return numberLookup(
        groupBy(list, (anchor) => (anchor as { number: number }).number),
        view.narrow(column),
      );
    default:
      return addressLookup(list, view.address(column));
  }
}

function groupBy<Key>(list: readonly Anchored[], keyOf: (anchor: Anchor) => Key): Map<Key, Rules> {
  const groups = new Map<Key, number[]>();
  for (const { anchor, rule } of list) listIn(groups, keyOf(anchor)).push(rule);
  return groups;
}

/** Each name of a chunk is looked for once. */
function nameLookup(
  rules: ReadonlyMap<string, Rules>,
  column: ColumnName,
  view: ChunkView,
): Lookup {
  const ids = view.narrow(column);
  let found: (Rules | undefined)[] = [];
  let chunkNumber = -1;
  return (row, offer) => {
    if (chunkNumber !== view.chunkNumber) {
      found = [];
      chunkNumber = view.chunkNumber;
    }
    const id = ids(row);
    let list = found[id];
    if (list === undefined) {
      list = rules.get(view.lowerName(id)) ?? NOBODY;
      found[id] = list;
    }
    for (const rule of list) offer(rule);
  };
}

function numberLookup(rules: ReadonlyMap<number, Rules>, read: ColumnReader<number>): Lookup {
  return (row, offer) => {
    const list = rules.get(read(row));
    if (list !== undefined) for (const rule of list) offer(rule);
  };
}

function addressLookup(list: readonly Anchored[], read: ColumnReader<AddressWords>): Lookup {
  const table = new PrefixTable(
    list.map(({ anchor, rule }) => ({
      network: (anchor as { network: NetworkText }).network,
      value: rule,
    })),
  );
  return (row, offer) => {
    for (let at = table.find(read(row)); at >= 0; at = table.parentOf(at)) {
      for (const rule of table.valuesAt(at)) offer(rule);
    }
  };
}
