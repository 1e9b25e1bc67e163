// SPDX-License-Identifier: Apache-2.0
import type { TopRow } from '@weir/wire';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { PortButton } from '../../control/port-button';
import { ValueButton } from '../../control/value-menu';
import { amountColumn, shareColumn, sumColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import { type KeyOf, narrowed } from '../../view/filter-edit';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { type UnnamedExporter, unnamedBy } from './unnamed';

const MOST_EXPORTERS = 300;
const ASKED_PORTS = 60;
const MOST_PORTS = 10;
const UNNAMED: KeyOf = { dimension: 'applicationName', key: 'unknown' };

/** What nobody could name: why, and at which ports it runs. */
export function Unnamed({ view }: { readonly view: View }) {
  return (
    <>
      <UnnamedExporters view={view} />
      <UnnamedPorts view={view} />
    </>
  );
}

function UnnamedExporters({ view: { time, filter } }: { readonly view: View }) {
  const { data, error, fresh } = useAnswer({
    key: `unnamed exporters ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const by = ['exporterAddress' as const, 'exporterName' as const];
      const [top, { exporters }] = await Promise.all([
        ask(
          '/api/v1/top',
          {
            by: [...by, 'applicationConfidence'],
            limit: MOST_EXPORTERS,
            filter,
            ...windowOf(time, Date.now()),
          },
          signal,
        ),
        ask('/api/v1/exporters', {}, signal),
      ]);
      return unnamedBy(top.rows, exporters);
    },
  });
  return (
    <Panel
      title="Without a name, and why"
      note="by exporter"
      testId="unnamed"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.length === 0 && <Notice title="Everything has a name" />}
      {data && data.length > 0 && (
        <DataTable
          caption="Exporters of flows without a name, and why they have none"
          columns={EXPORTER_COLUMNS}
          rows={data}
          keyOf={({ address }) => address}
        />
      )}
    </Panel>
  );
}

const EXPORTER_COLUMNS: readonly Column<UnnamedExporter>[] = [
  {
    id: 'exporter',
    title: 'Exporter',
    width: '142px',
    value: ({ name, address }) => name || address,
    show: ({ name, address }) =>
      name === '' ? (
        <ValueButton dimension="exporterAddress" value={address} />
      ) : (
        <ValueButton dimension="exporterName" value={name} />
      ),
  },
  {
    id: 'why',
    title: 'Why',
    value: ({ why }) => why,
    show: ({ why }) => <span title={why}>{why}</span>,
  },
  amountColumn('octets', ({ unnamedOctets }) => unnamedOctets, {
    title: 'Not named',
    width: '90px',
  }),
  shareColumn(
    ({ unnamedOctets }) => unnamedOctets,
    ({ octets }) => octets,
    { title: 'Of its own', width: '92px' },
  ),
];

function UnnamedPorts({ view: { time, filter } }: { readonly view: View }) {
  const { data, error, fresh } = useAnswer({
    key: `unnamed ports ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) =>
      ask(
        '/api/v1/top',
        {
          by: ['protocolIdentifier', 'port'],
          limit: ASKED_PORTS,
          filter: narrowed(filter, [UNNAMED], 'in') ?? filter,
          ...windowOf(time, Date.now()),
        },
        signal,
      ),
  });
  const rows = data && servicePorts(data.rows);
  return (
    <Panel
      title="Ports of what has no name"
      note="of either end"
      testId="unnamed-ports"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={8} />}
      {rows?.length === 0 && <Notice title="Everything has a name" />}
      {rows && rows.length > 0 && (
        <DataTable
          caption="Ports of flows without a name, by octets"
          columns={portColumns(rows)}
          rows={rows}
          keyOf={({ key }) => key}
          sort={{ column: 'octets', order: 'descending' }}
        />
      )}
    </Panel>
  );
}

/** Ports of one flow alone are those that clients take; they are shown where there are no others. */
function servicePorts(rows: readonly TopRow[]): readonly TopRow[] {
  const several = rows.filter(({ flows }) => flows > 1);
  return (several.length > 0 ? several : rows).slice(0, MOST_PORTS);
}

function portColumns(rows: readonly TopRow[]): Column<TopRow>[] {
  const largest = Math.max(...rows.map(({ octets }) => octets), 1);
  return [
    {
      id: 'port',
      title: 'Port',
      value: ({ keys }) => Number(keys[1]),
      show: ({ keys, octets }) => (
        <BarCell part={octets / largest}>
          <PortButton protocol={keys[0] ?? ''} port={keys[1] ?? ''} keys={portKeys(keys)} />
        </BarCell>
      ),
    },
    sumColumn('octets'),
    sumColumn('flows'),
  ];
}

/** Either end's port, of what has no name. */
const portKeys = ([protocol = '', port = '']: readonly string[]): KeyOf[] => [
  UNNAMED,
  { dimension: 'protocolIdentifier', key: protocol },
  { dimension: 'port', key: port },
];
