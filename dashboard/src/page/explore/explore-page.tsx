// SPDX-License-Identifier: Apache-2.0
// Any question about flows: by what, how much, and in which shape.
import { useMemo, useRef } from 'preact/hooks';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { useColours } from '../../theme/colours';
import { useView } from '../../view/view';
import { readAsking } from './asking';
import { ChartArea } from './chart-area';
import { Controls } from './controls';
import './explore.css';
import { ExportButtons } from './export-buttons';
import { RankingTable } from './ranking-table';
import { TableBadge } from './table-badge';
import { type Explored, useExplored } from './use-explored';

export default function ExplorePage() {
  const view = useView();
  const asking = useMemo(() => readAsking(view.parameters), [view.parameters]);
  const { data, error, fresh } = useExplored(view, asking);
  const colourOf = useColours(data === undefined ? [] : shownKeys(data));
  const chart = useRef<HTMLDivElement>(null);
  const isEmpty = data !== undefined && data.rates.series.length === 0;
  return (
    <div class="explore">
      <Controls view={view} asking={asking} />
      <Panel
        title={data?.title ?? 'Explore'}
        note={data && <TableBadge explored={data} />}
        testId="explore"
        outdated={data && !fresh}
        actions={data && <ExportButtons explored={data} chart={chart} colourOf={colourOf} />}
      >
        {error && <ErrorNotice error={error} />}
        {data === undefined && !error && <Skeleton rows={1} tall />}
        {data?.hint !== undefined && <p class="explore-hint">{data.hint}</p>}
        {isEmpty && !error && (
          <Notice title="Nothing that fits">
            <p>No flow of this time fits the filter. Take a longer time, or a wider filter.</p>
          </Notice>
        )}
        {data !== undefined && !isEmpty && (
          <>
            <div ref={chart} class="explore-chart">
              <ChartArea explored={data} colourOf={colourOf} view={view} />
            </div>
            <Legend explored={data} />
            <RankingTable explored={data} colourOf={colourOf} />
          </>
        )}
      </Panel>
    </div>
  );
}

const BEFORE = {
  window: 'the time just before',
  day: 'a day before',
  week: 'a week before',
} as const;

/** What the signs in the chart mean that are no series. */
function Legend({ explored: { asking, previous, below } }: { readonly explored: Explored }) {
  const isOverTime = ['area', 'lines', 'grid'].includes(asking.shape);
  const before = asking.previous === 'none' || previous === undefined ? undefined : asking.previous;
  if (!isOverTime || (before === undefined && below === undefined)) return null;
  return (
    <p class="explore-legend">
      {before !== undefined && (
        <span>
          <span class="dashes" aria-hidden="true" /> {BEFORE[before]}
        </span>
      )}
      {below !== undefined && <span>below the axis: source and destination exchanged</span>}
    </p>
  );
}

/** Keys that need a colour, the largest first. */
function shownKeys({ rates, below = [], top, asking }: Explored): string[] {
  if (asking.shape === 'sankey' && top !== undefined) {
    return [...new Set(top.rows.flatMap(({ keys }) => keys))];
  }
  return [...new Set([...rates.series, ...below].map(({ key }) => key))];
}
