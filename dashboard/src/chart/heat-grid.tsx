// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import type { MenuPlace } from '../control/menu';
import { resolveColour } from '../theme/resolve-colour';
import { preferences, shownTheme } from '../view/preferences';
import { rateText } from '../view/shown';
import { type Clicked, EChart, TOOLTIP, tooltipBox } from './echart';

/** Rates in lines and columns; undefined where there is nothing to tell. */
export interface HeatCells {
  readonly lines: readonly string[];
  readonly columns: readonly string[];
  /** A list for each line. */
  readonly rates: readonly (readonly (number | undefined)[])[];
}

export interface HeatGridProps {
  readonly label: string;
  readonly cells: HeatCells;
  readonly metric: Metric;
  /** What a cell is about, beside its rate. */
  readonly about: (line: number, column: number) => readonly string[];
  readonly onCell?: (line: number, column: number, place: MenuPlace) => void;
  readonly testId: string;
}

const LINE_PX = 26;
const AXIS_PX = 62;

/** Where there is how much, by colour; a table beside it has the numbers. */
export function HeatGrid(props: HeatGridProps) {
  const { label, cells, metric, onCell, testId } = props;
  const theme = shownTheme.value;
  const units = preferences.value;
  // Theme and units are read where it is drawn
  const option = useMemo(() => heatOption(props), [cells, metric, theme, units]);
  const onClick = ({ data, left, top }: Clicked) => {
    const [column = 0, line = 0] = data as number[];
    onCell?.(line, column, { left, top });
  };
  const heightPx = cells.lines.length * LINE_PX + AXIS_PX;
  return (
    <EChart label={label} option={option} heightPx={heightPx} onClick={onClick} testId={testId} />
  );
}

type Drawn = readonly [column: number, line: number, shown: number, rate: number];

/** Colours go by the square root: one busy hour would leave everything else pale. */
function drawnCells({ rates }: HeatCells): Drawn[] {
  return rates.flatMap((values, line) =>
    values.flatMap((rate, column): Drawn[] =>
      rate === undefined ? [] : [[column, line, Math.sqrt(rate), rate]],
    ),
  );
}

function axis(names: readonly string[], label: object) {
  return {
    type: 'category',
    data: names,
    axisLabel: { color: resolveColour('--muted'), fontSize: 11, ...label },
    axisTick: { show: false },
    axisLine: { show: false },
  };
}

function heatOption({ cells, metric, about }: HeatGridProps) {
  const drawn = drawnCells(cells);
  const most = Math.max(...drawn.map(([, , , rate]) => rate), 1);
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 150, right: 14, top: 8, bottom: AXIS_PX - 12 },
    xAxis: axis(cells.columns, { hideOverlap: true }),
    yAxis: { ...axis(cells.lines, { width: 136, overflow: 'truncate' }), inverse: true },
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
      textStyle: { color: resolveColour('--muted'), fontSize: 11 },
      text: [rateText(most, metric), '0'],
      inRange: { color: [resolveColour('--surface-sunk'), resolveColour('--bar')] },
    },
    tooltip: {
      ...TOOLTIP,
      formatter: ({ data: [column, line, , rate] }: { data: Drawn }) =>
        tooltipBox([...about(line, column), rateText(rate, metric)]),
    },
    series: [
      {
        type: 'heatmap',
        encode: { x: 0, y: 1, value: 2 },
        data: drawn,
        progressive: 0,
        emphasis: { disabled: true },
      },
    ],
  };
}
