// SPDX-License-Identifier: Apache-2.0
// What uPlot shall draw: options and columns of numbers for a chart's properties.
import type { Metric } from '@weir/wire';
import UPlot from 'uplot';
import { formatShare } from '../format/quantity';
import { resolveColour, withOpacity } from '../theme/resolve-colour';
import { preferences } from '../view/preferences';
import { rateTick, shownZone, tickText } from '../view/shown';
import type { Pointed } from './chart-tooltip';
import type { RateSeries } from './rates';
import { areaAt, lineAt, stackTops } from './stack';
import type { TimeChartProps } from './time-chart';

export type ChartKind = 'area' | 'lines';
type Direction = 'above' | 'below';
type Shown = Metric | 'share';

/** Wide enough for "99.5 Mbit/s": an axis as wide as its labels would jump with each refresh. */
const AXIS_PX = 78;
const FILL = 0.72;
const BITS = 8;

/** Round numbers of what is shown give round labels: bits, not octets. */
function shownFactor(metric: Shown): number {
  return metric === 'octets' && preferences.value.rate === 'bits' ? BITS : 1;
}

interface Drawn {
  readonly key: string;
  readonly values: readonly number[];
  readonly style: 'area' | 'line' | 'dashes';
  readonly direction: Direction;
}

/** Everything that is drawn, in the order of uPlot's series. */
function drawnOf(props: TimeChartProps): Drawn[] {
  const { rates, below = [], previous = [], metric } = props;
  const factor = shownFactor(metric);
  const before = previousOf(props.kind, previous).map(
    ({ key, rates: values }): Drawn => ({
      ...{ key, style: 'dashes', direction: 'above' },
      values: values.map((rate) => rate * factor),
    }),
  );
  return [
    ...directionOf(props, rates.series, 'above'),
    ...directionOf(props, below, 'below'),
    ...before,
  ];
}

function directionOf(
  { kind, metric }: TimeChartProps,
  series: readonly RateSeries[],
  direction: Direction,
): Drawn[] {
  const factor = shownFactor(metric) * (direction === 'above' ? 1 : -1);
  const values = series.map(({ rates }) => rates.map((rate) => rate * factor));
  const columns = kind === 'area' ? stackTops(values) : values;
  const style = kind === 'area' ? 'area' : 'line';
  return series.map(({ key }, index) => ({ key, values: columns[index] ?? [], style, direction }));
}

/** Key of the sum of all series. */
const TOTAL = '\u0000total';

/** Beside stacked areas one line of what the whole was before says more than many. */
function previousOf(
  kind: ChartKind,
  previous: readonly RateSeries[],
): Pick<RateSeries, 'key' | 'rates'>[] {
  if (kind === 'lines' || previous.length === 0) return [...previous];
  const tops = stackTops(previous.map(({ rates }) => rates));
  return [{ key: TOTAL, rates: tops.at(-1) ?? [] }];
}

export function chartData(props: TimeChartProps): UPlot.AlignedData {
  return [[...props.rates.times], ...drawnOf(props).map(({ values }) => [...values])];
}

/** The series at a height of the y axis, at a point. */
export function seriesAt(
  props: TimeChartProps,
  index: number,
  height: number,
): RateSeries | undefined {
  const { kind, rates, below = [], metric } = props;
  const series = height < 0 ? below : rates.series;
  const values = series.map((one) => one.rates.map((rate) => rate * shownFactor(metric)));
  const find = kind === 'area' ? areaAt : lineAt;
  const at = find(kind === 'area' ? stackTops(values) : values, index, Math.abs(height));
  return at === undefined ? undefined : series[at];
}

type Latest = { readonly current: TimeChartProps };

/** Options but the size. `point` is told where the pointer is. */
export function chartOptions(
  latest: Latest,
  point: (pointed: Pointed | undefined) => void,
): Omit<UPlot.Options, 'width' | 'height'> {
  const props = latest.current;
  const drawn = drawnOf(props);
  const zone = shownZone();
  return {
    ms: 1,
    ...(zone !== undefined && { tzDate: (time: number) => UPlot.tzDate(new Date(time), zone) }),
    padding: [10, 14, 0, 0],
    legend: { show: false },
    series: [{}, ...drawn.map((one) => seriesOptions(one, props))],
    bands: bandsOf(drawn),
    axes: [timeAxis(latest), rateAxis(props.metric)],
    scales: { x: { time: true }, y: { range: (_plot, low, high) => rateRange(low, high) } },
    cursor: {
      drag: { x: props.onWindow !== undefined, y: false, setScale: false },
      points: { show: props.kind === 'lines' },
      ...(props.sync !== undefined && { sync: { key: props.sync } }),
    },
    hooks: {
      setCursor: [(plot) => point(pointedAt(plot))],
      setSelect: [(plot) => takeSelection(plot, latest)],
    },
  };
}

