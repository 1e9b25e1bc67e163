// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import type { MenuPlace } from '../control/menu';
import { momentText, tickText } from '../view/shown';
import type { Window } from '../view/time-range';
import { HeatGrid } from './heat-grid';
import type { RateSeries, Rates } from './rates';

export interface HeatMapProps {
  readonly label: string;
  readonly rates: Rates;
  readonly metric: Metric;
  readonly nameOf: (series: RateSeries) => string;
  readonly onMark: (series: RateSeries, window: Window, place: MenuPlace) => void;
}

/** When each key had how much: time from left to right, a line for each key. */
export function HeatMap({ label, rates, metric, nameOf, onMark }: HeatMapProps) {
  const { times, series, stepSeconds } = rates;
  const cells = useMemo(() => {
    const windowMs = times.length * stepSeconds * 1000;
    return {
      lines: series.map(nameOf),
      columns: times.map((time) => tickText(time, windowMs)),
      rates: series.map((one) => one.rates),
    };
  }, [rates]);
  const onCell = (line: number, column: number, place: MenuPlace) => {
    const [one, from] = [series[line], times[column]];
    if (one === undefined || from === undefined) return;
    onMark(one, { from, to: from + stepSeconds * 1000 }, place);
  };
  return (
    <HeatGrid
      label={label}
      cells={cells}
      metric={metric}
      about={(line, column) => [cells.lines[line] ?? '', momentText(times[column] ?? 0)]}
      onCell={onCell}
      testId="heat-map"
    />
  );
}
