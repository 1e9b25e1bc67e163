// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import type { Polled } from '../api/use-polled';
import type { SeriesAnswer } from '../api/use-traffic';
import {
  formatRate,
  type RateSeries,
  rateUnit,
  sinceStart,
  summarise,
  toRates,
} from '../chart/rates';
import { withMissing } from '../format/missing';
import { formatSpan } from '../format/time';
import type { View } from '../view/view';
import { ApplicationName, useApplications } from './applications';
import { ErrorNotice, Panel, Skeleton } from './panel';

const StackedArea = lazy(() => import('../chart/stacked-area'));

export interface TrafficPanelProps {
  readonly series: Polled<SeriesAnswer>;
  readonly view: View;
  readonly theme: 'light' | 'dark';
  /** When the collector started, ms since the epoch; undefined while it has not told. */
  readonly startedMs: number | undefined;
  /** Shown instead of an empty chart. */
  readonly empty: ReactNode;
}

export function TrafficPanel({ series, view, theme, startedMs = 0, empty }: TrafficPanelProps) {
  const { data, error, fresh } = series;
  const rates = useMemo(
    () => (data ? sinceStart(toRates(data.response, data.window.to), startedMs) : []),
    [data, startedMs],
  );
  const isSilent = rates.every(({ points }) => points.every(([, rate]) => rate === 0));
  const metric = data?.response.metric ?? view.metric;
  const step = data?.response.stepSeconds ?? view.range.stepSeconds;
  return (
    <Panel
      title="Traffic by application"
      note={withMissing(
        `${rateUnit(metric)}, averaged over ${formatSpan(step)}`,
        data?.response.missing ?? [],
      )}
      testId="traffic-chart"
      outdated={data !== undefined && !fresh}
    >
      {!data && (error ? <ErrorNotice error={error} /> : <Skeleton rows={1} tall />)}
      {data && isSilent && empty}
      {data && !isSilent && <Chart data={data} rates={rates} metric={metric} theme={theme} />}
    </Panel>
  );
}

interface ChartProps {
  readonly data: SeriesAnswer;
  readonly rates: readonly RateSeries[];
  readonly metric: Metric;
  readonly theme: 'light' | 'dark';
}

function Chart({ data, rates, metric, theme }: ChartProps) {
  const { colourOf } = useApplications();
  return (
    <div className="traffic">
      <Suspense fallback={<Skeleton rows={1} tall />}>
        <StackedArea
          series={rates}
          metric={metric}
          window={data.window}
          colourOf={colourOf}
          theme={theme}
          label="Stacked areas of the traffic over time by application; the table beside it has the numbers"
        />
      </Suspense>
      <Legend rates={rates} metric={metric} />
    </div>
  );
}

interface LegendProps {
  readonly rates: readonly RateSeries[];
  readonly metric: Metric;
}

function Legend({ rates, metric }: LegendProps) {
  return (
    <table className="data-table legend" data-testid="traffic-legend">
      <caption className="visually-hidden">Traffic of each application in the window</caption>
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col" className="number">
            Latest
          </th>
          <th scope="col" className="number">
            Average
          </th>
          <th scope="col" className="number legend-maximum">
            Maximum
          </th>
        </tr>
      </thead>
      <tbody>
        {rates.map(summarise).map(({ key, latest, average, maximum }) => (
          <tr key={key}>
            <th scope="row">
              <ApplicationName name={key} />
            </th>
            <td className="number">{formatRate(latest, metric)}</td>
            <td className="number">{formatRate(average, metric)}</td>
            <td className="number legend-maximum">{formatRate(maximum, metric)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
