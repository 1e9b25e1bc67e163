// SPDX-License-Identifier: Apache-2.0
import { isTwoSided } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { type RateSeries, type RateSummary, summarise } from '../../chart/rates';
import { Swatch, ValueButton } from '../../control/value-menu';
import { formatShare } from '../../format/quantity';
import { type Column, DataTable } from '../../table/data-table';
import { dimensionTitle } from '../../view/dimensions';
import { REST } from '../../view/rest';
import { amountText, rateText } from '../../view/shown';
import type { Explored } from './use-explored';

export interface RankedRow extends RateSummary {
  readonly key: string;
  readonly keys: readonly string[];
  readonly direction: 'one' | 'other' | 'all';
  readonly total: number;
  /** Of all keys together. */
  readonly share: number;
}

export interface RankingTableProps {
  readonly explored: Explored;
  readonly colourOf: (key: string) => string;
}

/** Every series with its rates: the chart in numbers. */
export function RankingTable({ explored, colourOf }: RankingTableProps) {
  const rows = useMemo(() => rankedRows(explored), [explored]);
  const columns = rankingColumns(explored, colourOf);
  const isRest = ({ key, direction }: RankedRow) => key === REST || direction === 'all';
  return (
    <DataTable
      caption={explored.title}
      columns={columns}
      rows={rows.filter((row) => !isRest(row))}
      footer={rows.filter(isRest)}
      keyOf={({ key, direction }) => `${direction} ${key}`}
      sort={{ column: 'total', order: 'descending' }}
      testId="ranking"
    />
  );
}

export function rankedRows({ rates, below, asking }: Explored): RankedRow[] {
  const sum = rates.series.reduce((all, { total }) => all + total, 0);
  const rowOf = (series: RateSeries, direction: RankedRow['direction']): RankedRow => ({
    ...{ key: series.key, keys: series.keys, direction, total: series.total },
    ...summarise(series.rates),
    share: sum > 0 ? series.total / sum : 0,
  });
  const rows = rates.series.map((series) => rowOf(series, 'one'));
  const others = (below ?? []).map((series) => rowOf(series, 'other'));
  // A flow counts for both its ends there: the sum over all keys would have it twice.
  if (asking.by.some(isTwoSided)) return [...rows, ...others];
  const all = rates.times.map((_, at) =>
    rates.series.reduce((height, { rates: values }) => height + (values[at] ?? 0), 0),
  );
  return [...rows, ...others, rowOf({ key: '', keys: [], rates: all, total: sum }, 'all')];
}

const RATES = {
  minimum: 'Min',
  average: 'Average',
  percentile95: '95th',
  maximum: 'Max',
} as const;

export function rankingColumns(
  { asking, below }: Explored,
  colourOf: (key: string) => string,
): Column<RankedRow>[] {
  const { by, metric } = asking;
  // In a Sankey each key has a colour, elsewhere all keys together.
  const colourAt = (row: RankedRow, at: number) => {
    if (asking.shape === 'sankey') return colourOf(row.keys[at] ?? REST);
    return at === 0 ? colourOf(row.key) : undefined;
  };
  const keys = by.map(
    (dimension, at): Column<RankedRow> => ({
      id: dimension,
      title: dimensionTitle(dimension),
      value: (row) => nameOf(row, at),
      show: (row) => <KeyCell row={row} at={at} dimension={dimension} colour={colourAt(row, at)} />,
    }),
  );
  const rates = Object.entries(RATES).map(
    ([id, title]): Column<RankedRow> => ({
      ...{ id, title, kind: 'number', width: '104px' },
      room: id === 'average' ? 'always' : 'wide',
      value: (row) => row[id as keyof RateSummary],
      show: (row) => rateText(row[id as keyof RateSummary], metric),
    }),
  );
  const direction: Column<RankedRow> = {
    ...{ id: 'direction', title: 'Direction', width: '104px' },
    value: (row) =>
      row.direction === 'other' ? 'other' : row.direction === 'one' ? 'as asked' : '',
  };
  return [
    ...keys,
    ...(below === undefined ? [] : [direction]),
    ...rates,
    {
      ...{ id: 'total', title: 'Total', kind: 'number', width: '92px' },
      value: ({ total }) => total,
      show: ({ total }) => amountText(total, metric),
    },
    {
      ...{ id: 'share', title: 'Share', kind: 'number', width: '76px' },
      value: ({ share }) => share,
      show: ({ share }) => formatShare(share, 1),
    },
  ];
}

function nameOf({ key, keys, direction }: RankedRow, at: number): string {
  if (direction === 'all') return at === 0 ? '(all)' : '';
  return key === REST ? (at === 0 ? '(other)' : '') : (keys[at] ?? '');
}

interface KeyCellProps {
  readonly row: RankedRow;
  readonly at: number;
  readonly dimension: Explored['asking']['by'][number];
  readonly colour: string | undefined;
}

function KeyCell({ row, at, dimension, colour }: KeyCellProps) {
  if (row.direction === 'all') return at === 0 ? 'All together' : '';
  if (row.key === REST) {
    return at === 0 ? (
      <span class="key-rest">
        {colour && <Swatch colour={colour} />}
        Other
      </span>
    ) : (
      ''
    );
  }
  const value = row.keys[at] ?? '';
  return <ValueButton dimension={dimension} value={value} colour={colour} />;
}
