// SPDX-License-Identifier: Apache-2.0
import type { SeriesResponse } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { formatRate, formatRateTick, type Point, sinceStart, summarise, toRates } from './rates';

function response(change: object = {}): SeriesResponse {
  return {
    by: 'applicationName',
    metric: 'octets',
    stepSeconds: 10,
    times: [0, 10_000, 20_000],
    series: [{ key: 'HTTP', values: [1000, 2000, 500] }],
    ...change,
  } as unknown as SeriesResponse;
}

describe('toRates', () => {
  it('octets of a step become bits per second', () => {
    expect(toRates(response(), 30_000)[0]?.points).toEqual([
      [0, 800],
      [10_000, 1600],
      [20_000, 400],
    ]);
  });

  it('packets and flows are divided by the step only', () => {
    const [series] = toRates(response({ metric: 'packets' }), 30_000);
    expect(series?.points[0]).toEqual([0, 100]);
  });

  it('a running step counts the time that has passed', () => {
    expect(toRates(response(), 25_000)[0]?.points.at(-1)).toEqual([20_000, 800]);
  });

  it('a step that has just begun is left out, as are those to come', () => {
    expect(toRates(response(), 24_000)[0]?.points).toHaveLength(2);
    expect(toRates(response(), 12_000)[0]?.points).toHaveLength(1);
  });

  it('the very first flows are shown at once', () => {
    const series = [{ key: 'HTTP', values: [0, 0, 500] }];
    expect(toRates(response({ series }), 22_000)[0]?.points.at(-1)).toEqual([20_000, 2000]);
  });

  it('other is last, so it is on top of the stack', () => {
    const series = ['other', 'HTTP', 'DNS'].map((key) => ({ key, values: [1, 1, 1] }));
    const keys = toRates(response({ series }), 30_000).map(({ key }) => key);
    expect(keys).toEqual(['HTTP', 'DNS', 'other']);
  });

  it('no data is no series', () => {
    expect(toRates(response({ times: [], series: [] }), 30_000)).toEqual([]);
  });
});

describe('summarise', () => {
  it('gives latest, average and maximum', () => {
    const points = [
      [0, 10],
      [1, 40],
      [2, 10],
    ] as const;
    expect(summarise({ key: 'HTTP', points })).toEqual({
      key: 'HTTP',
      latest: 10,
      average: 20,
      maximum: 40,
    });
  });

  it('is zero where there is nothing', () => {
    expect(summarise({ key: 'x', points: [] })).toMatchObject({ average: 0, maximum: 0 });
  });
});

it('a rate has its metric’s unit', () => {
  expect(formatRate(1_500_000, 'octets')).toBe('1.50 Mbit/s');
  expect(formatRate(1500, 'packets')).toBe('1.50 k packets/s');
  expect(formatRate(3, 'flows')).toBe('3 flows/s');
});

it('an axis label has no zeros to spare', () => {
  expect(formatRateTick(2_000_000, 'octets')).toBe('2 Mbit/s');
  expect(formatRateTick(2_500_000, 'octets')).toBe('2.5 Mbit/s');
  expect(formatRateTick(100_000, 'octets')).toBe('100 kbit/s');
  expect(formatRateTick(0, 'octets')).toBe('0 bit/s');
  expect(formatRateTick(1500, 'flows')).toBe('1.5 k');
  expect(formatRateTick(20, 'flows')).toBe('20');
});

describe('sinceStart', () => {
  const rates = (...values: number[]) => [
    { key: 'HTTP', points: values.map((value, i): Point => [i * 10_000, value]) },
    { key: 'DNS', points: values.map((_, i): Point => [i * 10_000, 0]) },
  ];
  const shown = (values: number[], startedMs: number) =>
    sinceStart(rates(...values), startedMs).map(({ points }) => points.length);

  it('leaves out the silence from before the start', () => {
    expect(shown([0, 0, 0, 0, 1, 0, 1, 1, 1, 1], 25_000)).toEqual([7, 7]);
  });
  it('keeps silence from after the start, and traffic from before it', () => {
    expect(shown([0, 0, 0, 0, 0, 0, 0, 0, 1], 0)).toEqual([9, 9]);
    expect(shown([0, 1, 0, 0, 0, 0, 0, 0, 1], 70_000)).toEqual([8, 8]);
  });
  it('keeps enough for a picture', () => {
    expect(shown([0, 0, 0, 0, 0, 0, 0, 0, 1], 80_000)).toEqual([6, 6]);
    expect(shown([0, 1], 10_000)).toEqual([2, 2]);
    expect(sinceStart([], 0)).toEqual([]);
  });
});
