// SPDX-License-Identifier: Apache-2.0
import type { Dimension, TopResponse, TopRow } from '@weir/wire';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Segmented } from '../../control/segmented';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { shareColumn, sumColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import { dimensionTitle } from '../../view/dimensions';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import { type ApplicationProps, filterOf } from './application-story';

const LIMIT = 50;
const HEIGHT = '396px';

/** What can be asked about those who use it, with the parameter that the link has for it. */
const KINDS = {
  who: {
    title: 'Used by',
    choices: { host: 'Hosts', network: 'Networks', role: 'Roles', site: 'Sites' },
  },
  where: {
    title: 'Where it goes',
    choices: {
      serverName: 'Servers',
      port: 'Ports',
      asNumber: 'AS',
      country: 'Countries',
      exporterName: 'Exporters',
    },
  },
} as const satisfies Record<string, { title: string; choices: Partial<Record<Dimension, string>> }>;

export interface UsedByProps extends ApplicationProps {
  readonly kind: keyof typeof KINDS;
}

/** The largest of a dimension that is chosen, of one application. */
export function UsedBy(props: UsedByProps) {
  const { view, kind } = props;
  const { time, parameters } = view;
  const { title, choices } = KINDS[kind];
  const [first = 'host'] = Object.keys(choices) as Dimension[];
  const wanted = parameters[kind];
  const dimension = wanted !== undefined && wanted in choices ? (wanted as Dimension) : first;
  const filter = filterOf(props);
  const { data, error, fresh } = useAnswer({
    key: `application ${dimension} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => {
      const query = { by: [dimension], limit: LIMIT, filter, ...windowOf(time, Date.now()) };
      return ask('/api/v1/top', query, signal);
    },
  });
  return (
    <Panel
      title={title}
      note={data && (withMissing('', data.missing) || undefined)}
      testId={`application-${kind}`}
      outdated={data && !fresh}
      actions={
        <Segmented
          legend={title}
          choices={Object.entries(choices).map(([value, label]) => ({
            ...{ value: value as Dimension, label },
            title: label,
          }))}
          value={dimension}
          onChange={(next) => view.change({ [kind]: next === first ? undefined : next })}
          testId={`choose-${kind}`}
        />
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={10} />}
      {data?.rows.length === 0 && <Notice title="Nothing in this time range" />}
      {data && data.rows.length > 0 && <Ranking data={data} dimension={dimension} />}
    </Panel>
  );
}

/** Of AS 0 nobody told the number. */
const keyOf = ({ key }: TopRow, dimension: Dimension): string =>
  dimension === 'asNumber' && key === '0' ? '' : key;

function Ranking({
  data: { rows, total },
  dimension,
}: {
  readonly data: TopResponse;
  readonly dimension: Dimension;
}) {
  const largest = Math.max(...rows.map(({ octets }) => octets), 1);
  const columns: Column<TopRow>[] = [
    {
      id: 'key',
      title: dimensionTitle(dimension),
      value: ({ key }) => key,
      show: (row) => (
        <BarCell part={row.octets / largest}>
          <ValueButton dimension={dimension} value={keyOf(row, dimension)} />
        </BarCell>
      ),
    },
    sumColumn('octets'),
    sumColumn('flows'),
    shareColumn(
      ({ octets }) => octets,
      () => total.octets,
    ),
  ];
  return (
    <DataTable
      key={dimension}
      caption={`${dimensionTitle(dimension)} of the application, by octets`}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      sort={{ column: 'octets', order: 'descending' }}
      height={HEIGHT}
    />
  );
}
