// SPDX-License-Identifier: Apache-2.0
// What ECharts shall draw, as a value: no canvas, no DOM but the tooltip's element.
import type { Metric } from '@weir/wire';
import type { LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { formatTick } from '../format/time';
import type { Window } from '../view/view';
import { formatRateTick, type RateSeries } from './rates';
import { tooltipElement } from './tooltip';

export type StackedOption = ComposeOption<
  LineSeriesOption | GridComponentOption | TooltipComponentOption
>;

export interface ChartInk {
  readonly text: string;
  readonly line: string;
  readonly pointer: string;
  readonly fontFamily: string;
}

export interface StackedInput {
  readonly series: readonly RateSeries[];
  readonly metric: Metric;
  readonly window: Window;
  readonly ink: ChartInk;
  readonly colourOf: (key: string) => string;
  readonly narrow: boolean;
}

// Wide enough for "99.5 Mbit/s": an axis as wide as its labels would jump with each refresh.
const AXIS_WIDTH_PX = 76;

export function stackedOption(input: StackedInput): StackedOption {
  const first = input.series[0]?.points;
  return {
    animation: false,
    textStyle: { fontFamily: input.ink.fontFamily },
    grid: { left: AXIS_WIDTH_PX, right: 30, top: 12, bottom: 26, outerBoundsMode: 'none' },
    xAxis: timeAxis(input, first?.[0]?.[0], first?.at(-1)?.[0]),
    yAxis: rateAxis(input),
    tooltip: tooltip(input),
    series: input.series.map((one, index) => areaOf(one, input, index)),
  };
}

function timeAxis(
  { window, ink, narrow }: StackedInput,
  firstTime: number | undefined,
  lastTime: number | undefined,
): StackedOption['xAxis'] {
  const windowMs = window.to - window.from;
  return {
    type: 'time',
    min: firstTime ?? window.from,
    max: lastTime ?? window.to,
    splitNumber: narrow ? 3 : 8,
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: {
      color: ink.text,
      fontSize: 11,
      hideOverlap: true,
      formatter: (time: number) => formatTick(time, windowMs),
    },
    splitLine: { show: false },
  };
}

function rateAxis({ ink, metric }: StackedInput): StackedOption['yAxis'] {
  return {
    type: 'value',
    min: 0,
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: ink.text,
      fontSize: 11,
      formatter: (rate: number) => formatRateTick(rate, metric),
    },
    splitLine: { lineStyle: { color: ink.line, width: 1 } },
  };
}

function areaOf(one: RateSeries, input: StackedInput, index: number): LineSeriesOption {
  const colour = input.colourOf(one.key);
  return {
    id: one.key,
    name: one.key,
    type: 'line',
    stack: 'traffic',
    // One point is no line: without its symbol the first minute of a new store would look empty.
    showSymbol: one.points.length === 1,
    symbol: 'circle',
    symbolSize: 6,
    lineStyle: { width: 1, color: colour },
    itemStyle: { color: colour },
    areaStyle: { color: colour, opacity: 0.72 },
    emphasis: { disabled: true },
    z: 20 - index,
    data: one.points.map(([time, rate]) => [time, rate]),
  };
}

function tooltip({ series, metric, ink, colourOf, window }: StackedInput): TooltipComponentOption {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    className: 'chart-tooltip',
    // The element brings its own look; ECharts' inline style would win over the style sheet.
    padding: 0,
    borderWidth: 0,
    backgroundColor: 'transparent',
    extraCssText: 'box-shadow: none',
    axisPointer: { type: 'line', lineStyle: { color: ink.pointer, width: 1, type: 'solid' } },
    formatter: (params) => {
      const [first] = Array.isArray(params) ? params : [params];
      const index = first?.dataIndex ?? 0;
      return tooltipElement(rankedAt(series, index), {
        time: series[0]?.points[index]?.[0] ?? window.to,
        metric,
        colourOf,
      });
    },
  };
}

export interface RankedRate {
  readonly key: string;
  readonly rate: number;
}

/** The series that have something at a point, largest first. */
export function rankedAt(series: readonly RateSeries[], index: number): RankedRate[] {
  return series
    .map(({ key, points }) => ({ key, rate: points[index]?.[1] ?? 0 }))
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate);
}
