// SPDX-License-Identifier: Apache-2.0
import type { SeriesResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { applicationsOf, confidencesOf, mainConfidence, trendsOf } from './ranking';

const row = (name: string, category: string, confidence: string, octets: number) => ({
  keys: [name, category, confidence],
  ...{ octets, packets: 1, flows: 1 },
});

const ROWS = [
  row('TLS', 'web', 'port', 40),
  row('TLS', 'web', 'payload', 100),
  row('unknown', '', '', 50),
  row('SSH', '', 'exporter', 30),
];

it('an application is one row, however its flows were named', () => {
  const [first, ...rest] = applicationsOf(ROWS);
  expect(first).toMatchObject({ name: 'TLS', category: 'web', octets: 140, flows: 2 });
  expect(first?.confidences.map(({ confidence }) => confidence)).toEqual(['payload', 'port']);
  expect(rest.map(({ name }) => name)).toEqual(['unknown', 'SSH']);
  expect(first && mainConfidence(first).confidence).toBe('payload');
});

it('what rests on which evidence adds up to all', () => {
  const parts = confidencesOf(ROWS);
  expect(parts.map(({ confidence }) => confidence)).toEqual(['payload', 'exporter', 'port', '']);
  expect(parts.reduce((sum, { octets }) => sum + octets, 0)).toBe(220);
});

it('says nothing of before where the store lacks some of it', () => {
  const series = [{ key: 'TLS', keys: ['TLS'], values: [1, 2] }];
  const before = [{ key: 'TLS', keys: ['TLS'], values: [4, 4] }];
  const answer = (missing: { from: number; to: number }[]) =>
    ({
      ...{ series, times: [0, 10_000], stepSeconds: 10 },
      previous: { shiftMilliseconds: 1, series: before, missing },
    }) as never;
  const trend = (response: SeriesResponse) => trendsOf(response, 20_000).get('TLS');
  expect(trend(answer([]))).toEqual({ values: [0.1, 0.2], now: 3, before: 8 });
  expect(trend(answer([{ from: 0, to: 1 }]))?.before).toBeUndefined();
});
