// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { useAnswer } from '../../api/use-answer';
import { type RateSummary, summarise } from '../../chart/rates';
import { TimeChart } from '../../chart/time-chart';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { openValueMenu, ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatSpan } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { useColours } from '../../theme/colours';
import { REST } from '../../view/rest';
import { rateText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import { askTraffic, type HostTraffic } from './ask-hosts';
import type { HostProps } from './host-story';

const CHART_PX = 332;

/** What came in above the axis, what went out below it, by application. */
export function HostTrafficPanel({ view, host }: HostProps) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `host traffic ${host} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => askTraffic({ filter, window: windowOf(time, Date.now()), signal }, host),
  });
  const rows = useMemo(() => data && rowsOf(data), [data]);
  const note = data && `in above, out below, steps of ${formatSpan(data.rates.stepSeconds)}`;
  return (
    <Panel
      title="In and out"
      note={note && withMissing(note, data.missing)}
      testId="host-traffic"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={1} tall />}
      {data && rows?.length === 0 && (
        <Notice title="No traffic of this host in this time range">
          <p>Choose a longer time, or take the filter out.</p>
        </Notice>
      )}
      {data && rows && rows.length > 0 && <Traffic data={data} rows={rows} {...{ view, host }} />}
    </Panel>
  );
}

interface TrafficProps extends HostProps {
  readonly data: HostTraffic;
  readonly rows: readonly TrafficRow[];
}

function Traffic({ data, rows, view }: TrafficProps) {
  const colourOf = useColours(rows.map(({ key }) => key));
  return (
    <div class="host-traffic">
      <TimeChart
        label="What the host received (above) and sent (below) over time, by application; the table beside it has the numbers"
        kind="area"
        rates={data.rates}
        below={data.out}
        metric="octets"
        colourOf={colourOf}
        heightPx={CHART_PX}
        onWindow={(window) => view.changeTime({ kind: 'fixed', ...window })}
        onMark={({ key }, window, place) =>
          openValueMenu({ keys: [{ dimension: 'applicationName', key }], window }, place)
        }
        testId="host-chart"
      />
      <DataTable
        caption="Applications of the host, with what came in and went out"
        columns={columnsWith(colourOf)}
        rows={rows.slice(0, -1)}
        footer={rows.slice(-1)}
        keyOf={({ key }) => key}
        testId="host-applications"
      />
    </div>
  );
}

interface TrafficRow {
  readonly key: string;
  readonly in: RateSummary;
  readonly out: RateSummary;
  readonly total: number;
}

/** No application is called so. */
const ALL = '\u0000all';

/** Applications of both directions, the busiest first, and all of them together. */
function rowsOf({ rates, out }: HostTraffic): TrafficRow[] {
  const keys = [...new Set([...rates.series, ...out].map(({ key }) => key))];
  const rows = keys.map((key) => {
    const [inwards, outwards] = [rates.series, out].map((list) =>
      list.find((series) => series.key === key),
    );
    return {
      key,
      in: summarise(inwards?.rates ?? []),
      out: summarise(outwards?.rates ?? []),
      total: (inwards?.total ?? 0) + (outwards?.total ?? 0),
    };
  });
  if (rows.length === 0) return [];
  const order = (row: TrafficRow) => (row.key === REST ? -1 : row.total);
  const together = (lists: HostTraffic['out']) =>
    summarise(
      rates.times.map((_, at) => lists.reduce((sum, one) => sum + (one.rates[at] ?? 0), 0)),
    );
  const all = { key: ALL, in: together(rates.series), out: together(out), total: 0 };
  return [...rows.sort((a, b) => order(b) - order(a)), all];
}

function columnsWith(colourOf: (key: string) => string): Column<TrafficRow>[] {
  const rate = (side: 'in' | 'out', what: 'average' | 'maximum', title: string) => ({
    id: `${side} ${what}`,
    title,
    kind: 'number' as const,
    width: '100px',
    value: (row: TrafficRow) => row[side][what],
    show: (row: TrafficRow) => rateText(row[side][what], 'octets'),
  });
  return [
    {
      id: 'key',
      title: 'Application',
      value: ({ key }) => key,
      show: ({ key }) =>
        key === ALL ? (
          'All together'
        ) : (
          <ValueButton dimension="applicationName" value={key} colour={colourOf(key)} />
        ),
    },
    rate('in', 'average', 'In, average'),
    { ...rate('in', 'maximum', 'In, most'), room: 'wide' },
    rate('out', 'average', 'Out, average'),
    { ...rate('out', 'maximum', 'Out, most'), room: 'wide' },
  ];
}
