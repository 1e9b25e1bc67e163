// SPDX-License-Identifier: Apache-2.0
// What could be written at a cursor in a filter.
import type { Field } from './field.js';
import { FIELDS, findField, normalFieldName } from './fields.js';
import { FILTER_LIMITS } from './filter.js';
import { FilterError, type TextSpan } from './filter-error.js';
import { OPERATOR_MEANINGS, operatorsOf } from './operators.js';
import { FilterParser, type Wanted } from './parser.js';
import { type Token, tokensOf } from './tokens.js';
import { valueText } from './values.js';

export interface Completion {
  /** What to put in place of the span. */
  readonly text: string;
  readonly kind: 'field' | 'operator' | 'value' | 'word';
  readonly about: string;
}

export interface Completions {
  /** What a completion replaces: the word that ends at the cursor, or nothing. */
  readonly at: TextSpan;
  readonly items: readonly Completion[];
}

/** Values that are known of a field, the most likely first. They are filtered and quoted by the caller. */
export type ValueSource = (field: Field, begun: string) => Promise<readonly string[]>;

const MOST_ITEMS = 50;
const CONNECTIVES: readonly Completion[] = [
  { text: 'and', kind: 'word', about: 'both must hold' },
  { text: 'or', kind: 'word', about: 'one must hold' },
];
const NOT: Completion = { text: 'not', kind: 'word', about: 'must not hold' };
const CLOSE: Completion = { text: ')', kind: 'word', about: 'ends the parentheses' };

interface Place {
  readonly wanted: Wanted;
  readonly begun: Pick<Token, 'from' | 'to' | 'text'>;
}

/** The word that is being written, and what it may become; undefined behind a mistake. */
function placeOf(text: string, cursor: number): Place | undefined {
  const before = text.slice(0, Math.min(cursor, FILTER_LIMITS.characters));
  const open = unclosedQuote(before);
  const tokens = tokensOf(open === undefined ? before : before.slice(0, open));
  const end = tokens.pop() as Token;
  const last = tokens.at(-1);
  const touches = open === undefined && last?.to === before.length && last.kind !== 'symbol';
  const begun = touches ? (tokens.pop() as Token) : { ...end, to: before.length };
  const written =
    open === undefined ? begun : { from: open, to: before.length, text: before.slice(open + 1) };
  const parser = new FilterParser([...tokens, end]);
  try {
    parser.parse();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    if (error.at.from < end.from) return undefined;
  }
  return { wanted: parser.wanted, begun: written };
}

/** Where a text begins whose quote is not closed yet: it is being written. */
function unclosedQuote(text: string): number | undefined {
  let quote: { readonly sign: string; readonly at: number } | undefined;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (quote !== undefined && sign === '\\') at++;
    else if (quote?.sign === sign) quote = undefined;
    else if (quote === undefined && (sign === '"' || sign === "'")) quote = { sign, at };
  }
  return quote?.at;
}

function fieldItems(): Completion[] {
  const fields = FIELDS.map(
    ({ name, about }): Completion => ({ text: name, kind: 'field', about }),
  );
  return [...fields, NOT];
}

function operatorItems(field: Field): Completion[] {
  return operatorsOf(field.kind).map((operator) => ({
    text: operator,
    kind: 'operator',
    about: OPERATOR_MEANINGS[operator],
  }));
}

async function valueItems(field: Field, begun: string, source: ValueSource): Promise<Completion[]> {
  const named = Object.keys(field.names ?? {});
  const known = named.length > 0 ? named : await source(field, begun);
  return known.map((value) => ({
    text: takesText(field) ? valueText(field, { kind: 'text', value }) : value,
    kind: 'value',
    about: '',
  }));
}

function takesText(field: Field): boolean {
  return field.kind === 'text' || field.kind === 'named-number';
}

async function itemsOf({ wanted, begun }: Place, source: ValueSource): Promise<Completion[]> {
  switch (wanted.what) {
    case 'condition':
      return [...fieldItems(), ...aliasItems(begun.text)];
    case 'operator':
      return operatorItems(wanted.field);
    case 'value': {
      const values = await valueItems(wanted.field, begun.text, source);
      return wanted.inList === 'begun' ? [...values, CLOSE] : values;
    }
    default:
      return wanted.openParentheses > 0 ? [...CONNECTIVES, CLOSE] : [...CONNECTIVES];
  }
}

/** Who begins an alias ("srci") is offered it, though the list of all names would be too long with them. */
function aliasItems(begun: string): Completion[] {
  if (begun.length < 2) return [];
  const normal = normalFieldName(begun);
  return FIELDS.flatMap(({ name, aliases, about }) => {
    const alias = aliases.find((known) => known.startsWith(normal));
    const isName = normalFieldName(name).startsWith(normal);
    return alias === undefined || isName ? [] : [{ text: alias, kind: 'field' as const, about }];
  });
}

/** Whether an item is what was begun; words anywhere in a value count, behind those that begin with it. */
function rankOf({ text, kind }: Completion, begun: string): number {
  const item = text.toLowerCase().replace(/^"/, '');
  const wanted = begun.toLowerCase();
  if (item.startsWith(wanted)) return 0;
  return kind === 'value' && item.includes(wanted) ? 1 : -1;
}

/**
 * What could stand at the cursor (an offset in the text), what begins as the word before it first.
 * Without `source` no values are offered but the names of numbers.
 */
export async function completeFilter(
  text: string,
  cursor: number,
  source: ValueSource = async () => [],
): Promise<Completions> {
  const place = readable(() => placeOf(text, cursor));
  if (place === undefined) return { at: { from: cursor, to: cursor }, items: [] };
  const { from, to } = place.begun;
  const ranked = (await itemsOf(place, source))
    .map((item) => ({ item, rank: rankOf(item, place.begun.text) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
  return { at: { from, to }, items: ranked.slice(0, MOST_ITEMS).map(({ item }) => item) };
}

function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}

/** Whether a word names a field: for those who complete whole command lines. */
export function isFieldName(word: string): boolean {
  return findField(word) !== undefined;
}
