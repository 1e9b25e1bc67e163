// SPDX-License-Identifier: Apache-2.0
import type { Decision, ListState, ShownList, WhyResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import type { CommandContext } from '../command/section-command.js';
import { whyText } from './control.js';
import { listOf, readingText } from './lists.js';

const context = (words: readonly string[], options: object) =>
  ({
    arguments: words,
    options: { action: 'block', format: 'plain', ...options },
  }) as unknown as CommandContext;

it('a list is fetched, or read from a file', () => {
  const url = 'https://lists.example/drop.txt';
  expect(listOf(context(['drop', url], { refresh: 90_500, simulate: true }))).toEqual({
    ...{ name: 'drop', url, format: 'plain', action: { kind: 'block' } },
    ...{ refreshSeconds: 91, isSimulated: true },
  });
  expect(listOf(context(['mine', '/etc/bad.csv'], { format: 'csv', action: 'watch' }))).toEqual({
    ...{ name: 'mine', file: '/etc/bad.csv', format: 'csv', action: { kind: 'watch' } },
  });
  // The collector would look for it where it was started.
  for (const source of ['bad.csv', './bad.csv', 'ftp://lists.example/x'])
    expect(() => listOf(context(['mine', source], {}))).toThrow('no whole path');
});

it('says what came of reading it', () => {
  const text = (state: Partial<ListState>) =>
    readingText({
      name: 'drop',
      state: { entries: 7, refusedLines: [], refusedCount: 0, ...state },
    } as unknown as ShownList);
  expect(text({})).toBe('7 entries of "drop" count');
  expect(text({ refusedLines: [{ line: 3, reason: 'no address' }], refusedCount: 2 })).toContain(
    '; 2 refused, the first in line 3: no address',
  );
  expect(text({ problem: 'the server answers 404' })).toContain('404; 7 entries of before count');
});

it('why: rule, flow and signature', () => {
  const evidence = {
    ...{ sourceAddress: '10.0.0.7', sourceTransportPort: 5000, destinationTransportPort: 6881 },
    ...{ destinationAddress: '2001:db8::1', applicationName: 'BitTorrent' },
    ...{ applicationConfidence: 'payload', signature: 'BitTorrent/match/2' },
  };
  const decision = {
    ...{ id: 'a', action: { kind: 'block' }, selector: { kind: 'host', address: '10.0.0.7' } },
    ...{ origin: 'rule', rule: { id: 'r', name: 'No torrents' }, reason: 'x', evidence },
  } as unknown as Decision;
  const touches = [{ decision, counts: true, packets: 1, octets: 2 }];
  const text = whyText({ address: '10.0.0.7', touches } as WhyResponse);
  for (const part of ['No torrents', '10.0.0.7:5000 - [2001:db8::1]:6881'])
    expect(text).toContain(part);
  expect(text).toContain('BitTorrent/match/2 (payload)');
  const tried = [{ ...touches[0], decision: { ...decision, isSimulated: true }, counts: false }];
  expect(whyText({ address: '10.0.0.7', touches: tried } as WhyResponse)).toMatch(/^simulated /m);
});
