// SPDX-License-Identifier: Apache-2.0
// Recursive descent:
//   filter    = [ or ]
//   or        = and { "or" and }
//   and       = unary { "and" unary }
//   unary     = ( "not" | "!" ) unary | "(" or ")" | word of its own | comparison
//   comparison = field [ operator ] value | field [ "not" ] "in" ( value | "(" value { [","] value } ")" )
import { parseNetwork } from '../address.js';
import { nearest } from '../nearest.js';
import type { Field } from './field.js';
import { FIELD_WORDS, type FieldName, findField } from './fields.js';
import {
  ANY,
  FILTER_LIMITS,
  type FilterValue,
  type FlowCondition,
  OPERATORS,
  type Operator,
} from './filter.js';
import { FilterError, type TextSpan } from './filter-error.js';
import { PROTOCOL_NUMBERS } from './names.js';
import { operatorsOf } from './operators.js';
import type { Token } from './tokens.js';
import { EXPECTED_VALUES, KEYWORDS, readValue } from './values.js';

/** What may stand where the parser is. */
export type Wanted =
  | { readonly what: 'condition' }
  | { readonly what: 'operator'; readonly field: Field }
  | { readonly what: 'value'; readonly field: Field; readonly inList: 'none' | 'empty' | 'begun' }
  | { readonly what: 'connective'; readonly openParentheses: number };

type KnownField = Field & { readonly name: FieldName };

/** Conditions in one word. */
function wordOfItsOwn(word: string): FlowCondition | undefined {
  const lower = word.toLowerCase();
  if (lower === 'any' || lower === 'all') return ANY;
  const family = /^(?:ipv(?=[46])|inet|ip(?=[46]))([46]?)$/.exec(lower)?.[1];
  if (family !== undefined) return comparison('version', '=', [Number(family || 4)]);
  const number = Object.hasOwn(PROTOCOL_NUMBERS, lower) ? PROTOCOL_NUMBERS[lower] : undefined;
  return number === undefined ? undefined : comparison('proto', '=', [number]);
}

function comparison(
  field: FieldName,
  operator: Operator,
  values: readonly number[],
): FlowCondition {
  return {
    kind: 'comparison',
    field,
    operator,
    values: values.map((value) => ({ kind: 'number', value })),
  };
}

function syntaxError(what: string, at: TextSpan, expected: readonly string[]): FilterError {
  return new FilterError('WEIR_FILTER_SYNTAX', what, { at, expected });
}

function quoted({ kind, text }: Token): string {
  if (kind === 'end') return 'the filter ends too early';
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}" cannot stand here`;
}

