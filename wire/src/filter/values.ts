// SPDX-License-Identifier: Apache-2.0
// Values of fields: from the words of a filter, and back. Both directions stand together, so that one sees
// that they fit.
import { isSingleAddress, parseNetwork } from '../address.js';
import { nearest } from '../nearest.js';
import type { Field, FieldKind } from './field.js';
import type { FilterValue } from './filter.js';
import { FilterError } from './filter-error.js';
import { flagsOfLetters, lettersOfFlags, nameOfNumber } from './names.js';
import type { Token } from './tokens.js';

/** Decimal steps for k, M, G, T as in "10M bytes"; Ki, Mi, Gi, Ti are powers of 1024. */
const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What a kind of field takes, for messages. */
export const EXPECTED_VALUES: Readonly<Record<FieldKind, string>> = {
  address: 'an address or a network, e.g. 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32',
  number: 'a whole number, e.g. 443, 10k, 1.5M or 4Gi',
  duration: 'a duration with its unit, e.g. 500ms, 10s, 5m, 2h or 1d',
  flags: 'TCP flags out of FSRPAUEC, e.g. S or SA',
  text: 'a name, in quotes when it has blanks',
  'named-address': 'an address, a network or a name',
  'named-number': 'a number or a name',
};

function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text);
  if (match === null) return undefined;
  const [, digits = '', unitText = ''] = match;
  const unit = unitText === '' && units !== DURATION_UNITS ? 1 : units[unitText.toLowerCase()];
  if (unit === undefined) return undefined;
  const value = Number(digits) * unit;
  // 1.1k is 1100, but 1.1 * 1000 is not quite.
  const whole = Math.round(value);
  const exact = Math.abs(value - whole) < 1e-6 * Math.max(1, unit / 1e6);
  return exact && Number.isSafeInteger(whole) ? whole : undefined;
}

/** "1.5M" or, with an ending for octets, "1.5MB". */
function numberOf(text: string): number | undefined {
  return scaled(text.replace(/(\d[kmgt]?i?)b$/i, '$1'), UNITS);
}

function plainNumber(field: Field, text: string): number | undefined {
  if (field.kind === 'duration') return text === '0' ? 0 : scaled(text, DURATION_UNITS);
  if (field.kind === 'flags') return flagsOfLetters(text) ?? numberOf(text);
  const { names } = field;
  const lower = text.toLowerCase();
  return names !== undefined && Object.hasOwn(names, lower) ? names[lower] : numberOf(text);
}

function rangeOf(field: Field, text: string): FilterValue | undefined {
  const at = text.search(/(?<=.)(?:-|\.\.)(?=\d)/);
  if (at < 0 || field.kind === 'flags') return undefined;
  const from = plainNumber(field, text.slice(0, at));
  const to = plainNumber(field, text.slice(at).replace(/^(?:-|\.\.)/, ''));
  if (from === undefined || to === undefined || from > to) return undefined;
  return { kind: 'range', from, to };
}

function numberValue(field: Field, text: string): FilterValue | undefined {
  const value = plainNumber(field, text);
  return value === undefined ? rangeOf(field, text) : { kind: 'number', value };
}

function networkValue(text: string): FilterValue | undefined {
  const network = parseNetwork(text);
  return network && { kind: 'network', ...network };
}

/** A text that stands in quotes is never anything else. */
function read(field: Field, { kind, text }: Token): FilterValue | undefined {
  const asText: FilterValue = { kind: 'text', value: text };
  switch (field.kind) {
    case 'address':
      return networkValue(text);
    case 'text':
      return asText;
    case 'named-address':
      return kind === 'string' ? asText : (networkValue(text) ?? asText);
    case 'named-number':
      return kind === 'string' ? asText : (numberValue(field, text) ?? asText);
    default:
      return numberValue(field, text);
  }
}

/** The value that a word means for a field. @throws FilterError WEIR_FILTER_VALUE */
export function readValue(field: Field, token: Token): FilterValue {
  const value = read(field, token);
  const shown = token.text.length > 60 ? `${token.text.slice(0, 60)}…` : token.text;
  if (value === undefined) {
    const words = Object.keys(field.names ?? {});
    throw new FilterError('WEIR_FILTER_VALUE', `"${shown}" is no value of "${field.name}"`, {
      at: token,
      expected: [words.length > 0 ? field.about : EXPECTED_VALUES[field.kind]],
      nearest: nearest(token.text, words),
    });
  }
  const largest = value.kind === 'range' ? value.to : value.kind === 'number' ? value.value : 0;
  if (largest > (field.maximum ?? Number.MAX_SAFE_INTEGER)) {
    throw new FilterError('WEIR_FILTER_VALUE', `${shown} is too large for "${field.name}"`, {
      at: token,
      expected: [`at most ${field.maximum}`],
    });
  }
  return value;
}

/** The largest unit of which the number is a whole multiple. */
function withUnit(value: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, size]) => value > 0 && value % size === 0);
  const [unit, size] = fitting.sort((a, b) => b[1] - a[1])[0] ?? ['', 1];
  return `${value / size}${unit}`;
}

const SHOWN_UNITS = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function numberText(field: Field, value: number): string {
  if (field.kind === 'duration') return withUnit(value, DURATION_UNITS);
  if (field.kind === 'flags') return lettersOfFlags(value);
  if (field.names !== undefined) return nameOfNumber(field.names, value);
  return field.maximum === undefined ? withUnit(value, SHOWN_UNITS) : String(value);
}

/** Ends of ranges have no names. */
function rangeEndText(field: Field, value: number): string {
  return field.names === undefined ? numberText(field, value) : String(value);
}

/** Words that the grammar needs for itself. */
export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'any']);

function textText(value: string): string {
  if (/^[a-z][\w-]*$/i.test(value) && !KEYWORDS.has(value.toLowerCase())) return value;
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The value as it stands in a filter. */
export function valueText(field: Field, value: FilterValue): string {
  switch (value.kind) {
    case 'text':
      return textText(value.value);
    case 'number':
      return numberText(field, value.value);
    case 'range':
      return [value.from, value.to].map((end) => rangeEndText(field, end)).join('..');
    default:
      return isSingleAddress(value) ? value.address : `${value.address}/${value.prefixLength}`;
  }
}
