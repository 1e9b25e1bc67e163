// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RateSeries } from './rates';
import { rankedAt, type StackedInput, stackedOption } from './stacked-option';

const SERIES: RateSeries[] = [
  {
    key: 'HTTP',
    points: [
      [10_000, 5],
      [20_000, 1],
    ],
  },
  {
    key: 'DNS',
    points: [
      [10_000, 0],
      [20_000, 7],
    ],
  },
];

const INPUT: StackedInput = {
  series: SERIES,
  metric: 'octets',
  window: { from: 0, to: 30_000 },
  ink: { text: '#111', line: '#eee', pointer: '#999', fontFamily: 'sans-serif' },
  colourOf: (key) => `colour of ${key}`,
  narrow: false,
};

interface Axis {
  min: number;
  max: number;
  axisLabel: { formatter: (value: number) => string };
}

describe('stackedOption', () => {
  const option = stackedOption(INPUT);
  const series = option.series as { id: string; stack: string; areaStyle: { color: string } }[];

  it('stacks one area for each series, in order, in the colour of its application', () => {
    expect(series.map(({ id }) => id)).toEqual(['HTTP', 'DNS']);
    expect(new Set(series.map(({ stack }) => stack)).size).toBe(1);
    expect(series[1]?.areaStyle.color).toBe('colour of DNS');
  });

  it('the axis ends where the points end, so that no gap opens at either side', () => {
    const axis = option.xAxis as unknown as Axis;
    expect([axis.min, axis.max]).toEqual([10_000, 20_000]);
  });

  it('without points the axis shows the window', () => {
    const axis = stackedOption({ ...INPUT, series: [] }).xAxis as unknown as Axis;
    expect([axis.min, axis.max]).toEqual([0, 30_000]);
  });

  it('labels rates with their unit', () => {
    const axis = option.yAxis as unknown as Axis;
    expect(axis.axisLabel.formatter(2_000_000)).toBe('2 Mbit/s');
  });

  it('never animates: a refresh every few seconds would never rest', () => {
    expect(option.animation).toBe(false);
  });
});

describe('rankedAt', () => {
  it('sorts by the value at that point and leaves out what is silent', () => {
    expect(rankedAt(SERIES, 1).map(({ key }) => key)).toEqual(['DNS', 'HTTP']);
    expect(rankedAt(SERIES, 0).map(({ key }) => key)).toEqual(['HTTP']);
  });
  it('is empty beyond the last point', () => expect(rankedAt(SERIES, 9)).toEqual([]));
});
