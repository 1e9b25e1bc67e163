// SPDX-License-Identifier: Apache-2.0
import type { TopResponse } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { Sparkline } from '../../chart/sparkline';
import { ConfidenceMark } from '../../control/confidence-mark';
import { Panel } from '../../control/panel';
import { ValueButton } from '../../control/value-menu';
import { confidenceOf } from '../../format/confidence';
import { withMissing } from '../../format/missing';
import { formatCount, formatShare, NO_VALUE } from '../../format/quantity';
import { shareColumn, sumColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { CsvButton } from '../../table/csv-button';
import { type Column, DataTable } from '../../table/data-table';
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
      actions={<CsvButton name="applications" columns={columns} rows={applications} />}
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
    ...trendColumns(trends),
    sumColumn('octets', { room: 'wide' }),
    sumColumn('flows', { room: 'wide' }),
    shareColumn(
      ({ octets }) => octets,
      () => total,
    ),
  ];
}

/** How it went, and how much more or less it is than in the window before. */
function trendColumns(trends: ReadonlyMap<string, Trend>): Column<Application>[] {
  return [
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
      value: ({ name }) => changeOf(trends.get(name)),
      show: ({ name }) => <Change trend={trends.get(name)} />,
    },
  ];
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

/** As a part of what was before; NaN: not known, infinite: there was nothing. */
function changeOf(trend: Trend | undefined): number {
  if (trend?.before === undefined) return Number.NaN;
  return (trend.now - trend.before) / trend.before;
}

/** Against the window before, by sign and arrow, not by colour. */
function Change({ trend }: { readonly trend: Trend | undefined }) {
  const change = changeOf(trend);
  if (Number.isNaN(change)) return <span class="muted">{NO_VALUE}</span>;
  if (!Number.isFinite(change)) return <>new</>;
  return (
    <span title={`${amountText(trend?.before ?? 0, 'octets')} before`}>
      <span class="muted" aria-hidden="true">
        {change < 0 ? '▼' : '▲'}
      </span>{' '}
      {changeText(change)}
    </span>
  );
}

/** A multiple says more than thousands of percent. */
function changeText(change: number): string {
  const part = Math.abs(change);
  if (part >= 10) return `× ${formatCount(Math.round(1 + part))}`;
  return `${change < 0 ? '−' : '+'}${Math.round(part * 100)} %`;
}
