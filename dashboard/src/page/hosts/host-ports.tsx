// SPDX-License-Identifier: Apache-2.0
import type { TopRow } from '@weir/wire';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { PortButton } from '../../control/port-button';
import { withMissing } from '../../format/missing';
import { sumColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import type { KeyOf } from '../../view/filter-edit';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import { askPorts, SERVICE_PORTS_BELOW } from './ask-hosts';
import type { HostProps } from './host-story';

const HEIGHT = '396px';

/** Ports at which it answers, and ports of others that it asks. */
export function HostPorts({ view, host }: HostProps) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `host ports ${host} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => askPorts({ filter, window: windowOf(time, Date.now()), signal }, host),
  });
  const note = `below ${SERVICE_PORTS_BELOW}: higher ones change with each connection`;
  return (
    <Panel
      title="Ports"
      note={data ? withMissing(note, data.served.missing) : note}
      testId="host-ports"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={10} />}
      {data && (
        <div class="host-ports">
          <PortTable
            title="Served"
            amount="Sent"
            rows={data.served.rows}
            side="served"
            host={host}
          />
          <PortTable title="Used" amount="Received" rows={data.used.rows} side="used" host={host} />
        </div>
      )}
    </Panel>
  );
}

interface PortTableProps {
  readonly title: string;
  readonly amount: string;
  readonly rows: readonly TopRow[];
  readonly side: 'served' | 'used';
  readonly host: string;
}

function PortTable({ title, amount, rows, side, host }: PortTableProps) {
  const largest = Math.max(...rows.map(({ octets }) => octets), 1);
  if (rows.length === 0) {
    return (
      <p class="host-no-ports muted">
        {side === 'served'
          ? 'It sent nothing from such a port.'
          : 'It received nothing from such a port.'}
      </p>
    );
  }
  const columns: Column<TopRow>[] = [
    {
      id: 'port',
      title,
      value: ({ keys }) => Number(keys[1]),
      show: (row) => (
        <BarCell part={row.octets / largest}>
          <PortButton
            protocol={row.keys[0] ?? ''}
            port={row.keys[1] ?? ''}
            keys={portKeys(row, { side, host })}
          />
        </BarCell>
      ),
    },
    sumColumn('octets', { title: amount }),
    sumColumn('flows'),
  ];
  return (
    <DataTable
      caption={side === 'served' ? 'Ports that the host serves' : 'Ports of others that it uses'}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      sort={{ column: 'octets', order: 'descending' }}
      height={HEIGHT}
    />
  );
}

/** What is sent from a port: by the host, or to it. */
function portKeys(
  { keys }: TopRow,
  { side, host }: Pick<PortTableProps, 'side' | 'host'>,
): KeyOf[] {
  const [protocol = '', port = ''] = keys;
  return [
    { dimension: side === 'served' ? 'sourceAddress' : 'destinationAddress', key: host },
    { dimension: 'protocolIdentifier', key: protocol },
    { dimension: 'sourceTransportPort', key: port },
  ];
}
