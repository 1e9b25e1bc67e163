// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { completeFilter, type ValueSource } from './complete.js';
import { FIELDS } from './fields.js';
import { RandomFilters } from './test-filters.js';

const known: ValueSource = async (field) =>
  field.name === 'app' ? ['HTTP', 'BitTorrent', 'Google Meet', 'and'] : [];

/** Texts of the items at "|", and the text with the first of them put in. */
async function at(text: string): Promise<{ items: string[]; first: string }> {
  const cursor = text.indexOf('|');
  const whole = text.replace('|', '');
  const { at: span, items } = await completeFilter(whole, cursor, known);
  const texts = items.map((item) => item.text);
  return {
    items: texts,
    first: whole.slice(0, span.from) + (texts[0] ?? '') + whole.slice(span.to),
  };
}

describe('completeFilter', () => {
  it.each([
    ['|', 'ip'],
    ['sr|', 'src'],
    ['srci|', 'srcip'],
    ['src |', 'src in'],
    ['app = bit|', 'app = BitTorrent'],
    ['app = goo|', 'app = "Google Meet"'],
    ['app = "goo|', 'app = "Google Meet"'],
    ['app = meet|', 'app = "Google Meet"'],
    ['app = an|', 'app = "and"'],
    ['app in (|', 'app in (HTTP'],
    ['proto = t|', 'proto = tcp'],
    ['app = http |', 'app = http and'],
    ['(app = http o|', '(app = http or'],
    ['app = http and dst|', 'app = http and dst'],
    ['end|', 'end-reason'],
    ['sr| and app = http', 'src and app = http'],
    ['not (vl|', 'not (vlan'],
  ])('%s becomes %s', async (text, expected) => {
    expect((await at(text)).first).toBe(expected);
  });

  it('offers every field, and what each can be compared with', async () => {
    const { items } = await at('|');
    expect(items).toEqual(expect.arrayContaining(FIELDS.map(({ name }) => name)));
    expect((await at('bytes |')).items).toEqual(['=', '!=', '<', '<=', '>', '>=', 'in', 'not in']);
    expect((await at('(port = 80 |')).items).toEqual(['and', 'or', ')']);
    expect((await at('app in (HTTP, |')).items).toContain(')');
  });

  it('says nothing behind a mistake', async () => {
    expect((await at('sorc = 1 and a|')).items).toEqual([]);
    expect((await at('src = 10.0.0.1 ; a|')).items).toEqual([]);
  });

  it('never fails, and replaces the word before the cursor', async () => {
    const filters = new RandomFilters(3);
    const pieces = [
      'src',
      'app',
      'in',
      'not',
      '(',
      ')',
      '"',
      "'",
      '\\',
      '=',
      '~',
      ',',
      '10/8',
      'and',
      ' ',
    ];
    for (let i = 0; i < 2000; i++) {
      const text = Array.from({ length: filters.below(10) }, () => filters.of(pieces)).join(
        filters.of(['', ' ']),
      );
      const cursor = filters.below(text.length + 1);
      const { at: span } = await completeFilter(text, cursor, known);
      expect(span.from).toBeLessThanOrEqual(span.to);
      expect(span.to).toBe(cursor);
    }
  });
});
