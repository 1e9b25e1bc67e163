// SPDX-License-Identifier: Apache-2.0
import type { ListInput } from '@weir/wire';
import { expect, it } from 'vitest';
import { readList } from './list-text.js';

function read(text: string, format: ListInput['format'] = 'plain') {
  const { entries, refusedLines } = readList(text, format);
  const networks = entries.map(
    ({ network: { address, prefixLength }, seconds, about }) =>
      `${address}/${prefixLength}${seconds === undefined ? '' : ` ${seconds}`}${about === undefined ? '' : ` ${about}`}`,
  );
  return { networks, refused: refusedLines.map(({ line }) => line) };
}

it('plain lists have an address or prefix a line, and comments', () => {
  const text =
    '# bad hosts\n192.0.2.1\n 10.0.0.0/9 ; SBL1\n\n2001:DB8::/32#x\nnobody\n192.0.2.1/32\n0.0.0.0/0\r\n';
  expect(read(text)).toEqual({
    networks: ['192.0.2.1/32', '10.0.0.0/9', '2001:db8::/32'],
    refused: [6, 8],
  });
});

it('tables have a column of addresses, wherever it is', () => {
  expect(read('first,ip,x\na,192.0.2.1,b\n"c ""d""","10.0.0.0/8",\n', 'csv')).toEqual({
    networks: ['192.0.2.1/32', '10.0.0.0/8'],
    refused: [],
  });
  expect(read('192.0.2.1;a\nnobody;b\n', 'csv')).toEqual({
    networks: ['192.0.2.1/32'],
    refused: [2],
  });
});

const BAN = {
  scope: 'Ip',
  type: 'ban',
  value: '192.0.2.1',
  duration: '1h2m3.5s',
  scenario: 'ssh-bf',
};

it.each([
  ['as its API gives decisions', (list: unknown) => list],
  ['as its API streams them', (list: unknown) => ({ new: list, deleted: null })],
  ['as cscli gives alerts', (list: unknown) => [{ id: 1, decisions: list }]],
])('CrowdSec: %s', (_, form) => {
  const range = {
    ...BAN,
    scope: 'range',
    value: '10.1.0.0/16',
    duration: '4s',
    scenario: undefined,
  };
  const decisions = [
    ...[BAN, range, { ...BAN, duration: '-5m' }, { ...BAN, scope: 'Country', value: 'DE' }],
    ...[
      { ...BAN, type: 'captcha' },
      { ...BAN, duration: 'soon' },
    ],
  ];
  expect(read(JSON.stringify(form(decisions)), 'crowdsec')).toEqual({
    networks: ['192.0.2.1/32 3723.5 ssh-bf', '10.1.0.0/16 4'],
    refused: [4, 5, 6],
  });
});

it('CrowdSec without decisions is an empty list; what is no JSON is none', () => {
  for (const text of ['null', '[]', '{"new":null,"deleted":null}']) {
    expect(read(text, 'crowdsec')).toEqual({ networks: [], refused: [] });
  }
  expect(() => read('<html>', 'crowdsec')).toThrow(SyntaxError);
});
