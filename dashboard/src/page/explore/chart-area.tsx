// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import type { RateSeries } from '../../chart/rates';
import { TimeChart } from '../../chart/time-chart';
import { keyLabel } from '../../control/key-label';
import { lazy } from '../../control/lazy';
import type { MenuPlace } from '../../control/menu';
import { openValueMenu } from '../../control/value-menu';
import { REST } from '../../view/rest';
import type { Window } from '../../view/time-range';
import type { View } from '../../view/view';
import { Grid } from './grid';
import type { Explored } from './use-explored';

const HeatMap = lazy(async () => (await import('../../chart/heat-map')).HeatMap);
const WeekMap = lazy(async () => (await import('../../chart/week-map')).WeekMap);
const Sankey = lazy(async () => (await import('../../chart/sankey')).Sankey);

const CHART_PX = 340;

export interface ChartAreaProps {
  readonly explored: Explored;
  readonly colourOf: (key: string) => string;
  readonly view: View;
}

/** What a series is called: its keys as people read them. */
export function seriesName({ asking }: Explored, keys: readonly string[]): string {
  return keys
    .map((key, at) =>
      keyLabel({ dimension: asking.by[at] ?? asking.by[0] ?? 'applicationName', key }),
    )
    .join(', ');
}

export function ChartArea({ explored, colourOf, view }: ChartAreaProps) {
  const { asking, drawn, rates, below, previous, top, title } = explored;
  const { shape, metric, unit } = asking;
  const openMarkMenu = useMarkMenu(explored);
  const label = `${title} over time; the table below has the numbers`;
  const shared = {
    ...{ label, colourOf, metric: unit === 'share' ? ('share' as const) : metric },
    onWindow: (window: Window) => view.changeTime({ kind: 'fixed', ...window }),
    onMark: openMarkMenu,
  };
  if (shape === 'grid') return <Grid explored={explored} chart={shared} />;
  if (shape === 'heat') {
    const nameOf = ({ keys }: RateSeries) => seriesName(explored, keys);
    return (
      <HeatMap label={label} rates={rates} metric={metric} nameOf={nameOf} onMark={openMarkMenu} />
    );
  }
  if (shape === 'week') {
    return <WeekMap label={`${title} by hour and weekday`} rates={rates} metric={metric} />;
  }
  if (shape === 'sankey' && top !== undefined) {
    const onMark = (keys: readonly (string | undefined)[], place: MenuPlace) => {
      const named = asking.by.flatMap((dimension, at) => {
        const key = keys[at];
        return key === undefined ? [] : [{ dimension, key }];
      });
      openValueMenu({ keys: named }, place);
    };
    return (
      <Sankey
        label={`${title}: what goes together; the table below has the numbers`}
        rows={top.rows}
        other={top.other[metric]}
        metric={metric}
        nameOf={(key, column) => keyLabel({ dimension: asking.by[column] ?? 'host', key })}
        colourOf={(key) => colourOf(key)}
        onMark={onMark}
      />
    );
  }
  if (shape === 'table' || shape === 'sankey') return null;
  return (
    <TimeChart
      {...shared}
      kind={shape}
      rates={drawn}
      below={below}
      previous={previous}
      heightPx={CHART_PX}
      testId="explore-chart"
    />
  );
}

/** The menu about a mark: its keys, and when it was. */
function useMarkMenu({ asking }: Explored) {
  return useMemo(
    () => (series: RateSeries, window: Window, place: MenuPlace) => {
      const keys = asking.by.map((dimension, at) => ({
        dimension,
        key: series.key === REST ? REST : (series.keys[at] ?? ''),
      }));
      openValueMenu({ keys, window }, place);
    },
    [asking],
  );
}
