// SPDX-License-Identifier: Apache-2.0
// The collector's own state: what it has taken, what it has not and why, what is full, what is away.
import type { HealthResponse } from '@weir/wire';
import { ask } from '../../api/client';
import { WITH_RECORDS } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { type FactProps, Facts } from '../../control/facts';
import { Meter } from '../../control/meter';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { formatCount, formatOctets } from '../../format/quantity';
import { formatDuration } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { prefixKind } from '../../view/preferences';
import { momentText } from '../../view/shown';
import { dropReasonText } from './exporter-state';

export function CollectorHealth() {
  const { data, error } = useAnswer({
    key: 'health',
    ...WITH_RECORDS,
    load: (signal) => ask('/api/v1/health', {}, signal),
  });
  if (!data) return error ? <ErrorNotice error={error} /> : <Skeleton rows={8} />;
  return (
    <div class="page-stack">
      <Problems health={data} />
      <div class="page-columns">
        <Receiving health={data} />
        <Store health={data} />
        {data.influxdb && <Influx influx={data.influxdb} />}
        {data.site && <Site site={data.site} />}
      </div>
      <Drops health={data} />
      <Tables health={data} />
      <Counters health={data} />
    </div>
  );
}

type PartProps = { readonly health: HealthResponse };
const octetsText = (octets: number): string => formatOctets(octets, prefixKind.value);

