// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '@weir/wire';
import { ask } from '../../api/client';
import { WITH_RECORDS } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { ValueButton } from '../../control/value-menu';
import { formatCount } from '../../format/quantity';
import { formatAgo } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { knownPages } from '../../view/known-pages';
import type { View } from '../../view/view';
import { exporterKey, exporterState, protocolTitle } from '../exporters/exporter-state';

const MOST_ROWS = 8;

/** Who tells of the traffic, and whether all of it arrives. */
export function ExporterHealth({ view }: { readonly view: View }) {
  const { data, error } = useAnswer({
    key: 'exporters',
    ...WITH_RECORDS,
    load: async (signal) => {
      const { exporters } = await ask('/api/v1/exporters', {}, signal);
      return { exporters, now: Date.now() };
    },
  });
  const rows = data && [...data.exporters].sort((a, b) => b.records - a.records);
  return (
    <Panel
      title="Exporters"
      note={rows && rows.length > MOST_ROWS ? `${MOST_ROWS} of ${rows.length}` : undefined}
      testId="exporters"
      actions={
        knownPages.value.has('exporters') && (
          <a class="panel-link" href={view.link('exporters')}>
            All
          </a>
        )
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {rows?.length === 0 && (
        <Notice title="No exporter yet">
          <p>Point a router’s NetFlow, IPFIX or sFlow export at this collector’s UDP port.</p>
        </Notice>
      )}
      {rows && rows.length > 0 && (
        <DataTable
          caption="Exporters with what came of each"
          columns={columnsAt(data.now)}
          rows={rows.slice(0, MOST_ROWS)}
          keyOf={exporterKey}
        />
      )}
    </Panel>
  );
}

function columnsAt(now: number): Column<Exporter>[] {
  const silence = ({ lastSeenMilliseconds }: Exporter) => Math.max(0, now - lastSeenMilliseconds);
  return [
    {
      id: 'address',
      title: 'Exporter',
      value: ({ exporterAddress }) => exporterAddress,
      show: ({ exporterAddress }) => (
        <ValueButton dimension="exporterAddress" value={exporterAddress} />
      ),
    },
    {
      id: 'protocol',
      title: 'Protocol',
      width: '84px',
      value: ({ exportProtocol }) => protocolTitle(exportProtocol),
    },
    {
      id: 'records',
      title: 'Records',
      kind: 'number',
      width: '84px',
      value: ({ records }) => records,
      show: ({ records }) => formatCount(records),
    },
    {
      id: 'lost',
      title: 'Lost',
      kind: 'number',
      width: '64px',
      room: 'wide',
      value: ({ lostUnits }) => lostUnits,
      show: ({ lostUnits }) => formatCount(lostUnits),
    },
    {
      id: 'state',
      title: 'Last heard',
      width: '148px',
      value: silence,
      show: (row) => <State exporter={row} now={now} />,
    },
  ];
}

function State({ exporter, now }: { readonly exporter: Exporter; readonly now: number }) {
  const { kind, text, advice } = exporterState(exporter, now);
  return (
    <>
      <span class={`badge badge-${kind}`} title={advice}>
        {text}
      </span>{' '}
      <span class="muted">{formatAgo(now - exporter.lastSeenMilliseconds)}</span>
    </>
  );
}
