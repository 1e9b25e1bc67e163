// SPDX-License-Identifier: Apache-2.0
import type { SeriesResponse } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { REST } from '../view/rest';
import { previousRates, sinceStart, summarise, toRates, toShares } from './rates';

const STEP = 10;
const response = (values: Record<string, number[]>): SeriesResponse => {
  const count = Object.values(values)[0]?.length ?? 0;
  return {
    by: ['applicationName'],
    metric: 'octets',
    from: 0,
    to: count * STEP * 1000,
    table: 'flows',
    missing: [],
    stepSeconds: STEP,
    times: Array.from({ length: count }, (_, index) => index * STEP * 1000),
    series: Object.entries(values).map(([key, sums]) => ({ key, keys: [key], values: sums })),
  };
};

describe('toRates', () => {
  it('divides by the step, and keeps the sums', () => {
    const { times, series } = toRates(response({ a: [100, 200], other: [50, 0] }), 20_000);
    expect(times).toEqual([0, 10_000]);
    expect(series.map(({ rates }) => rates)).toEqual([
      [10, 20],
      [5, 0],
    ]);
    expect(series.map(({ total }) => total)).toEqual([300, 50]);
  });

  it('puts the rest last, wherever it comes, and takes no name for it', () => {
    const { series, ...answer } = response({ rest: [9], a: [1], other: [2] });
    const marked = series.map((one) =>
      one.key === 'rest' ? { ...one, isOther: true as const } : one,
    );
    const rates = toRates({ ...answer, series: marked }, 10_000);
    expect(rates.series.map(({ key }) => key)).toEqual(['a', 'other', REST]);
  });

  it('leaves the running step out while little of it has passed, and else divides by what has', () => {
    const values = { a: [100, 40] };
    expect(toRates(response(values), 14_000).series[0]?.rates).toEqual([10]);
    expect(toRates(response(values), 18_000).series[0]?.rates).toEqual([10, 5]);
  });

  it('shows the running step when nothing came before it', () => {
    expect(toRates(response({ a: [0, 40] }), 12_000).series[0]?.rates).toEqual([0, 20]);
  });

  it('gives what was before as many points', () => {
    const { series } = response({ a: [10, 20, 30] });
    const previous = { shiftMilliseconds: 1, missing: [], series };
    const rates = previousRates({ ...response({ a: [1, 2, 3] }), previous }, 2);
    expect(rates[0]?.rates).toEqual([1, 2]);
  });
});

it('a chart begins where the collector did, but has some points', () => {
  const rates = toRates(response({ a: [0, 0, 0, 0, 0, 0, 0, 1] }), 80_000);
  expect(sinceStart(rates, 60_000).times[0]).toBe(20_000);
  expect(sinceStart(rates, 0).times[0]).toBe(0);
});

it('shares are one together wherever there is something', () => {
  const { series } = toShares(toRates(response({ a: [10, 0, 30], b: [10, 0, 10] }), 30_000));
  expect(series.map(({ rates }) => rates)).toEqual([
    [0.5, 0, 0.75],
    [0.5, 0, 0.25],
  ]);
});

describe('summarise', () => {
  it('takes the 95th percentile by nearest rank', () => {
    const rates = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarise(rates)).toEqual({
      ...{ minimum: 1, average: 50.5, percentile95: 95, maximum: 100, latest: 1 },
    });
  });

  it('of one rate is that rate, of none nothing', () => {
    expect(summarise([7])).toMatchObject({ minimum: 7, average: 7, percentile95: 7, maximum: 7 });
    expect(summarise([]).maximum).toBe(0);
  });
});
