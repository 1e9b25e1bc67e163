// SPDX-License-Identifier: Apache-2.0
import type { BehaviourHost } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { ask } from '../../api/client';
import { WITH_BEHAVIOUR } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Segmented } from '../../control/segmented';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { NO_VALUE } from '../../format/quantity';
import { amountColumn, shareColumn } from '../../table/amount-columns';
import { BarCell } from '../../table/bar-cell';
import { CsvButton } from '../../table/csv-button';
import { type Column, DataTable } from '../../table/data-table';
import { rateText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { askHosts, type HostRanking, MOST_HOSTS, SIDES, type Side } from './ask-hosts';
import { type BothWays, flowsOf, octetsOf } from './both-ways';
import { HostForm } from './host-form';
import { useHostNames } from './host-names';
import { RoleBadges } from './role-badges';

/** The collector's roles are of the last minutes: more of them than can be shown are asked for. */
const MOST_ROLES = 1000;

interface HostListProps {
  readonly view: View;
  /** What the link names as a host and is no address. */
  readonly wrong: string | undefined;
}

export function HostList({ view, wrong }: HostListProps) {
  const { time, filter } = view;
  const side = sideNamed(view.parameters.side);
  const hasNames = view.parameters.names === '1';
  const { data, error, fresh } = useAnswer({
    key: `hosts ${side} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => askHosts({ filter, window: windowOf(time, Date.now()), signal }, side),
  });
  const roles = useRoles();
  const names = useHostNames(hasNames ? (data?.rows ?? []).map(({ key }) => key) : []);
  const columns = useMemo(
    () => (data === undefined ? [] : columnsOf(data, { roles, names, hasNames })),
    [data, roles, names, hasNames],
  );
  const note = data && (data.isCut ? `the first ${MOST_HOSTS}` : `${data.rows.length}`);
  return (
    <Panel
      title="Busiest hosts"
      testId="hosts"
      note={note && withMissing(note, data.missing)}
      outdated={data && !fresh}
      actions={
        <>
          <HostForm view={view} wrong={wrong} />
          <Choices view={view} side={side} hasNames={hasNames} />
          <CsvButton name="hosts" columns={columns} rows={data?.rows} />
        </>
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={16} />}
      {data?.rows.length === 0 && <NoHosts view={view} side={side} />}
      {data && data.rows.length > 0 && (
        <DataTable
          caption="Hosts by octets in both directions"
          columns={columns}
          rows={data.rows}
          keyOf={({ key }) => key}
          sort={{ column: 'octets', order: 'descending' }}
          onOpen={({ key }) => view.go(view.link('hosts', { host: key }))}
          testId="host-table"
        />
      )}
    </Panel>
  );
}

interface ChoicesProps {
  readonly view: View;
  readonly side: Side;
  readonly hasNames: boolean;
}

/** Whose hosts, and whether with their names. */
function Choices({ view, side, hasNames }: ChoicesProps) {
  return (
    <>
      <Segmented
        legend="Whose hosts"
        choices={Object.entries(SIDES).map(([value, label]) => ({
          value: value as Side,
          label,
          title: SIDE_TITLES[value as Side],
        }))}
        value={side}
        onChange={(next) => view.change({ side: next === 'all' ? undefined : next })}
        testId="side"
      />
      <button
        type="button"
        class="button"
        aria-pressed={hasNames}
        title="Look the addresses up in the collector's DNS"
        onClick={() => view.change({ names: hasNames ? undefined : '1' })}
      >
        Names
      </button>
    </>
  );
}

const SIDE_TITLES: Readonly<Record<Side, string>> = {
  all: 'All hosts',
  inside: 'Hosts of your networks',
  outside: 'Hosts beyond your networks',
};

function sideNamed(text: string | undefined): Side {
  return text !== undefined && text in SIDES ? (text as Side) : 'all';
}

function NoHosts({ view, side }: { readonly view: View; readonly side: Side }) {
  if (side !== 'all') {
    return (
      <Notice title={`No host ${side} in this time range`}>
        <p>
          What is inside the collector knows from the networks that it was told of (
          <code>--network-file</code>).
        </p>
        <button type="button" class="button" onClick={() => view.change({ side: undefined })}>
          Show all hosts
        </button>
      </Notice>
    );
  }
  return (
    <Notice title={view.filter === '' ? 'No host in this time range' : 'No host fits the filter'}>
      {view.filter !== '' && (
        <button type="button" class="button" onClick={() => view.change({ filter: undefined })}>
          Show all hosts
        </button>
      )}
    </Notice>
  );
}

type Roles = ReadonlyMap<string, BehaviourHost>;

/** Roles of hosts by their addresses, as of the last analysis. */
function useRoles(): Roles {
  const { data } = useAnswer({
    key: 'roles',
    ...WITH_BEHAVIOUR,
    load: (signal) => ask('/api/v1/behaviour/hosts', { limit: MOST_ROLES }, signal),
  });
  return useMemo(() => new Map((data?.hosts ?? []).map((host) => [host.host, host])), [data]);
}

interface Known {
  readonly roles: Roles;
  readonly names: ReadonlyMap<string, string>;
  readonly hasNames: boolean;
}

function columnsOf(ranking: HostRanking, { roles, names, hasNames }: Known): Column<BothWays>[] {
  const { rows, total, window } = ranking;
  const largest = Math.max(...rows.map(octetsOf), 1);
  const seconds = (window.to - window.from) / 1000;
  const rate = (side: 'in' | 'out', title: string): Column<BothWays> => ({
    id: side,
    title,
    kind: 'number',
    width: '104px',
    value: (row) => row[side].octets / seconds,
    show: (row) => rateText(row[side].octets / seconds, 'octets'),
  });
  const name: Column<BothWays> = {
    id: 'name',
    title: 'Name in DNS',
    value: ({ key }) => names.get(key) ?? '',
    show: ({ key }) => names.get(key) ?? <span class="muted">{NO_VALUE}</span>,
  };
  return [
    {
      id: 'key',
      title: 'Host',
      value: ({ key }) => key,
      show: (row) => (
        <BarCell part={octetsOf(row) / largest}>
          <ValueButton dimension="host" value={row.key} />
        </BarCell>
      ),
    },
    ...(hasNames ? [name] : []),
    {
      id: 'roles',
      title: 'By its behaviour',
      room: 'wide',
      value: ({ key }) => roles.get(key)?.functional ?? '',
      show: ({ key }) => <RoleBadges host={roles.get(key)} />,
    },
    rate('in', 'In, average'),
    rate('out', 'Out, average'),
    amountColumn('octets', octetsOf, { room: 'wide' }),
    amountColumn('flows', flowsOf, { room: 'wide' }),
    shareColumn(octetsOf, () => total.octets),
  ];
}
