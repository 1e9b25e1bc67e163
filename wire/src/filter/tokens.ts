// SPDX-License-Identifier: Apache-2.0
import { FilterError, type TextSpan } from './filter-error.js';

export interface Token extends TextSpan {
  readonly kind: 'word' | 'string' | 'symbol' | 'end';
  /** A string's without quotes and escapes. */
  readonly text: string;
}

const SPACE = /\s+/uy;
/** Addresses, numbers with units, names, patterns: whatever needs no quotes. */
const WORD = /[\p{L}\p{M}\p{N}_.:/*?%@#$+-]+/uy;
const SYMBOL = /&&|\|\||[=!<>]=|==|<>|!~|[=<>~!()[\],]/y;
/** A backslash takes the character behind it as it is. */
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;

/** Other spellings of symbols. */
const SYMBOLS: Readonly<Record<string, string>> = {
  '==': '=',
  '<>': '!=',
  '[': '(',
  ']': ')',
};
const SYMBOL_WORDS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or' };

function match(pattern: RegExp, text: string, from: number): string | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, from: number): Token {
  const word = match(WORD, text, from);
  if (word !== undefined) return { kind: 'word', text: word, from, to: from + word.length };
  const symbol = match(SYMBOL, text, from);
  if (symbol !== undefined) return symbolToken(symbol, from);
  const quoted = match(STRING, text, from);
  if (quoted !== undefined) {
    const inner = quoted.slice(1, -1).replaceAll(/\\([\s\S])/g, '$1');
    return { kind: 'string', text: inner, from, to: from + quoted.length };
  }
  const at = { from, to: from + 1 };
  const character = text.charAt(from);
  if (character === '"' || character === "'") {
    const unclosed = { from, to: text.length };
    throw new FilterError('WEIR_FILTER_SYNTAX', `the quote ${character} is not closed`, {
      at: unclosed,
    });
  }
  throw new FilterError(
    'WEIR_FILTER_SYNTAX',
    `"${character}" means nothing here; put texts with special characters in quotes`,
    { at },
  );
}

function symbolToken(symbol: string, from: number): Token {
  const to = from + symbol.length;
  const word = SYMBOL_WORDS[symbol];
  if (word !== undefined) return { kind: 'word', text: word, from, to };
  return { kind: 'symbol', text: SYMBOLS[symbol] ?? symbol, from, to };
}

/** All tokens, an "end" last. @throws FilterError WEIR_FILTER_SYNTAX */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    at += match(SPACE, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  return [...tokens, { kind: 'end', text: '', from: text.length, to: text.length }];
}
