// SPDX-License-Identifier: Apache-2.0
import type { TopResponse } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { Sparkline } from '../../chart/sparkline';
import { ConfidenceMark } from '../../control/confidence-mark';
import { Icon } from '../../control/icons';
import { Panel } from '../../control/panel';
import { ValueButton } from '../../control/value-menu';
import { confidenceOf } from '../../format/confidence';
import { withMissing } from '../../format/missing';
import { formatCount, formatShare, NO_VALUE } from '../../format/quantity';
import { BarCell } from '../../table/bar-cell';
import { downloadCsv } from '../../table/csv';
import { type Column, DataTable, tableCsv } from '../../table/data-table';
import { useColours } from '../../theme/colours';
import { amountText, rateText } from '../../view/shown';
import type { Window } from '../../view/time-range';
import type { View } from '../../view/view';
import { type Application, mainConfidence, type Trend } from './ranking';

/** As many rows as are seen without scrolling past the next panel. */
const HEIGHT = 'max(420px, calc(100dvh - 290px))';

export interface ApplicationTableProps {
  readonly view: View;
  readonly isFresh: boolean;
  readonly applications: readonly Application[];
  readonly top: TopResponse;
  readonly trends: ReadonlyMap<string, Trend>;
  readonly window: Window;
}

/** All applications, the largest first; a row leads to the application's own view. */
export function ApplicationTable(props: ApplicationTableProps) {
  const { view, isFresh, applications, top } = props;
  const colourOf = useColours(applications.slice(0, 10).map(({ name }) => name));
  const columns = useMemo(() => columnsOf(props, colourOf), [applications, props.trends, colourOf]);
  const count = `${formatCount(applications.length)}, compared with the time just before`;
  return (
    <Panel
      title="Applications"
      testId="applications"
      note={withMissing(count, top.missing)}
      outdated={!isFresh}
      actions={
        <button
          type="button"
          class="button button-square"
          aria-label="Save as CSV"
          title="Save as CSV"
          onClick={() => downloadCsv('applications', tableCsv(columns, applications))}
        >
          <Icon name="download" />
        </button>
      }
    >
      <DataTable
        caption="Applications by octets"
        columns={columns}
        rows={applications}
        keyOf={({ name }) => name}
        sort={{ column: 'octets', order: 'descending' }}
        onOpen={({ name }) => view.go(view.link('applications', { app: name }))}
        height={HEIGHT}
        testId="application-table"
      />
    </Panel>
  );
}

function columnsOf(
  { applications, top, trends, window }: ApplicationTableProps,
  colourOf: (name: string) => string,
): Column<Application>[] {
  const largest = Math.max(...applications.map(({ octets }) => octets), 1);
  const seconds = (window.to - window.from) / 1000;
  const total = top.total.octets;
  return [
    {
      id: 'name',
      title: 'Application',
      value: ({ name }) => name,
      show: ({ name, octets }) => (
        <BarCell part={octets / largest} colour={colourOf(name)}>
          <ValueButton dimension="applicationName" value={name} />
        </BarCell>
      ),
    },
    {
      id: 'category',
      title: 'Category',
      width: '138px',
      room: 'wide',
      value: ({ category }) => category,
      show: ({ category }) =>
        category === '' ? (
          <span class="muted">{NO_VALUE}</span>
        ) : (
          <ValueButton dimension="applicationCategory" value={category} />
        ),
    },
    {
      id: 'confidence',
      title: 'Named by',
      width: '156px',
      room: 'wide',
      value: (row) => confidenceOf(mainConfidence(row).confidence).word,
      show: (row) => <NamedBy application={row} />,
    },
    {
      id: 'rate',
      title: 'Rate',
      kind: 'number',
      width: '98px',
      value: ({ octets }) => octets / seconds,
      show: ({ octets }) => rateText(octets / seconds, 'octets'),
    },
    {
      id: 'trend',
      title: 'Trend',
      width: '112px',
      room: 'wide',
      sort: 'none',
      value: () => '',
      show: ({ name }) => <TrendLine trend={trends.get(name)} />,
    },
    {
      id: 'change',
      title: 'Change',
      kind: 'number',
      width: '88px',
      value: ({ name }) => changeOf(trends.get(name)) ?? Number.NaN,
      show: ({ name }) => <Change trend={trends.get(name)} />,
    },
    amount('octets', 'Octets'),
    { ...amount('flows', 'Flows'), room: 'wide' },
    {
      id: 'share',
      title: 'Share',
      kind: 'number',
      width: '78px',
      room: 'wide',
      value: ({ octets }) => octets / total,
      show: ({ octets }) => formatShare(octets, total),
    },
  ];
}

function amount(id: 'octets' | 'flows', title: string): Column<Application> {
  return {
    id,
    title,
    kind: 'number',
    width: '84px',
    ...(id === 'octets' && { room: 'wide' as const }),
    value: (row) => row[id],
    show: (row) => amountText(row[id], id),
  };
}

/** The main evidence, with its part where there is more than one kind. */
function NamedBy({ application }: { readonly application: Application }) {
  const { confidence, octets } = mainConfidence(application);
  const isMixed = application.confidences.length > 1;
  return (
    <span class="named-by">
      <ConfidenceMark value={confidence} />
      {isMixed && <span class="muted">{formatShare(octets, application.octets)}</span>}
    </span>
  );
}

function TrendLine({ trend }: { readonly trend: Trend | undefined }) {
  return trend === undefined ? (
    <span class="muted">{NO_VALUE}</span>
  ) : (
    <Sparkline values={trend.values} />
  );
}

function changeOf(trend: Trend | undefined): number | undefined {
  return trend?.before === undefined ? undefined : trend.now - trend.before;
}

/** Against the window before, by sign and arrow, not by colour. */
function Change({ trend }: { readonly trend: Trend | undefined }) {
  const change = changeOf(trend);
  if (trend === undefined || change === undefined) return <span class="muted">{NO_VALUE}</span>;
  const { before = 0 } = trend;
  if (before === 0) return <>new</>;
  return (
    <span title={`${amountText(before, 'octets')} before`}>
      <span class="muted" aria-hidden="true">
        {change < 0 ? '▼' : '▲'}
      </span>{' '}
      {changeText(change, before)}
    </span>
  );
}

/** A multiple says more than thousands of percent. */
function changeText(change: number, before: number): string {
  const part = Math.abs(change) / before;
  if (part >= 10) return `× ${formatCount(Math.round(1 + part))}`;
  return `${change < 0 ? '−' : '+'}${Math.round(part * 100)} %`;
}
