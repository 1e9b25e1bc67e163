// SPDX-License-Identifier: Apache-2.0
import type { InterfacesResponse } from '@weir/wire';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { openValueMenu, ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { CsvButton } from '../../table/csv-button';
import { type Column, DataTable } from '../../table/data-table';
import { amountText, rateText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';

const LIMIT = 500;

type Row = InterfacesResponse['interfaces'][number];

/** What went in and out by each interface that exporters told of. */
export function InterfaceList({ view }: { readonly view: View }) {
  const { time, parameters } = view;
  const { exporter } = parameters;
  const { data, error, fresh } = useAnswer({
    key: `interfaces ${timeParameter(time)} ${exporter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const window = windowOf(time, Date.now());
      const only = exporter === undefined ? {} : { exporterAddress: [exporter] };
      const answer = await ask('/api/v1/interfaces', { limit: LIMIT, ...only, ...window }, signal);
      return { answer, columns: columnsOf((window.to - window.from) / 1000) };
    },
  });
  return (
    <Panel
      title="Interfaces"
      note={data && withMissing(noteOf(data.answer), data.answer.missing)}
      testId="interfaces"
      outdated={data && !fresh}
      actions={
        <>
          {exporter !== undefined && (
            <button
              type="button"
              class="button"
              onClick={() => view.change({ exporter: undefined })}
            >
              All exporters
            </button>
          )}
          <CsvButton
            name="interfaces"
            columns={data?.columns ?? []}
            rows={data?.answer.interfaces}
          />
        </>
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={8} />}
      {data && data.answer.interfaces.length === 0 && (
        <Notice title="No interface in this time">
          <p>
            Exporters name interfaces by their SNMP index (elements 10 and 14): see that they export
            them.
          </p>
        </Notice>
      )}
      {data && data.answer.interfaces.length > 0 && (
        <InterfaceTable columns={data.columns} rows={data.answer.interfaces} />
      )}
    </Panel>
  );
}

const noteOf = ({ interfaces, truncated }: InterfacesResponse): string =>
  truncated ? `the ${interfaces.length} that carried most` : String(interfaces.length);

function InterfaceTable({
  columns,
  rows,
}: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}) {
  return (
    <DataTable
      caption="Interfaces with what went in and out"
      columns={columns}
      rows={rows}
      keyOf={(row) => `${row.exporterAddress} ${row.interface}`}
      onOpen={({ exporterAddress, interface: index }, place) =>
        openValueMenu(
          {
            keys: [
              { dimension: 'exporterAddress', key: exporterAddress },
              { dimension: 'interface', key: String(index) },
            ],
          },
          place,
        )
      }
    />
  );
}

function columnsOf(seconds: number): readonly Column<Row>[] {
  const rate = (id: 'input' | 'output', title: string): Column<Row> => ({
    ...{ id, title, kind: 'number', width: '112px' },
    value: (row) => row[id].octets / seconds,
    show: (row) => rateText(row[id].octets / seconds, 'octets'),
  });
  const amount = (id: 'input' | 'output', title: string): Column<Row> => ({
    ...{ id: `${id} octets`, title, kind: 'number', width: '104px', room: 'wide' },
    value: (row) => row[id].octets,
    show: (row) => amountText(row[id].octets, 'octets'),
  });
  return [
    {
      id: 'interface',
      title: 'Interface',
      value: ({ interfaceName, interface: index }) => interfaceName || String(index),
      show: ({ interfaceName, interface: index }) => (
        <span class="cell-name">
          {interfaceName === '' ? `Interface ${index}` : interfaceName}{' '}
          {interfaceName !== '' && <span class="muted">{index}</span>}
        </span>
      ),
    },
    {
      id: 'exporter',
      title: 'Exporter',
      room: 'wide',
      value: ({ exporterAddress, exporterName }) => exporterName || exporterAddress,
      show: ({ exporterAddress }) => (
        <ValueButton dimension="exporterAddress" value={exporterAddress} />
      ),
    },
    rate('input', 'In'),
    rate('output', 'Out'),
    amount('input', 'Total in'),
    amount('output', 'Total out'),
  ];
}
