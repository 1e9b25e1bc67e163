// SPDX-License-Identifier: Apache-2.0
import type { TopRow } from '@weir/wire';
import { useAnswer } from '../../api/use-answer';
import { keyLabel } from '../../control/key-label';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { useValueMenu } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatCount } from '../../format/quantity';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import { amountText } from '../../view/shown';
import { timeParameter, windowOf } from '../../view/time-range';
import { askPorts, SERVICE_PORTS_BELOW } from './ask-hosts';
import { type HostProps, STORY_EVERY_MS } from './host-story';

const HEIGHT = '396px';

/** Ports at which it answers, and ports of others that it asks. */
export function HostPorts({ view, host }: HostProps) {
  const { time, filter } = view;
  const { data, error, fresh } = useAnswer({
    key: `host ports ${host} ${timeParameter(time)} ${filter}`,
    everyMs: time.kind === 'last' ? STORY_EVERY_MS : undefined,
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
          <PortButton row={row} side={side} host={host} />
        </BarCell>
      ),
    },
    {
      id: 'octets',
      title: amount,
      kind: 'number',
      width: '84px',
      value: ({ octets }) => octets,
      show: ({ octets }) => amountText(octets, 'octets'),
    },
    {
      id: 'flows',
      title: 'Flows',
      kind: 'number',
      width: '70px',
      value: ({ flows }) => flows,
      show: ({ flows }) => formatCount(flows),
    },
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

/** Protocol and port with one menu: a port alone says little. */
function PortButton({
  row,
  side,
  host,
}: Pick<PortTableProps, 'side' | 'host'> & { readonly row: TopRow }) {
  const openValueMenu = useValueMenu();
  const [protocol = '', port = ''] = row.keys;
  const keys = [
    { dimension: side === 'served' ? 'sourceAddress' : 'destinationAddress', key: host },
    { dimension: 'protocolIdentifier', key: protocol },
    { dimension: 'sourceTransportPort', key: port },
  ] as const;
  return (
    <button
      type="button"
      class="value-button"
      aria-haspopup="menu"
      onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
    >
      <span class="value-text">
        {port}{' '}
        <span class="muted">{keyLabel({ dimension: 'protocolIdentifier', key: protocol })}</span>
      </span>
    </button>
  );
}
