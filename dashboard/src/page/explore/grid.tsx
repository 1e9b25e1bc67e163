// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import type { RateSeries } from '../../chart/rates';
import { TimeChart, type TimeChartProps } from '../../chart/time-chart';
import { Swatch } from '../../control/value-menu';
import { rateText } from '../../view/shown';
import { seriesName } from './chart-area';
import type { Explored } from './use-explored';

const CHART_PX = 132;

export interface GridProps {
  readonly explored: Explored;
  readonly chart: Pick<TimeChartProps, 'label' | 'colourOf' | 'metric' | 'onWindow' | 'onMark'>;
}

/** A small chart for each series, each with its own scale; their cursors go together. */
export function Grid({ explored, chart }: GridProps) {
  return (
    <div class="explore-grid" data-testid="explore-grid">
      {explored.drawn.series.map((series, index) => (
        <GridChart
          key={series.key}
          series={series}
          index={index}
          explored={explored}
          chart={chart}
        />
      ))}
    </div>
  );
}

interface GridChartProps extends GridProps {
  readonly series: RateSeries;
  readonly index: number;
}

function GridChart({ series, index, explored, chart }: GridChartProps) {
  const { drawn, below, previous, asking, rates } = explored;
  const name = seriesName(explored, series.keys);
  const own = useMemo(() => ({ ...drawn, series: [series] }), [drawn, series]);
  const same = (list: readonly RateSeries[] | undefined) =>
    list?.filter(({ key }) => key === series.key);
  const most = Math.max(...(rates.series[index]?.rates ?? []), 0);
  return (
    <figure class="explore-cell">
      <figcaption>
        <Swatch colour={chart.colourOf(series.key)} />
        <span class="value-text">{name}</span>
        <span class="muted number">max {rateText(most, asking.metric)}</span>
      </figcaption>
      <TimeChart
        {...chart}
        label={`${name} over time`}
        kind="area"
        rates={own}
        below={same(below)}
        previous={same(previous)}
        heightPx={CHART_PX}
        sync="explore"
      />
    </figure>
  );
}
