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
import { refreshMsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';

const LIMIT = 8;
const WEEK_MS = 7 * 86_400_000;

/** What is not as it was at the same time last week. */
export function Changes({ view }: { readonly view: View }) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `changes ${timeParameter(time)} ${filter}`,
    everyMs: refreshMsOf(time),
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
      width: '150px',
      value: ({ change }) => change,
      show: (row) => <Change row={row} />,
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
function Change({ row: { change, previous } }: { readonly row: ChangeRow }) {
  const sign = change < 0 ? '▼' : '▲';
  const part = previous === 0 ? 'new' : formatShare(Math.abs(change), previous);
  return (
    <>
      <span class="muted" aria-hidden="true">
        {sign}
      </span>{' '}
      {change < 0 ? '−' : '+'}
      {amountText(Math.abs(change), 'octets')} <span class="muted change-part">{part}</span>
    </>
  );
}
