// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { barOption, lineOption, svgOf } from './plot.js';

const lines = lineOption({
  title: 'Speed',
  x: { name: 'octets a job', scale: 'category' },
  y: { name: 'throughput, Gbit/s', scale: 'log' },
  series: [
    {
      name: 'card',
      points: [
        ['64', 1],
        ['2000', 4],
      ],
    },
    { name: 'card, 99 %', points: [['64', 2]], like: 'card' },
    {
      name: 'software',
      points: [
        ['64', 2],
        ['2000', 3],
      ],
    },
  ],
});

describe('plots', () => {
  it('name their axes and series', () => {
    const svg = svgOf(lines, 400);
    for (const text of ['Speed', 'octets a job', 'throughput, Gbit/s', 'card', 'software']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).not.toContain('99 %');
  });

  it('draw a series like another in its colour, dashed', () => {
    const series = lines.series as { lineStyle: { color: string; type: string } }[];
    expect(series[1]?.lineStyle).toEqual({ ...series[0]?.lineStyle, type: 'dashed' });
    expect(series[2]?.lineStyle.color).not.toBe(series[0]?.lineStyle.color);
  });

  it('write the values of bars', () => {
    const option = barOption({
      title: 'Bars',
      value: { name: 'Gbit/s', scale: 'linear' },
      categories: ['one', 'two'],
      series: [{ name: '10 patterns', values: [1.234, 2] }],
    });
    expect(svgOf(option, 400)).toContain('>1.23</text>');
  });
});
