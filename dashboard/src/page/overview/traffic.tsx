// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { askSeries } from '../../api/ask-series';
import { collectorHealth } from '../../api/health';
import { useAnswer } from '../../api/use-answer';
import { sinceStart, summarise, toRates } from '../../chart/rates';
import { TimeChart } from '../../chart/time-chart';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { openValueMenu, ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatSpan } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { useColours } from '../../theme/colours';
import { rateText } from '../../view/shown';
import { freshnessOf, stepSecondsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { EmptyTraffic } from './empty-traffic';

const LIMIT = 8;
const CHART_PX = 292;

/** Applications over time, stacked. */
export function Traffic({ view }: { readonly view: View }) {
  const { time, filter, changeTime } = view;
  const answer = useAnswer({
    key: `traffic ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const window = windowOf(time, Date.now());
      const stepSeconds = stepSecondsOf(window);
      const query = {
        by: ['applicationName' as const],
        limit: LIMIT,
        stepSeconds,
        filter,
        ...window,
      };
      return { response: await askSeries(query, signal), window };
    },
  });
  const { data, error, fresh } = answer;
  const startedMs = useStartMs();
  const rates = useMemo(
    () => data && sinceStart(toRates(data.response, data.window.to), startedMs),
    [data, startedMs],
  );
  const colourOf = useColours(rates?.series.map(({ key }) => key) ?? []);
  const note =
    data && withMissing(`steps of ${formatSpan(data.response.stepSeconds)}`, data.response.missing);
  return (
    <Panel title="Traffic by application" note={note} testId="traffic" outdated={data && !fresh}>
      {rates === undefined && (error ? <ErrorNotice error={error} /> : <Skeleton rows={1} tall />)}
      {rates !== undefined && error && <ErrorNotice error={error} />}
      {rates?.series.length === 0 && !error && <EmptyTraffic view={view} />}
      {rates !== undefined && rates.series.length > 0 && (
        <div class="traffic">
          <TimeChart
            label="Traffic by application over time, stacked; the table beside it has the numbers"
            kind="area"
            rates={rates}
            metric="octets"
            colourOf={colourOf}
            heightPx={CHART_PX}
            onWindow={(window) => changeTime({ kind: 'fixed', ...window })}
            onMark={(series, window, place) =>
              openValueMenu(
                { keys: [{ dimension: 'applicationName', key: series.key }], window },
                place,
              )
            }
            testId="traffic-chart"
          />
          <DataTable
            caption="Traffic by application"
            columns={columnsWith(colourOf)}
            rows={rates.series.map(({ key, rates: values }) => ({ key, ...summarise(values) }))}
            keyOf={({ key }) => key}
            testId="traffic-legend"
          />
        </div>
      )}
    </Panel>
  );
}

const MINUTE_MS = 60_000;

/** When the collector started, to the minute: each answer would else move it and draw the chart again. */
function useStartMs(): number {
  const uptimeSeconds = collectorHealth.value?.uptimeSeconds;
  if (uptimeSeconds === undefined) return 0;
  return Math.floor((Date.now() - uptimeSeconds * 1000) / MINUTE_MS) * MINUTE_MS;
}

type LegendRow = { readonly key: string } & ReturnType<typeof summarise>;

function columnsWith(colourOf: (key: string) => string): Column<LegendRow>[] {
  const rate = (id: 'latest' | 'average' | 'maximum', title: string): Column<LegendRow> => ({
    id,
    title,
    kind: 'number',
    width: '98px',
    value: (row) => row[id],
    show: (row) => rateText(row[id], 'octets'),
  });
  return [
    {
      id: 'key',
      title: 'Application',
      value: ({ key }) => key,
      show: ({ key }) => (
        <ValueButton dimension="applicationName" value={key} colour={colourOf(key)} />
      ),
    },
    rate('latest', 'Latest'),
    rate('average', 'Average'),
    { ...rate('maximum', 'Maximum'), room: 'wide' },
  ];
}
