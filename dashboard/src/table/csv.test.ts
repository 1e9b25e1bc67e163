// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { csvText } from './csv';

it('quotes what has commas, quotes or lines in it', () => {
  expect(csvText([['a', 'b,c', 'd"e', 'f\ng', 1.5]])).toBe('a,"b,c","d""e","f\ng",1.5\r\n');
});

it.each(['=1+1', '+cmd', '-2', '@x', '\tx'])('never writes %j as a formula', (text) => {
  expect(csvText([[text]])[0]).toBe("'");
});

it('numbers stay numbers', () => expect(csvText([[-3, Number.NaN]])).toBe('-3,\r\n'));
