// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { FIELD_WORDS, FIELDS, findField, normalFieldName } from './fields.js';
import { FILTER_LIMITS, type FlowCondition } from './filter.js';
import { FilterError, pointAt } from './filter-error.js';
import { filterText, parseFilter } from './parse.js';
import { RandomFilters } from './test-filters.js';

/** What is written, and its canonical form. */
const SAME: Readonly<Record<string, string>> = {
  'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M':
    'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M',
  '': 'any',
  any: 'any',
  // As nfdump has it.
  'proto tcp and ( src ip 172.16.17.18 or dst ip 172.16.17.19 )':
    'proto = tcp and (src = 172.16.17.18 or dst = 172.16.17.19)',
  'src net 172.16/16 and src port > 1024 and dst port 80 and bytes > 2048':
    'src = 172.16.0.0/16 and srcport > 1024 and dstport = 80 and bytes > 2048',
  'host 192.0.2.1 or net 10/8': 'ip = 192.0.2.1 or ip = 10.0.0.0/8',
  'src ip in [ 10.0.0.1 10.0.0.2 ]': 'src in (10.0.0.1, 10.0.0.2)',
  'flags S and not flags AFRPU': 'flags ~ S and not flags ~ FRPAU',
  'in if 3 or out if 4': 'input = 3 or output = 4',
  'not (tcp or udp)': 'not (proto = tcp or proto = udp)',
  inet6: 'version = 6',
  'duration > 60s && pps > 10k': 'duration > 1m and pps > 10k',
  'src as 64500': 'srcas = 64500',
  // Values of each kind.
  'SRC == 10.1.2.3/8': 'src = 10.0.0.0/8',
  'src = ::ffff:10.0.0.1': 'src = 10.0.0.1',
  'ip in (2001:DB8::/32, fe80::0:1)': 'ip in (2001:db8::/32, fe80::1)',
  'port in (80, 443, 6881-6889)': 'port in (80, 443, 6881..6889)',
  'bytes >= 4Gi': 'bytes >= 4294967296',
  'bytes > 1.5MB': 'bytes > 1500k',
  'duration in 500ms..1.5s': 'duration in 500ms..1500ms',
  'app not in ("Google Meet", bittorrent)': 'app not in ("Google Meet", bittorrent)',
  "server !~ '*.example.com'": 'server !~ "*.example.com"',
  'interface = Gi0/1 or interface = 7': 'interface = "Gi0/1" or interface = 7',
  'exporter in (core1, 192.0.2.0/24)': 'exporter in (core1, 192.0.2.0/24)',
  'end-reason = idle and sourceTransportPort < 1024': 'end-reason = idle and srcport < 1024',
  'a.b = 1': 'WEIR_FILTER_UNKNOWN_FIELD',
};

describe('parseFilter', () => {
  it.each(Object.entries(SAME))('reads %j', (text, canonical) => {
    const read = () => filterText(parseFilter(text));
    if (canonical.startsWith('WEIR_')) expect(read).toThrow(FilterError);
    else expect(read()).toBe(canonical);
  });

  it('binds "not" before "and" before "or"', () => {
    const [a, b, c] = ['app = a', 'app = b', 'app = c'].map(parseFilter) as [
      FlowCondition,
      FlowCondition,
      FlowCondition,
    ];
    expect(parseFilter('not app = a and app = b or app = c')).toEqual({
      kind: 'or',
      of: [{ kind: 'and', of: [{ kind: 'not', of: a }, b] }, c],
    });
  });

  it('gives the same condition for its own text', () => {
    const filters = new RandomFilters(1);
    for (let i = 0; i < 3000; i++) {
      const condition = filters.condition();
      const text = filterText(condition);
      expect(parseFilter(text), text).toEqual(condition);
    }
  });

  it('has no word for two fields', () => {
    const words = FIELD_WORDS.map(normalFieldName);
    const twice = words.filter((word, i) => words.indexOf(word) !== i);
    expect(twice).toEqual([]);
    for (const { name, aliases } of FIELDS) {
      for (const alias of aliases) expect(findField(alias)?.name).toBe(name);
    }
  });
});

