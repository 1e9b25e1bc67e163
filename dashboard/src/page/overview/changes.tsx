// SPDX-License-Identifier: Apache-2.0
import type { CompareResponse } from '@weir/wire';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatShare } from '../../format/quantity';
import { type Column, DataTable } from '../../table/data-table';
import { amountText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';

const LIMIT = 8;
const WEEK_MS = 7 * 86_400_000;

/** What is not as it was at the same time last week. */
export function Changes({ view }: { readonly view: View }) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `changes ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => {
      const window = windowOf(time, Date.now());
      const query = {
        ...{ by: ['applicationName' as const], limit: LIMIT, filter, ...window },
        against: window.from - WEEK_MS,
      };
      return ask('/api/v1/compare', query, signal);
    },
  });
  return (
    <Panel
      title="Changed most against last week"
      note={data && withMissing('applications, same time', data.against.missing)}
      testId="changes"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={8} />}
      {data && <ChangeTable data={data} />}
    </Panel>
  );
}

type ChangeRow = CompareResponse['rows'][number];

function ChangeTable({ data }: { readonly data: CompareResponse }) {
  if (data.total.previous === 0) {
    return (
      <Notice title="Nothing to compare with">
        <p>There are no flows of this time last week: the store is younger, or kept less long.</p>
      </Notice>
    );
  }
  const columns: Column<ChangeRow>[] = [
    {
      id: 'key',
      title: 'Application',
      value: ({ key }) => key,
      show: ({ key }) => <ValueButton dimension="applicationName" value={key} />,
    },
    amount('previous', 'Last week'),
    amount('current', 'Now'),
    {
      id: 'change',
      title: 'Change',
      kind: 'number',
      width: '104px',
      value: ({ change }) => change,
      show: ({ change }) => <Change octets={change} />,
    },
    {
      id: 'part',
      title: 'Part',
      kind: 'number',
      width: '76px',
      room: 'wide',
      value: ({ change, previous }) => change / previous,
      show: (row) => <span class="muted">{partText(row)}</span>,
    },
  ];
  return (
    <DataTable
      caption="Applications that changed most against the same time last week"
      columns={columns}
      rows={data.rows}
      keyOf={({ key }) => key}
    />
  );
}

function amount(id: 'previous' | 'current', title: string): Column<ChangeRow> {
  return {
    id,
    title,
    kind: 'number',
    width: '88px',
    value: (row) => row[id],
    show: (row) => amountText(row[id], 'octets'),
  };
}

/** Up and down by a sign and an arrow, not by colour. */
function Change({ octets }: { readonly octets: number }) {
  return (
    <>
      <span class="muted" aria-hidden="true">
        {octets < 0 ? '▼' : '▲'}
      </span>{' '}
      {octets < 0 ? '−' : '+'}
      {amountText(Math.abs(octets), 'octets')}
    </>
  );
}

/** "35 ×" says more than "3,400 %". */
function partText({ current, previous, change }: ChangeRow): string {
  if (previous === 0) return 'new';
  if (current > 3 * previous)
    return `${(current / previous).toFixed(current > 30 * previous ? 0 : 1)} ×`;
  return `${change < 0 ? '−' : '+'}${formatShare(Math.abs(change), previous)}`;
}
