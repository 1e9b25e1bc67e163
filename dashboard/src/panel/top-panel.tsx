// SPDX-License-Identifier: Apache-2.0
import type { Metric, TopResponse, TopRow } from '@weir/wire';
import type { ReactNode } from 'react';
import type { Polled } from '../api/use-polled';
import { withMissing } from '../format/missing';
import { formatCount, formatOctets, formatShare } from '../format/quantity';
import { ErrorNotice, Notice, Panel, Skeleton } from './panel';

const METRICS = [
  { metric: 'octets', title: 'Octets', format: formatOctets },
  { metric: 'packets', title: 'Packets', format: formatCount },
  { metric: 'flows', title: 'Flows', format: formatCount },
] as const satisfies readonly {
  metric: Metric;
  title: string;
  format: (value: number) => string;
}[];

export interface TopPanelProps {
  readonly title: string;
  /** Heading of the column of names. */
  readonly what: string;
  readonly testId: string;
  readonly top: Polled<TopResponse>;
  readonly renderKey: (key: string) => ReactNode;
  /** CSS variable of a row's bar. */
  readonly colourOf: (key: string) => string;
  /** The row that the page is filtered by. */
  readonly selected?: string | undefined;
  readonly renderAction?: (key: string) => ReactNode;
}

/** A ranking: bars behind the names, all three metrics beside them. */
export function TopPanel(props: TopPanelProps) {
  const { data, error, fresh } = props.top;
  return (
    <Panel
      title={props.title}
      note={data && withMissing(`by ${data.metric}`, data.missing)}
      testId={props.testId}
      outdated={data !== undefined && !fresh}
    >
      {!data && (error ? <ErrorNotice error={error} /> : <Skeleton rows={10} />)}
      {data?.rows.length === 0 && <Notice title="Nothing in this time range" />}
      {data && data.rows.length > 0 && <Ranking {...props} data={data} />}
    </Panel>
  );
}

function Ranking(props: TopPanelProps & { readonly data: TopResponse }) {
  const { data, what, renderAction } = props;
  const largest = Math.max(...data.rows.map((row) => row[data.metric]), 1);
  return (
    <table className="data-table top-table" data-metric={data.metric}>
      <caption className="visually-hidden">
        {props.title} by {data.metric}
      </caption>
      <thead>
        <tr>
          <th scope="col">{what}</th>
          {METRICS.map(({ metric, title }) => (
            <th key={metric} scope="col" className={metricClass(metric, data.metric)}>
              {title}
            </th>
          ))}
          <th scope="col" className="number">
            Share
          </th>
          {renderAction && (
            <th scope="col" className="action">
              <span className="visually-hidden">Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {data.rows.map((row) => (
          <Row key={row.key} row={row} largest={largest} props={props} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: TopRow;
  readonly largest: number;
  readonly props: TopPanelProps & { readonly data: TopResponse };
}

function Row({ row, largest, props }: RowProps) {
  const { data, selected, renderKey, renderAction, colourOf } = props;
  const isDimmed = selected !== undefined && selected !== row.key;
  const width = `${(row[data.metric] / largest) * 100}%`;
  return (
    <tr className={isDimmed ? 'dimmed' : undefined} data-key={row.key}>
      <th scope="row" className="top-name">
        <span
          className="bar"
          aria-hidden="true"
          style={{ width, background: `var(${colourOf(row.key)})` }}
        />
        {renderKey(row.key)}
      </th>
      {METRICS.map(({ metric, format }) => (
        <td key={metric} className={metricClass(metric, data.metric)}>
          {format(row[metric])}
        </td>
      ))}
      <td className="number share">{formatShare(row[data.metric], data.total[data.metric])}</td>
      {renderAction && <td className="action">{renderAction(row.key)}</td>}
    </tr>
  );
}

/** Narrow screens have room for the ranking metric only. */
function metricClass(metric: Metric, ranking: Metric): string {
  return metric === ranking ? 'number ranking' : 'number not-ranking';
}
