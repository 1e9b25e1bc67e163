// SPDX-License-Identifier: Apache-2.0
// Results as SVG. The background is left to the page; lines and text are of a lightness that can be
// read on white and on black.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { ROOT } from '../paths.js';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export const RESULTS_FOLDER: string = path.join(ROOT, 'bench', 'results');

export interface Axis {
  /** with the unit */
  readonly name: string;
  readonly scale: 'linear' | 'log' | 'category';
  readonly maximum?: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number | string, y: number])[];
  /** drawn as the series of that name, but dashed and without a line in the legend */
  readonly like?: string;
}

export interface LinePlot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface BarPlot {
  readonly title: string;
  readonly value: Axis;
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const INK = '#777d86';
const GRID = '#777d8640';
const COLOURS = [
  '#2f81f7',
  '#d9730d',
  '#2da44e',
  '#a371f7',
  '#d1242f',
  '#0c8f8f',
  '#bf8700',
  '#c2579a',
];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'];
const FONT = { color: INK, fontSize: 13, fontFamily: 'system-ui, sans-serif' };
const WIDTH = 840;
const LEGEND_ROW = 24;
const LEGEND_COLUMNS = 3;
const NAME_GAP = 32;

const AXIS_TYPES = { linear: 'value', log: 'log', category: 'category' } as const;

function axis({ name, scale, maximum }: Axis, nameGap: number) {
  return {
    type: AXIS_TYPES[scale],
    name,
    nameLocation: 'middle' as const,
    nameGap,
    nameTextStyle: FONT,
    axisLabel: { ...FONT, formatter: label },
    axisLine: { show: true, lineStyle: { color: INK } },
    axisTick: { show: true, lineStyle: { color: INK } },
    splitLine: { show: scale !== 'category', lineStyle: { color: GRID } },
    ...(maximum === undefined ? {} : { max: maximum }),
  };
}

/** 0.001 and 1,000 rather than powers or prefixes. */
function label(value: number | string): string {
  return typeof value === 'number'
    ? value.toLocaleString('en', { maximumSignificantDigits: 6 })
    : value;
}

const legendRows = (series: number) => Math.ceil(series / LEGEND_COLUMNS);

function frame(title: string, names: readonly string[]) {
  const bottom = NAME_GAP + 34 + legendRows(names.length) * LEGEND_ROW;
  return {
    animation: false,
    backgroundColor: 'transparent',
    title: { text: title, left: 'center', textStyle: { ...FONT, fontSize: 15 } },
    legend: {
      bottom: 0,
      data: names,
      width: WIDTH - 60,
      itemGap: 26,
      // Without a browser the width of text is a guess.
      textStyle: { ...FONT, padding: [0, 16, 0, 0] },
    },
    grid: { left: 80, right: 30, top: 46, bottom },
  };
}

export function lineOption({ title, x, y, series }: LinePlot): EChartsCoreOption {
  const leaders = series.filter(({ like }) => like === undefined).map(({ name }) => name);
  return {
    ...frame(title, leaders),
    xAxis: axis(x, NAME_GAP),
    yAxis: axis(y, 56),
    series: series.map(({ name, points, like }) => {
      const index = leaders.indexOf(like ?? name);
      const color = COLOURS[index % COLOURS.length];
      return {
        type: 'line',
        name,
        data: points,
        symbol: SYMBOLS[index % SYMBOLS.length],
        symbolSize: 7,
        lineStyle: { color, width: 2, type: like === undefined ? 'solid' : 'dashed' },
        itemStyle: { color },
      };
    }),
  };
}

/** Lying bars, the first category on top. */
export function barOption({ title, value, categories, series }: BarPlot): EChartsCoreOption {
  const names = series.map(({ name }) => name);
  const shared = frame(title, names);
  return {
    ...shared,
    grid: { ...shared.grid, left: 230, right: 70 },
    xAxis: axis(value, NAME_GAP),
    yAxis: {
      ...axis({ name: '', scale: 'category' }, 0),
      data: categories,
      inverse: true,
      axisTick: { show: false },
    },
    series: series.map(({ name, values }, index) => ({
      type: 'bar',
      name,
      data: values,
      itemStyle: { color: COLOURS[index % COLOURS.length] },
      label: {
        show: true,
        position: 'right',
        ...FONT,
        formatter: ({ value: shown }: { value: number }) => shown.toPrecision(3),
      },
    })),
  };
}

export function svgOf(option: EChartsCoreOption, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

export interface NamedPlot {
  /** of the file, without ending */
  readonly name: string;
  readonly option: EChartsCoreOption;
  readonly height?: number;
}

/** @returns the files written */
export function writePlots(plots: readonly NamedPlot[], folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return plots.map(({ name, option, height = 460 }) => {
    const file = path.join(folder, `${name}.svg`);
    writeFileSync(file, svgOf(option, height));
    return file;
  });
}