/** A filter, what the carets point at, the code, and part of the message. */
const WRONG: readonly (readonly [string, string, string, RegExp])[] = [
  ['src = 10.0.0.0/33', '10.0.0.0/33', 'VALUE', /expected an address or a network/],
  ['sorc = 10.0.0.1', 'sorc', 'UNKNOWN_FIELD', /did you mean "src"/],
  ['10.0.0.1', '10.0.0.1', 'UNKNOWN_FIELD', /did you mean "ip in 10.0.0.1"/],
  ['port = 70000', '70000', 'VALUE', /at most 65535/],
  ['proto = tpc', 'tpc', 'VALUE', /did you mean "tcp"/],
  ['bytes ~ 3', '~', 'OPERATOR', /"bytes" cannot be compared with "~"/],
  ['bytes > 1Q', '1Q', 'VALUE', /1.5M/],
  ['bytes > 1..5', '1..5', 'VALUE', /neither more nor less/],
  ['duration > 60', '60', 'VALUE', /with its unit/],
  ['app = and', 'and', 'SYNTAX', /put it in quotes/],
  ['src = 10.0.0.1 dst = 10.0.0.2', 'dst', 'SYNTAX', /"and", "or" or the end/],
  ['(src = 10.0.0.1', '', 'SYNTAX', /ends too early; expected "and", "or" or "\)"/],
  ['src', '', 'SYNTAX', /"src" alone says nothing/],
  ['app = "x', '"x', 'SYNTAX', /not closed/],
  ['app = x; drop', ';', 'SYNTAX', /means nothing here/],
  ['port in ()', ')', 'SYNTAX', /whole number/],
  ['port in (80', '', 'SYNTAX', /ends too early/],
];

describe('errors', () => {
  it.each(WRONG)('of %j are at %j', (text, marked, code, message) => {
    const error = errorOf(text);
    expect(text.slice(error.at.from, error.at.to)).toBe(marked);
    expect(error.code).toBe(`WEIR_FILTER_${code}`);
    expect(error.message).toMatch(message);
  });

  it('are shown below the line', () => {
    const text = 'app = x and\nsrc = nonsense or any';
    expect(pointAt(text, errorOf(text).at)).toBe('src = nonsense or any\n      ^^^^^^^^');
    expect(pointAt('src', errorOf('src').at)).toBe('src\n   ^');
  });

  it('keep filters small', () => {
    const { depth, comparisons, values, characters } = FILTER_LIMITS;
    const nested = (levels: number) => `${'('.repeat(levels)}any${')'.repeat(levels)}`;
    const alternatives = (count: number) => Array(count).fill('port 1').join(' or ');
    const list = (count: number) => `port in (${Array(count).fill('1').join(' ')})`;
    for (const [make, most] of [
      [nested, depth],
      [alternatives, comparisons],
      [list, values],
      [(count: number) => ' '.repeat(count), characters],
    ] as const) {
      expect(() => parseFilter(make(most))).not.toThrow();
      expect(errorOf(make(most + 1)).code).toBe('WEIR_FILTER_TOO_LARGE');
    }
    expect(errorOf('not '.repeat(2000)).code).toBe('WEIR_FILTER_TOO_LARGE');
  });

  it('are all that random words lead to', () => {
    const filters = new RandomFilters(7);
    const pieces = [
      ...FIELD_WORDS,
      ...'()[],=<>~!"\'\\;é\u0000 \n'.split(''),
      'and',
      'or',
      'not',
      'in',
    ];
    const values = ['10.0.0.0/8', '1M', '5s', 'SA', 'x*', '-', '..', '1..2', '::', '🦆', '\ud800'];
    for (let i = 0; i < 2000; i++) {
      const length = filters.below(12);
      const text = Array.from({ length }, () => filters.of([...pieces, ...values])).join(
        filters.of(['', ' ']),
      );
      const error = errorOf(text);
      if (error === undefined) continue;
      expect(error.at.from).toBeGreaterThanOrEqual(0);
      expect(error.at.to).toBeLessThanOrEqual(text.length);
      expect(error.at.from).toBeLessThanOrEqual(error.at.to);
      expect(pointAt(text, error.at)).toContain('^');
    }
  });
});

/** The error; undefined when there is none. @throws what is no FilterError */
function errorOf(text: string): FilterError {
  try {
    const read = parseFilter(text);
    expect(parseFilter(filterText(read))).toEqual(read);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  return undefined as never;
}
