// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '@weir/wire';
import { useMemo, useState } from 'preact/hooks';
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { sinceStart, toRates } from '../../chart/rates';
import { Sparkline } from '../../chart/sparkline';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { formatCount, NO_VALUE } from '../../format/quantity';
import { formatAgo } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { rateText } from '../../view/shown';
import { freshnessOf, stepSecondsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { ExporterSheet } from './exporter-sheet';
import { droppedOf, exporterKey, exporterState, protocolTitle } from './exporter-state';
import { type Exporters, useExporters } from './use-exporters';

/** Addresses whose traffic is asked for; those beyond it have no curve. */
const MOST_CURVES = 50;

export interface ExporterTraffic {
  /** By address: the name that the network file or the exporter gives it. */
  readonly names: ReadonlyMap<string, string>;
  /** By address: octets a second over the window. */
  readonly curves: ReadonlyMap<string, readonly number[]>;
}

/** What exporters told of in the page's window. */
function useExporterTraffic({ time }: View) {
  return useAnswer({
    key: `exporter traffic ${timeParameter(time)}`,
    ...freshnessOf(time),
    load: async (signal): Promise<ExporterTraffic> => {
      const window = windowOf(time, Date.now());
      const by = ['exporterAddress' as const, 'exporterName' as const];
      const [named, series] = await Promise.all([
        ask('/api/v1/top', { by, limit: MOST_CURVES, ...window }, signal),
        askSeries(
          {
            ...{ by: ['exporterAddress'], limit: MOST_CURVES, ...window },
            stepSeconds: stepSecondsOf(window),
          },
          signal,
        ),
      ]);
      const rates = sinceStart(toRates(series, window.to), window.from);
      return {
        names: new Map(named.rows.map(({ keys }) => [keys[0] ?? '', keys[1] ?? ''])),
        curves: new Map(rates.series.map(({ key, rates: curve }) => [key, curve])),
      };
    },
  });
}

/** Every exporter with what came of it. */
export function ExporterList({ view }: { readonly view: View }) {
  const { data, error } = useExporters();
  const traffic = useExporterTraffic(view).data;
  const [opened, setOpened] = useState<string>();
  const columns = useMemo(() => data && columnsOf(data, traffic), [data, traffic]);
  const shown = data?.exporters.find((exporter) => exporterKey(exporter) === opened);
  return (
    <Panel
      title="Exporters"
      note={data && `${data.exporters.length} since the collector started`}
      testId="exporters"
      actions={
        <a class="panel-link" href={view.link('exporters', { tab: 'connect' })}>
          Connect another
        </a>
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={6} />}
      {data?.exporters.length === 0 && (
        <Notice title="No exporter has sent anything yet">
          <a class="button" href={view.link('exporters', { tab: 'connect' })}>
            Connect an exporter
          </a>
        </Notice>
      )}
      {data && columns && data.exporters.length > 0 && (
        <DataTable
          caption="Exporters with what came of each"
          columns={columns}
          rows={data.exporters}
          keyOf={exporterKey}
          sort={{ column: 'address', order: 'ascending' }}
          onOpen={(row) => setOpened(exporterKey(row))}
          testId="exporter-table"
        />
      )}
      {data && shown && (
        <ExporterSheet
          view={view}
          exporter={shown}
          name={traffic?.names.get(shown.exporterAddress) ?? ''}
          now={data.now}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Panel>
  );
}

function columnsOf(
  { now, rates }: Exporters,
  traffic: ExporterTraffic | undefined,
): readonly Column<Exporter>[] {
  const nameOf = ({ exporterAddress }: Exporter) => traffic?.names.get(exporterAddress) ?? '';
  const rateOf = (exporter: Exporter) => rates.get(exporterKey(exporter)) ?? Number.NaN;
  return [
    {
      id: 'address',
      title: 'Exporter',
      value: (row) => nameOf(row) || row.exporterAddress,
      show: (row) => <ExporterName address={row.exporterAddress} name={nameOf(row)} />,
    },
    stateColumn(now),
    {
      id: 'protocol',
      title: 'Protocol',
      width: '112px',
      room: 'wide',
      value: ({ exportProtocol }) => protocolTitle(exportProtocol),
    },
    number({
      ...{ id: 'domain', title: 'Domain', width: '76px' },
      value: ({ observationDomainId }) => observationDomainId,
      text: String,
    }),
    trafficColumn(traffic),
    {
      id: 'rate',
      title: 'Records/s',
      kind: 'number',
      width: '86px',
      value: rateOf,
      show: (row) => (Number.isNaN(rateOf(row)) ? NO_VALUE : formatCount(Math.round(rateOf(row)))),
    },
    number({ id: 'records', title: 'Records', width: '86px', value: ({ records }) => records }),
    {
      ...number({ id: 'lost', title: 'Lost', width: '66px', value: ({ lostUnits }) => lostUnits }),
      room: 'always',
    },
    number({ id: 'dropped', title: 'Dropped', width: '80px', value: droppedOf }),
    number({
      ...{ id: 'templates', title: 'Templates', width: '86px' },
      value: ({ templates }) => templates,
    }),
    number({
      ...{ id: 'sampling', title: 'Sampling', width: '84px' },
      value: ({ samplingInterval }) => samplingInterval,
      text: (interval) => (interval > 1 ? `1 in ${formatCount(interval)}` : 'none'),
    }),
    {
      id: 'seen',
      title: 'Last record',
      kind: 'number',
      width: '112px',
      room: 'wide',
      value: ({ lastSeenMilliseconds }) => lastSeenMilliseconds,
      show: ({ lastSeenMilliseconds }) => formatAgo(now - lastSeenMilliseconds),
    },
  ];
}

interface NumberColumn extends Pick<Column<Exporter>, 'id' | 'title' | 'width'> {
  readonly value: (row: Exporter) => number;
  readonly text?: (value: number) => string;
}

function number({ value, text = formatCount, ...column }: NumberColumn): Column<Exporter> {
  return {
    ...{ ...column, kind: 'number', room: 'wide', value },
    show: (row) => text(value(row)),
  };
}

function stateColumn(now: number): Column<Exporter> {
  return {
    id: 'state',
    title: 'State',
    width: '96px',
    value: (row) => exporterState(row, now).text,
    show: (row) => {
      const { kind, text, advice } = exporterState(row, now);
      return (
        <span class={`badge badge-${kind}`} title={advice}>
          {text}
        </span>
      );
    },
  };
}

function trafficColumn(traffic: ExporterTraffic | undefined): Column<Exporter> {
  const curveOf = ({ exporterAddress }: Exporter) => traffic?.curves.get(exporterAddress) ?? [];
  const mean = (row: Exporter) => {
    const curve = curveOf(row);
    return curve.length === 0
      ? Number.NaN
      : curve.reduce((sum, value) => sum + value, 0) / curve.length;
  };
  return {
    id: 'traffic',
    title: 'Traffic',
    kind: 'number',
    width: '190px',
    room: 'wide',
    value: mean,
    // Not answered yet, or none of those that were asked for: that is not nothing.
    show: (row) =>
      curveOf(row).length === 0 ? (
        NO_VALUE
      ) : (
        <span class="cell-curve">
          <Sparkline values={curveOf(row)} />
          <span class="cell-curve-text">{rateText(mean(row), 'octets')}</span>
        </span>
      ),
  };
}

/** The name first where there is one; the address always. */
function ExporterName({ address, name }: { readonly address: string; readonly name: string }) {
  return (
    <span class="cell-name" title={`${name} ${address}`.trim()}>
      {name !== '' && <span>{name} </span>}
      <span class={name === '' ? undefined : 'muted'}>{address}</span>
    </span>
  );
}
