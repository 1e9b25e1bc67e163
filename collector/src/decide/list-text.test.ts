// SPDX-License-Identifier: Apache-2.0
import type { ListInput } from '@weir/wire';
import { expect, it } from 'vitest';
import { readList } from './list-text.js';

async function read(text: string, format: ListInput['format'] = 'plain') {
  const { entries, refusedLines } = await readList({ text, format });
  const networks = entries.map(
    ({ network: { address, prefixLength }, seconds, about }) =>
      `${address}/${prefixLength}${seconds === undefined ? '' : ` ${seconds}`}${about === undefined ? '' : ` ${about}`}`,
  );
  return { networks, refused: refusedLines.map(({ line }) => line) };
}

it('plain lists have an address or prefix a line, and comments', async () => {
  const text =
    '# bad hosts\n192.0.2.1\n 10.0.0.0/9 ; SBL1\n\n2001:DB8::/32#x\nnobody\n192.0.2.1/32\n0.0.0.0/0\r\n';
  expect(await read(text)).toEqual({
    networks: ['192.0.2.1/32', '10.0.0.0/9', '2001:db8::/32'],
    refused: [6, 8],
  });
});

it('tables have a column of addresses, wherever it is', async () => {
  expect(await read('first,ip,x\na,192.0.2.1,b\n"c ""d""","10.0.0.0/8",\n', 'csv')).toEqual({
    networks: ['192.0.2.1/32', '10.0.0.0/8'],
    refused: [],
  });
  expect(await read('192.0.2.1;a\nnobody;b\n', 'csv')).toEqual({
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
  simulated: false,
};

it.each([
  ['as its API gives decisions', (list: unknown) => list],
  ['as its API streams them', (list: unknown) => ({ new: list, deleted: null })],
  ['as cscli gives alerts', (list: unknown) => [{ id: 1, decisions: list }]],
])('CrowdSec: %s', async (_, form) => {
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
      { ...BAN, value: '192.0.2.2', simulated: true },
    ],
  ];
  expect(await read(JSON.stringify(form(decisions)), 'crowdsec')).toEqual({
    networks: ['192.0.2.1/32 3723.5 ssh-bf', '10.1.0.0/16 4'],
    refused: [4, 5, 6, 7],
  });
});

it('CrowdSec without decisions is an empty list; what is no JSON is none', async () => {
  for (const text of ['null', '[]', '{"new":null,"deleted":null}']) {
    expect(await read(text, 'crowdsec')).toEqual({ networks: [], refused: [] });
  }
  await expect(read('<html>', 'crowdsec')).rejects.toThrow(SyntaxError);
});

it('fields in quotes may hold separators; a quote that never ends is part of a field', async () => {
  const lines = ['x\tvalue', '"a;b"\t 192.0.2.1 ', '"a"b"\t192.0.2.2', '"\t192.0.2.3', 'a'];
  expect(await read(lines.join('\n'), 'csv')).toEqual({
    networks: ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32'],
    refused: [5],
  });
});

it('so much of the internet as no list means is not taken', async () => {
  const text = '0.0.0.0/1\n128.0.0.0/1\n2000::/3\n8.0.0.0/7\n9.0.0.0/8\n2a00::/12';
  expect(await read(text)).toEqual({
    networks: ['9.0.0.0/8', '2a00::/12'],
    refused: [1, 2, 3, 4],
  });
});

/** Whoever tries all ways to read these never ends. */
it('lines that are made to cost much cost no more than their length', async () => {
  const ban = { ...BAN, duration: '1'.repeat(400_000) };
  for (const [text, format] of [
    [`x${'\t'.repeat(400_000)}x\n192.0.2.1`, 'csv'],
    [`x,${'"",'.repeat(200_000)}"\n192.0.2.1`, 'csv'],
    [`"${',""x'.repeat(200_000)}\n192.0.2.1`, 'csv'],
    [`1${' '.repeat(400_000)}1\n192.0.2.1`, 'plain'],
    [JSON.stringify([ban]), 'crowdsec'],
  ] as const) {
    expect((await read(text, format)).refused, text.slice(0, 9)).toEqual([1]);
  }
});

it.each([
  ['<html>\nnothing here\n', 'plain'],
  ['<html>,a\nnothing,here\n', 'csv'],
  ['{"message": "forbidden"}', 'crowdsec'],
  ['<html>', 'crowdsec'],
] as const)('%j is no list', async (text, format) => {
  await expect(read(text, format)).rejects.toThrow();
});

it.each([
  ['', 'plain'],
  ['# nobody\n', 'plain'],
  ['10.0.0.0/1\n', 'plain'],
  ['ip,reason\n', 'csv'],
  ['null', 'crowdsec'],
  ['{"new": null, "deleted": []}', 'crowdsec'],
] as const)('%j is a list of nobody', async (text, format) => {
  expect((await read(text, format)).networks).toEqual([]);
});
