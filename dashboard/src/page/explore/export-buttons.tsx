// SPDX-License-Identifier: Apache-2.0
import { chartImage } from '../../chart/image';
import { Icon } from '../../control/icons';
import { openMenu } from '../../control/menu';
import { timeTitle } from '../../control/time-control';
import { tellFailed } from '../../control/toast';
import { download, downloadCsv } from '../../table/csv';
import { tableCsv } from '../../table/data-table';
import { seriesName } from './chart-area';
import { rankedRows, rankingColumns } from './ranking-table';
import type { Explored } from './use-explored';

export interface ExportButtonsProps {
  readonly explored: Explored;
  readonly chart: { readonly current: HTMLElement | null };
  readonly colourOf: (key: string) => string;
}

/** What is shown as a file: the table, the points, the picture. */
export function ExportButtons(props: ExportButtonsProps) {
  const { explored, colourOf } = props;
  const name = fileName(explored);
  const saveTable = () => {
    const columns = rankingColumns(explored, colourOf);
    downloadCsv(name, tableCsv(columns, rankedRows(explored)));
  };
  const groups = [
    [
      { label: 'Table as CSV', icon: 'table' as const, onSelect: saveTable },
      {
        label: 'Points as CSV',
        icon: 'lines' as const,
        onSelect: () => downloadCsv(`${name}-points`, pointRows(explored)),
      },
      {
        label: 'Chart as PNG',
        icon: 'image' as const,
        onSelect: () => void saveImage(props).catch(tellFailed),
      },
    ],
  ];
  return (
    <button
      type="button"
      class="button"
      aria-haspopup="menu"
      data-testid="export"
      onClick={(event) => openMenu({ title: 'Save as a file', groups, place: event.currentTarget })}
    >
      <Icon name="download" />
      Export
    </button>
  );
}

function fileName({ asking, window }: Explored): string {
  const time = new Date(window.to).toISOString().slice(0, 16).replace(/\D/g, '');
  return `weir-${asking.metric}-by-${asking.by.join('-')}-${time}`;
}

/** A line for each step: when it begins, and the rate of each series per second. */
function pointRows(explored: Explored): (string | number)[][] {
  const { times, series } = explored.rates;
  const head = ['Time', ...series.map(({ keys }) => seriesName(explored, keys))];
  return [
    head,
    ...times.map((time, at) => [
      new Date(time).toISOString(),
      ...series.map(({ rates }) => rates[at] ?? 0),
    ]),
  ];
}

async function saveImage({ explored, chart, colourOf }: ExportButtonsProps): Promise<void> {
  const { title, window, rates } = explored;
  const legend = rates.series.map(({ key, keys }) => ({
    name: seriesName(explored, keys),
    colour: colourOf(key),
  }));
  const note = timeTitle({ kind: 'fixed', ...window });
  const image = await chartImage(chart.current as HTMLElement, { title, note, legend });
  download(`${fileName(explored)}.png`, image);
}