function Problems({ health: { problems, uptimeSeconds, version } }: PartProps) {
  return (
    <Panel
      title={problems.length === 0 ? 'All is well' : 'What is wrong, and what to do'}
      note={`Weir ${version}, running for ${formatDuration(uptimeSeconds * 1000)}`}
      testId="problems"
    >
      {problems.length === 0 ? (
        <p class="muted">The collector reports no problem.</p>
      ) : (
        <ul class="problems">
          {problems.map((problem) => (
            <li key={problem} class="advice">
              {problem}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Receiving({ health: { receive } }: PartProps) {
  const { listens, allowedExporters, datagrams, octets, records, dropsByReason } = receive;
  const dropped = Object.values(dropsByReason).reduce((sum, count) => sum + count, 0);
  const facts: FactProps[] = [
    { term: 'Datagrams and messages', value: formatCount(datagrams) },
    { term: 'Octets', value: octetsText(octets) },
    { term: 'Records', value: formatCount(records) },
    { term: 'Dropped, for all reasons', value: formatCount(dropped) },
    {
      term: 'Taken from',
      value: allowedExporters.length === 0 ? 'everybody' : allowedExporters.join(', '),
      about: '--allow-exporter',
    },
    {
      term: 'Listens on',
      value: listens.map(({ transport, host, port }) => (
        <span key={`${transport} ${host} ${port}`} class="line">
          {transport.toUpperCase()} {host.includes(':') ? `[${host}]` : host}:{port}
        </span>
      )),
    },
  ];
  return (
    <Panel title="Receiving" testId="receiving">
      <Facts facts={facts} />
    </Panel>
  );
}

function Store({ health: { store } }: PartProps) {
  const { octets, mostOctets, spool } = store;
  const facts: FactProps[] = [
    { term: 'Engine', value: store.engine },
    { term: 'Records stored', value: formatCount(store.storedRecords) },
    { term: 'Waiting to be stored', value: formatCount(store.pendingRecords) },
    { term: 'Failed inserts', value: formatCount(store.failedInserts) },
    {
      term: 'Partitions dropped for the size limit',
      value: formatCount(store.droppedForSize),
      about: 'since the start; --store-size',
    },
    { term: 'Files in the spool', value: formatCount(spool.files) },
    {
      term: 'Files set aside',
      value: formatCount(spool.filesSetAside),
      about: 'half-written, or refused by the store',
    },
  ];
  return (
    <Panel title="Store" note={store.migration} testId="store">
      <div class="meters">
        <Meter
          label="On disk"
          value={octets}
          most={mostOctets}
          text={`${octetsText(octets)} of ${octetsText(mostOctets)}`}
        />
        <Meter
          label="Spool"
          value={spool.octets}
          most={spool.mostOctets}
          text={`${octetsText(spool.octets)} of ${octetsText(spool.mostOctets)}`}
        />
      </div>
      <Facts facts={facts} />
    </Panel>
  );
}

function Influx({ influx }: { readonly influx: NonNullable<HealthResponse['influxdb']> }) {
  const facts: FactProps[] = [
    { term: 'Writes to', value: influx.target },
    { term: 'Records counted', value: formatCount(influx.countedRecords) },
    { term: 'Points written', value: formatCount(influx.writtenPoints) },
    { term: 'Steps that are open', value: formatCount(influx.openSteps) },
    {
      term: 'Waiting',
      value: `${formatCount(influx.waitingFiles)} files, ${octetsText(influx.waitingBytes)}`,
    },
    { term: 'Failed writes', value: formatCount(influx.failedWrites) },
    { term: 'Files that it refuses', value: formatCount(influx.refusedFiles) },
    {
      term: 'Points dropped',
      value: formatCount(influx.droppedPoints),
      about: 'because it was away for too long',
    },
    {
      term: 'Records counted in another step',
      value: formatCount(influx.movedRecords),
      about: 'their own time is too long ago, or to come',
    },
  ];
  return (
    <Panel title="InfluxDB" testId="influxdb">
      <Facts facts={facts} />
    </Panel>
  );
}

function Site({ site }: { readonly site: NonNullable<HealthResponse['site']> }) {
  if (site.kind === 'local') return null;
  const facts: FactProps[] = [
    {
      term: 'State',
      value: (
        <span class={`badge badge-${site.isConnected ? 'ok' : 'danger'}`}>
          {site.isConnected ? 'connected' : 'away'}
        </span>
      ),
    },
    { term: 'Templates published', value: formatCount(site.publishedTemplates) },
    { term: 'Templates of other collectors', value: formatCount(site.importedTemplates) },
    { term: 'Templates passed over', value: formatCount(site.passedOverTemplates) },
    { term: 'Live sums that did not get through', value: formatCount(site.missedWindows) },
  ];
  return (
    <Panel title="Redis" note="what collectors of a site share" testId="site">
      <Facts facts={facts} />
    </Panel>
  );
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

const byName = (counters: Readonly<Record<string, number>>): Counted[] =>
  Object.entries(counters).map(([name, count]) => ({ name, count }));

const DROP_COLUMNS: readonly Column<Counted>[] = [
  {
    id: 'about',
    title: 'What was dropped',
    value: ({ name }) => dropReasonText(name) || name,
    show: ({ name }) => <span title={dropReasonText(name)}>{dropReasonText(name) || name}</span>,
  },
  {
    id: 'name',
    title: 'Reason',
    width: '200px',
    room: 'wide',
    value: ({ name }) => name,
    show: ({ name }) => <code>{name}</code>,
  },
  countColumn(),
];

function countColumn(): Column<Counted> {
  return {
    ...{ id: 'count', title: 'Count', kind: 'number', width: '96px' },
    value: ({ count }) => count,
    show: ({ count }) => formatCount(count),
  };
}

/** Those that happened; the others are named below, for a zero is an answer. */
function Drops({ health: { receive } }: PartProps) {
  const all = byName(receive.dropsByReason);
  const happened = all.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const others = all.filter(({ count }) => count === 0);
  return (
    <Panel title="Drops by reason" note="since the start" testId="drops">
      {happened.length === 0 ? (
        <p class="muted">Nothing was dropped, for none of {all.length} reasons.</p>
      ) : (
        <DataTable
          caption="What was dropped, by reason"
          columns={DROP_COLUMNS}
          rows={happened}
          keyOf={({ name }) => name}
        />
      )}
      {others.length > 0 && (
        <details class="more">
          <summary>{others.length} reasons that did not happen</summary>
          <DataTable
            caption="Reasons for drops that did not happen"
            columns={DROP_COLUMNS}
            rows={others}
            keyOf={({ name }) => name}
          />
        </details>
      )}
    </Panel>
  );
}

type StoredTable = HealthResponse['store']['tables'][number];

const TABLE_COLUMNS: readonly Column<StoredTable>[] = [
  {
    id: 'name',
    title: 'Table',
    value: ({ name }) => name,
    show: ({ name }) => <code>{name}</code>,
  },
  {
    ...{ id: 'rows', title: 'Rows', kind: 'number', width: '96px' },
    value: ({ rows }) => rows,
    show: ({ rows }) => formatCount(rows),
  },
  {
    ...{ id: 'octets', title: 'On disk', kind: 'number', width: '96px' },
    value: ({ octets }) => octets,
    show: ({ octets }) => octetsText(octets),
  },
  {
    ...{ id: 'from', title: 'Complete since', kind: 'number', width: '190px', room: 'wide' },
    value: ({ completeFrom }) => completeFrom,
    show: ({ completeFrom }) => (completeFrom === 0 ? 'the beginning' : momentText(completeFrom)),
  },
];

function Tables({ health: { store } }: PartProps) {
  return (
    <Panel title="Tables of the store" note="single records, and sums by time" testId="tables">
      <DataTable
        caption="Tables of the store"
        columns={TABLE_COLUMNS}
        rows={store.tables}
        keyOf={({ name }) => name}
      />
    </Panel>
  );
}

const COUNTER_COLUMNS: readonly Column<Counted>[] = [
  {
    id: 'name',
    title: 'Counter',
    value: ({ name }) => name,
    show: ({ name }) => <code>{name}</code>,
  },
  countColumn(),
];

/** For who compares with the metrics. */
function Counters({ health: { receive } }: PartProps) {
  return (
    <details class="more">
      <summary>Everything that the receiving threads count</summary>
      <Panel title="Counters" testId="counters">
        <DataTable
          caption="Counters of the receiving threads"
          columns={COUNTER_COLUMNS}
          rows={byName(receive.counters)}
          keyOf={({ name }) => name}
        />
      </Panel>
    </details>
  );
}