function pointedAt({ cursor, over, root }: UPlot): Pointed | undefined {
  const { idx, left = -1, top = -1 } = cursor;
  // Charts that follow another one's cursor have a line, and no box. A chart that was made anew under the pointer is
  // not told of it yet, what it stands in is.
  const isPointed = root.parentElement?.matches(':hover') ?? false;
  if (idx == null || left < 0 || !isPointed) return undefined;
  const { offsetLeft, offsetTop, clientWidth: width } = over;
  return { index: idx, left: left + offsetLeft, top: top + offsetTop, width };
}

/** Shorter selections are clicks. */
const LEAST_SELECTION_PX = 6;

function takeSelection(plot: UPlot, { current: { onWindow } }: Latest): void {
  const { left, width } = plot.select;
  if (width < LEAST_SELECTION_PX) return;
  const [from, to] = [left, left + width].map((at) => Math.round(plot.posToVal(at, 'x')));
  // The click that ends a drag must still see that it was one.
  setTimeout(() => plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false), 0);
  if (from !== undefined && to !== undefined && from < to) onWindow?.({ from, to });
}

function seriesOptions({ key, style }: Drawn, { colourOf }: TimeChartProps): UPlot.Series {
  const colour = resolveColour(key === TOTAL ? '--text' : colourOf(key));
  return {
    label: key,
    stroke: colour,
    width: style === 'line' ? 1.75 : 1,
    points: { show: false },
    ...(style === 'area' && { fill: withOpacity(colour, FILL) }),
    ...(style === 'dashes' && { dash: [5, 4], alpha: 0.75 }),
  };
}

/** An area's fill ends where the one below it begins. */
function bandsOf(drawn: readonly Drawn[]): UPlot.Band[] {
  return drawn.flatMap(({ style, direction }, index): UPlot.Band[] => {
    const before = drawn[index - 1];
    if (style !== 'area' || before?.style !== 'area' || before.direction !== direction) return [];
    return [{ series: [index + 1, index], dir: direction === 'above' ? -1 : 1 }];
  });
}

function axisColours(): { readonly text: string; readonly line: string } {
  return { text: resolveColour('--muted'), line: resolveColour('--line-soft') };
}

function axisFont(): string {
  return `11px ${getComputedStyle(document.documentElement).getPropertyValue('--font')}`;
}

function timeAxis(latest: Latest): UPlot.Axis {
  const { text, line } = axisColours();
  return {
    stroke: text,
    font: axisFont(),
    size: 26,
    gap: 4,
    space: 84,
    grid: { show: false },
    ticks: { show: true, stroke: line, size: 4, width: 1 },
    values: (plot, splits) => {
      const { min, max } = plot.scales.x ?? {};
      const windowMs = Math.max((max ?? 0) - (min ?? 0), latest.current.rates.stepSeconds * 1000);
      return splits.map((time) => tickText(time, windowMs));
    },
  };
}

/** Steps between labels: powers of two where prefixes are. */
const BINARY_STEPS = Array.from({ length: 70 }, (_, power) => 2 ** (power - 10));

function rateAxis(metric: Shown): UPlot.Axis {
  const { text, line } = axisColours();
  const isBinary = preferences.value.prefix === 'binary' && metric === 'octets';
  return {
    stroke: text,
    font: axisFont(),
    size: AXIS_PX,
    gap: 6,
    space: 44,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    ...(isBinary && { incrs: BINARY_STEPS }),
    values: (_plot, splits) => splits.map((value) => tickOf(Math.abs(value), metric)),
  };
}

function tickOf(value: number, metric: Shown): string {
  if (metric === 'share') return formatShare(value, 1).replace('.0 ', ' ');
  return rateTick(value / shownFactor(metric), metric);
}

/** From zero, to both sides where there are two directions; a chart of nothing has an axis, too. */
function rateRange(low: number | null, high: number | null): [number, number] {
  const above = Math.max(high ?? 0, 0);
  const below = Math.min(low ?? 0, 0);
  return above === 0 && below === 0 ? [0, 1] : [below * 1.06, above * 1.06];
}