/** Reads one filter. Positions of errors are those of the tokens. */
export class FilterParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #openParentheses = 0;
  #comparisons = 0;
  #values = 0;
  #wanted: Wanted = { what: 'condition' };

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** What may follow where `parse` stopped, by an error or at the end. */
  get wanted(): Wanted {
    return this.#wanted;
  }

  /** @throws FilterError */
  parse(): FlowCondition {
    if (this.#isEnd()) return ANY;
    const condition = this.#or();
    if (this.#isEnd()) return condition;
    throw syntaxError(quoted(this.#next), this.#next, ['"and"', '"or"', 'the end']);
  }

  get #next(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #isEnd(): boolean {
    return this.#next.kind === 'end';
  }

  #isWord(word: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }

  #isSymbol(symbol: string): boolean {
    return this.#next.kind === 'symbol' && this.#next.text === symbol;
  }

  #takeIf(is: boolean): boolean {
    if (is) this.#at++;
    return is;
  }

  /** Parts between words "and" or "or"; a single part stands for itself. */
  #joined(kind: 'and' | 'or', part: () => FlowCondition): FlowCondition {
    const first = part();
    const of = [first];
    while (this.#takeIf(this.#isWord(kind))) of.push(part());
    return of.length === 1 ? first : { kind, of };
  }

  #or(): FlowCondition {
    return this.#joined('or', () => this.#joined('and', () => this.#unary()));
  }

  #unary(): FlowCondition {
    this.#wanted = { what: 'condition' };
    if (this.#takeIf(this.#isSymbol('!') || this.#isWord('not'))) {
      return { kind: 'not', of: this.#deeper(() => this.#unary()) };
    }
    return this.#takeIf(this.#isSymbol('(')) ? this.#parentheses() : this.#comparison();
  }

  #parentheses(): FlowCondition {
    this.#openParentheses++;
    const inner = this.#deeper(() => this.#or());
    if (!this.#takeIf(this.#isSymbol(')'))) {
      throw syntaxError(quoted(this.#next), this.#next, ['"and"', '"or"', '")"']);
    }
    this.#openParentheses--;
    this.#completed();
    return inner;
  }

  #completed(): void {
    this.#wanted = { what: 'connective', openParentheses: this.#openParentheses };
  }

  #deeper(read: () => FlowCondition): FlowCondition {
    this.#depth++;
    this.#limit('depth', this.#depth, 'parentheses inside each other');
    const inner = read();
    this.#depth--;
    return inner;
  }

  #limit(which: 'depth' | 'comparisons' | 'values', count: number, what: string): void {
    if (count <= FILTER_LIMITS[which]) return;
    const text = `more than ${FILTER_LIMITS[which]} ${what}; ask for less at once`;
    throw new FilterError('WEIR_FILTER_TOO_LARGE', text, { at: this.#next });
  }

  #comparison(): FlowCondition {
    this.#limit('comparisons', ++this.#comparisons, 'conditions');
    const token = this.#next;
    const field = this.#takeField();
    if (field === undefined) {
      const alone = token.kind === 'word' ? wordOfItsOwn(token.text) : undefined;
      if (alone === undefined) throw unknownField(token);
      this.#at++;
      this.#completed();
      return alone;
    }
    this.#wanted = { what: 'operator', field };
    const operator = this.#operator(field);
    this.#wanted = { what: 'value', field, inList: 'none' };
    const values = this.#valuesFor(field, operator);
    this.#completed();
    return { kind: 'comparison', field: field.name, operator, values };
  }

  /** One word, or two: "src port". */
  #takeField(): KnownField | undefined {
    const [first, second] = this.#tokens.slice(this.#at, this.#at + 2);
    if (first?.kind !== 'word') return undefined;
    const both = second?.kind === 'word' ? findField(`${first.text} ${second.text}`) : undefined;
    const field = both ?? findField(first.text);
    // "ipv4" alone is a word, and so is "tcp"; a field has something behind it.
    if (field !== undefined) this.#at += both === undefined ? 1 : 2;
    return field;
  }

  /** Between field and value it may be left out, as in "port 53". */
  #operator(field: KnownField): Operator {
    const token = this.#next;
    const operator = this.#writtenOperator();
    if (operator === undefined) {
      const isValue =
        token.kind === 'string' ||
        (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase()));
      if (isValue) return field.kind === 'flags' ? '~' : '=';
      const what = token.kind === 'end' ? `"${field.name}" alone says nothing` : quoted(token);
      throw syntaxError(
        what,
        token,
        operatorsOf(field.kind).map((known) => `"${known}"`),
      );
    }
    if (operatorsOf(field.kind).includes(operator)) return operator;
    throw new FilterError(
      'WEIR_FILTER_OPERATOR',
      `"${field.name}" cannot be compared with "${operator}"`,
      {
        at: token,
        expected: operatorsOf(field.kind).map((known) => `"${known}"`),
      },
    );
  }

  #writtenOperator(): Operator | undefined {
    if (this.#takeIf(this.#isWord('in'))) return 'in';
    if (this.#isWord('not') && this.#isWord('in', 1)) {
      this.#at += 2;
      return 'not in';
    }
    const { kind, text } = this.#next;
    const known = kind === 'symbol' && OPERATORS.find((operator) => operator === text);
    return this.#takeIf(known !== false && known !== undefined) ? (known as Operator) : undefined;
  }

  #valuesFor(field: KnownField, operator: Operator): FilterValue[] {
    const isList = operator === 'in' || operator === 'not in';
    if (!isList || !this.#takeIf(this.#isSymbol('('))) return [this.#value(field, operator)];
    const values: FilterValue[] = [];
    do {
      this.#wanted = { what: 'value', field, inList: values.length === 0 ? 'empty' : 'begun' };
      values.push(this.#value(field, operator));
      this.#wanted = { what: 'value', field, inList: 'begun' };
      this.#takeIf(this.#isSymbol(','));
    } while (!this.#takeIf(this.#isSymbol(')')));
    return values;
  }

  #value(field: KnownField, operator: Operator): FilterValue {
    this.#limit('values', ++this.#values, 'values');
    const token = this.#next;
    const keyword = token.kind === 'word' && KEYWORDS.has(token.text.toLowerCase());
    if (token.kind === 'symbol' || token.kind === 'end' || keyword) {
      const what = keyword
        ? `"${token.text}" is a word of the language, put it in quotes`
        : quoted(token);
      throw syntaxError(what, token, [EXPECTED_VALUES[field.kind]]);
    }
    this.#at++;
    const isPattern = (operator === '~' || operator === '!~') && field.kind !== 'flags';
    if (isPattern) return { kind: 'text', value: token.text };
    const value = readValue(field, token);
    const isOrder = operator.startsWith('<') || operator.startsWith('>');
    if (!isOrder || value.kind === 'number') return value;
    throw new FilterError(
      'WEIR_FILTER_VALUE',
      `"${token.text}" is neither more nor less than anything`,
      {
        at: token,
        expected: [EXPECTED_VALUES.number],
      },
    );
  }
}

function unknownField(token: Token): FilterError {
  const expected = ['a field such as src, port, app or bytes'];
  if (token.kind !== 'word') return syntaxError(quoted(token), token, expected);
  const meant =
    parseNetwork(token.text) === undefined ? nearest(token.text, FIELD_WORDS) : undefined;
  const shown = token.text.slice(0, 60);
  return new FilterError('WEIR_FILTER_UNKNOWN_FIELD', `"${shown}" is no field`, {
    at: token,
    expected,
    nearest: parseNetwork(token.text) === undefined ? meant : `ip in ${shown}`,
  });
}
