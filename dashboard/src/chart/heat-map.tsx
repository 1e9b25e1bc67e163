// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import type { MenuPlace } from '../control/menu';
import { resolveColour } from '../theme/resolve-colour';
import { preferences, shownTheme } from '../view/preferences';
import { momentText, rateText, tickText } from '../view/shown';
import type { Window } from '../view/time-range';
import { type Clicked, EChart, TOOLTIP, tooltipBox } from './echart';
import type { RateSeries, Rates } from './rates';

export interface HeatMapProps {
  readonly label: string;
  readonly rates: Rates;
  readonly metric: Metric;
  readonly nameOf: (series: RateSeries) => string;
  readonly onMark: (series: RateSeries, window: Window, place: MenuPlace) => void;
}

const ROW_PX = 26;
const AXIS_PX = 62;

/** When each key had how much: time from left to right, a line for each key. */
export function HeatMap(props: HeatMapProps) {
  const { label, rates, onMark } = props;
  const theme = shownTheme.value;
  const units = preferences.value;
  // Theme and units are read where it is drawn
  const option = useMemo(() => heatOption(props), [rates, props.metric, theme, units]);
  const onClick = ({ data, left, top }: Clicked) => {
    const [at = 0, row = 0] = data as number[];
    const series = rates.series[row];
    const from = rates.times[at];
    if (series === undefined || from === undefined) return;
    onMark(series, { from, to: from + rates.stepSeconds * 1000 }, { left, top });
  };
  const heightPx = rates.series.length * ROW_PX + AXIS_PX;
  return (
    <EChart label={label} option={option} heightPx={heightPx} onClick={onClick} testId="heat-map" />
  );
}

function heatOption({ rates, metric, nameOf }: HeatMapProps) {
  const { times, series, stepSeconds } = rates;
  const text = { color: resolveColour('--muted'), fontSize: 11 };
  const windowMs = times.length * stepSeconds * 1000;
  // Colours go by the square root: one busy hour would leave everything else pale.
  const cells = series.flatMap(({ rates: values }, row) =>
    values.map((rate, at) => [at, row, Math.sqrt(rate), rate] as const),
  );
  const most = Math.max(...cells.map(([, , , rate]) => rate), 1);
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 150, right: 14, top: 8, bottom: AXIS_PX - 12 },
    xAxis: {
      type: 'category',
      data: times.map((time) => tickText(time, windowMs)),
      axisLabel: { ...text, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: series.map(nameOf),
      axisLabel: { ...text, width: 136, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    visualMap: {
      min: 0,
      max: Math.sqrt(most),
      dimension: 2,
      calculable: false,
      orient: 'horizontal',
      left: 150,
      bottom: 0,
      itemWidth: 10,
      itemHeight: 120,
      textStyle: text,
      text: [rateText(most, metric), '0'],
      inRange: { color: [resolveColour('--surface-sunk'), resolveColour('--bar')] },
    },
    tooltip: {
      ...TOOLTIP,
      formatter: ({ data }: { data: readonly [number, number, number, number] }) => {
        const [at, row, , rate] = data;
        const name = series[row];
        return tooltipBox([
          name === undefined ? '' : nameOf(name),
          momentText(times[at] ?? 0),
          rateText(rate, metric),
        ]);
      },
    },
    series: [
      {
        type: 'heatmap',
        encode: { x: 0, y: 1, value: 2 },
        data: cells,
        progressive: 0,
        emphasis: { disabled: true },
      },
    ],
  };
}
