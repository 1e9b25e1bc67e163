// SPDX-License-Identifier: Apache-2.0
import { type Dimension, isTwoSided, type TopResponse, type TopRow } from '@weir/wire';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatShare } from '../../format/quantity';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import { useColours } from '../../theme/colours';
import { dimensionTitle } from '../../view/dimensions';
import { knownPages } from '../../view/known-pages';
import { REST } from '../../view/rest';
import { amountText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';

const LIMIT = 10;

export interface TopListProps {
  readonly view: View;
  readonly dimension: Dimension;
  readonly title: string;
  readonly testId: string;
}

/** The largest of a dimension, with what is beyond them. */
export function TopList({ view, dimension, title, testId }: TopListProps) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `top ${dimension} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => {
      const query = { by: [dimension], limit: LIMIT, filter, ...windowOf(time, Date.now()) };
      return ask('/api/v1/top', query, signal);
    },
  });
  return (
    <Panel
      title={title}
      note={data && withMissing(noteOf(dimension), data.missing)}
      testId={testId}
      outdated={data && !fresh}
      actions={<ExploreLink view={view} dimension={dimension} />}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={10} />}
      {data?.rows.length === 0 && <Notice title="Nothing in this time range" />}
      {data && data.rows.length > 0 && <Ranking data={data} dimension={dimension} />}
    </Panel>
  );
}

function noteOf(dimension: Dimension): string {
  return isTwoSided(dimension) ? 'by octets; a flow counts for both its ends' : 'by octets';
}

function ExploreLink({ view, dimension }: Pick<TopListProps, 'view' | 'dimension'>) {
  if (!knownPages.value.has('explore')) return null;
  return (
    <a class="panel-link" href={view.link('explore', { by: dimension })}>
      Explore
    </a>
  );
}

function Ranking({
  data,
  dimension,
}: {
  readonly data: TopResponse;
  readonly dimension: Dimension;
}) {
  const colourOf = useColours(data.rows.map(({ key }) => key));
  const { other } = data;
  // Of all that is counted: with a key for both ends that is each flow twice.
  const counted = data.rows.reduce((sum, { octets }) => sum + octets, other.octets);
  const largest = Math.max(...data.rows.map(({ octets }) => octets), 1);
  const columns: Column<TopRow>[] = [
    {
      id: 'key',
      title: dimensionTitle(dimension),
      value: ({ key }) => key,
      show: ({ key, octets }) => (
        <BarCell
          part={key === REST ? 0 : octets / largest}
          colour={dimension === 'applicationName' ? colourOf(key) : '--bar'}
        >
          <ValueButton dimension={dimension} value={key} />
        </BarCell>
      ),
    },
    amount('octets', 'Octets'),
    { ...amount('packets', 'Packets'), room: 'wide' },
    { ...amount('flows', 'Flows'), room: 'wide' },
    {
      id: 'share',
      title: 'Share',
      kind: 'number',
      width: '72px',
      value: ({ octets }) => octets / counted,
      show: ({ octets }) => formatShare(octets, counted),
    },
  ];
  const rest = { key: REST, keys: [REST], ...other };
  return (
    <DataTable
      caption={`${dimensionTitle(dimension)} by octets`}
      columns={columns}
      rows={data.rows}
      footer={other.flows > 0 ? [rest] : []}
      keyOf={({ key }) => key}
      sort={{ column: 'octets', order: 'descending' }}
    />
  );
}

function amount(id: 'octets' | 'packets' | 'flows', title: string): Column<TopRow> {
  return {
    id,
    title,
    kind: 'number',
    width: '84px',
    value: (row) => row[id],
    show: (row) => amountText(row[id], id),
  };
}
