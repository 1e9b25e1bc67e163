// SPDX-License-Identifier: Apache-2.0
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Segmented } from '../../control/segmented';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { amountColumn, shareColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { type Column, DataTable } from '../../table/data-table';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import { askOtherEnds, OTHER_ENDS, type OtherEnd, type OtherEnds } from './ask-hosts';
import { type BothWays, flowsOf, octetsOf } from './both-ways';
import { useHostNames } from './host-names';
import type { HostProps } from './host-story';

const HEIGHT = '396px';

/** With whom it speaks: hosts, or what they belong to. */
export function HostPeers({ view, host }: HostProps) {
  const { time, filter, parameters } = view;
  const end = endNamed(parameters.with);
  const { data, error, fresh } = useAnswer({
    key: `host peers ${end} ${host} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) =>
      askOtherEnds({ filter, window: windowOf(time, Date.now()), signal }, host, end),
  });
  const note = data && 'by octets of both directions';
  return (
    <Panel
      title="Speaks with"
      note={note && withMissing(note, data.missing)}
      testId="host-peers"
      outdated={data && !fresh}
      actions={
        <Segmented
          legend="With whom"
          choices={Object.entries(OTHER_ENDS).map(([value, { title }]) => ({
            value: value as OtherEnd,
            label: title,
            title,
          }))}
          value={end}
          onChange={(next) => view.change({ with: next === 'hosts' ? undefined : next })}
          testId="host-with"
        />
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={10} />}
      {data?.rows.length === 0 && <Notice title="Nobody in this time range" />}
      {data && data.rows.length > 0 && <Peers data={data} end={end} />}
    </Panel>
  );
}

function endNamed(text: string | undefined): OtherEnd {
  return text !== undefined && text in OTHER_ENDS ? (text as OtherEnd) : 'hosts';
}

function Peers({ data, end }: { readonly data: OtherEnds; readonly end: OtherEnd }) {
  const addresses = end === 'hosts' ? data.rows.slice(0, 50).map(({ key }) => key) : [];
  const names = useHostNames(addresses);
  const { title, menu } = OTHER_ENDS[end];
  const largest = Math.max(...data.rows.map(octetsOf), 1);
  const side = (id: 'in' | 'out', title: string) =>
    amountColumn<BothWays>('octets', (row) => row[id].octets, { id, title });
  const columns: Column<BothWays>[] = [
    {
      id: 'key',
      title: KEY_TITLES[end],
      value: ({ key }) => key,
      show: (row) => {
        const [key = '', more = names.get(row.key)] = row.keys;
        return (
          <BarCell part={octetsOf(row) / largest}>
            <ValueButton dimension={menu} value={isNothing(end, key) ? '' : key} />
            {more && <span class="peer-name muted">{more}</span>}
          </BarCell>
        );
      },
    },
    side('in', 'In'),
    side('out', 'Out'),
    amountColumn('flows', flowsOf, { room: 'wide' }),
    shareColumn(octetsOf, () => data.total),
  ];
  return (
    <DataTable
      key={end}
      caption={`${title} that the host speaks with, by octets`}
      columns={columns}
      rows={data.rows}
      keyOf={({ key }) => key}
      sort={{ column: 'octets', order: 'descending' }}
      height={HEIGHT}
    />
  );
}

const KEY_TITLES: Readonly<Record<OtherEnd, string>> = {
  hosts: 'Host',
  networks: 'Network',
  systems: 'AS',
  countries: 'Country',
  names: 'Server name',
};

/** AS 0 is none. */
const isNothing = (end: OtherEnd, key: string): boolean => end === 'systems' && key === '0';
