// SPDX-License-Identifier: Apache-2.0
// Answers of the collector as tables.
import {
  type ApplicationsResponse,
  type BehaviourHostsResponse,
  type CompareResponse,
  type ExportersResponse,
  type Flow,
  type FlowsResponse,
  type InterfacesResponse,
  isTwoSided,
  lettersOfFlags,
  type MatrixResponse,
  type Metric,
  protocolName,
  type RulesResponse,
  type SeriesResponse,
  type Sums,
  type TopResponse,
} from '@weir/wire';
import { columnPlot, sparkline } from './plot.js';
import { shareText, shortNumber } from './quantity.js';
import type { AnswerTable, Cell } from './table.js';

const METRICS = ['octets', 'packets', 'flows'] as const;
const UNIT: Readonly<Record<Metric, string>> = {
  octets: 'bytes',
  packets: 'packets',
  flows: 'flows',
};

/** Local time: what people have typed, too. */
export function timeText(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().replace('T', ' ').slice(0, 19);
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const shown = (key: string): string => (key === '' ? '(none)' : key);
const exact = (sums: Sums): number[] => METRICS.map((metric) => sums[metric]);
const brief = (sums: Sums): string[] => METRICS.map((metric) => shortNumber(sums[metric]));

function windowNote({ from, to, table }: { from: number; to: number; table: string }): string {
  return `${timeText(from)} to ${timeText(to)}, answered from ${table}`;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Says what the store no longer has for an answer; nothing where it is whole. */
export function missingNotes(missing: readonly Span[]): string[] {
  if (missing.length === 0) return [];
  const spans = missing.map(({ from, to }) => `${timeText(from)} to ${timeText(to)}`);
  return [
    `incomplete: what ended from ${spans.join(' and from ')} is no longer kept as this question needs it`,
  ];
}

/** Somebody who sees nothing wants to know whether there is nothing. */
function emptyNotes(rows: readonly unknown[]): string[] {
  return rows.length > 0
    ? []
    : ['nothing here: --last 90d reaches further back, "weir query exporters" says who sends'];
}

/** Keys with their sums; the rest and the whole are the last rows. */
export function topTable(answer: TopResponse): AnswerTable {
  const { by, metric, rows, other, total } = answer;
  const blank = by.slice(1).map(() => '');
  const ends: [string, Sums][] = [
    ['(other)', other],
    ['(all)', total],
  ];
  const all = [
    ...rows.map((row) => ({ keys: row.keys.map(shown), sums: row as Sums })),
    ...ends.map(([name, sums]) => ({ keys: [name, ...blank], sums })),
  ];
  const heading = METRICS.map((name) => UNIT[name]);
  // A key of both ends has a part of the flows, but the sum of several has flows twice: it is no part of the whole.
  const isShare = (name: string | undefined) => name !== '(other)' || !by.some(isTwoSided);
  return {
    heading: [...by, ...heading],
    rows: all.map(({ keys, sums }) => [...keys, ...exact(sums)]),
    short: {
      heading: [...by, ...heading, `% ${UNIT[metric]}`],
      rows: all.map(({ keys, sums }) => [
        ...keys,
        ...brief(sums),
        isShare(keys[0]) ? shareText(sums[metric], total[metric]) : '',
      ]),
    },
    notes: [windowNote(answer), ...emptyNotes(rows), ...missingNotes(answer.missing)],
  };
}

function rateText(metric: Metric, stepSeconds: number): (sum: number) => string {
  return (sum) =>
    metric === 'octets'
      ? `${shortNumber((sum * 8) / stepSeconds)}bit/s`
      : `${shortNumber(sum / stepSeconds)}/s`;
}

/** A plot of the whole, and a line for each key. */
export function seriesTable(answer: SeriesResponse, width: number): AnswerTable {
  const { metric, times, series, stepSeconds, previous } = answer;
  const rate = rateText(metric, stepSeconds);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const whole = times.map((_, i) =>
    series.reduce((total, { values }) => total + (values[i] ?? 0), 0),
  );
  const columns = Math.min(width, 100);
  const before = (key: string) =>
    sum(previous?.series.find((row) => row.key === key)?.values ?? []);
  const label = rate;
  return {
    heading: ['time', ...series.map(({ key }) => shown(key))],
    rows: times.map((time, i) => [timeText(time), ...series.map(({ values }) => values[i] ?? 0)]),
    plot: columnPlot(whole, { width: columns, height: 8, label }),
    short: {
      heading: [UNIT[metric], 'sum', 'peak', ...(previous ? ['before'] : []), 'over time'],
      rows: series.map(({ key, values }) => [
        shown(key),
        shortNumber(sum(values)),
        rate(Math.max(...values, 0)),
        ...(previous ? [shortNumber(before(key))] : []),
        sparkline(values, Math.max(10, Math.min(60, columns - 40))),
      ]),
    },
    notes: [
      `steps of ${stepSeconds} s; ${windowNote(answer)}`,
      ...missingNotes([...(previous?.missing ?? []), ...answer.missing]),
    ],
  };
}

export function matrixTable(answer: MatrixResponse): AnswerTable {
  const { by, rows, columns, values, metric } = answer;
  const heading = [`${by[0]} \\ ${by[1]}`, ...columns.map(shown)];
  const lines = rows.map((row, i) => [shown(row), ...(values[i] ?? [])] as Cell[]);
  return {
    heading,
    rows: lines,
    short: {
      heading,
      rows: lines.map((line) =>
        line.map((cell) => (typeof cell === 'number' ? shortNumber(cell) : cell)),
      ),
    },
    notes: [`${UNIT[metric]}; ${windowNote(answer)}`, ...missingNotes(answer.missing)],
  };
}

export function compareTable(answer: CompareResponse): AnswerTable {
  const { by, rows, metric, against, other, total } = answer;
  const heading = [...by, 'now', 'before', 'change'];
  const all = [
    ...rows.map((row) => ({ ...row, keys: row.keys.map(shown) })),
    ...Object.entries({ '(other)': other, '(all)': total }).map(([name, sums]) => ({
      ...sums,
      change: sums.current - sums.previous,
      keys: [name, ...by.slice(1).map(() => '')],
    })),
  ];
  const growth = (current: number, previous: number) => {
    if (previous > 0) return `${(((current - previous) / previous) * 100).toFixed(0)}%`;
    return current > 0 ? 'new' : '';
  };
  return {
    heading,
    rows: all.map(({ keys, current, previous, change }) => [...keys, current, previous, change]),
    short: {
      heading: [...heading, '%'],
      rows: all.map(({ keys, current, previous, change }) => [
        ...keys,
        shortNumber(current),
        shortNumber(previous),
        `${change > 0 ? '+' : ''}${shortNumber(change)}`,
        growth(current, previous),
      ]),
    },
    notes: [
      `${UNIT[metric]}; ${windowNote(answer)}`,
      `against ${timeText(against.from)} to ${timeText(against.to)}`,
      ...missingNotes([...against.missing, ...answer.missing]),
    ],
  };
}

export function interfacesTable(answer: InterfacesResponse): AnswerTable {
  const { interfaces, other, truncated } = answer;
  const heading = [
    'exporter',
    'interface',
    'name',
    'bytes in',
    'bytes out',
    'flows in',
    'flows out',
  ];
  const all = [
    ...interfaces.map((row) => ({
      ...row,
      names: [row.exporterName || row.exporterAddress, String(row.interface), row.interfaceName],
    })),
    { ...other, names: ['(other)', '', ''] },
  ];
  const rowOf = (number: (value: number) => Cell) =>
    all.map((row) => [
      ...row.names,
      number(row.input.octets),
      number(row.output.octets),
      number(row.input.flows),
      number(row.output.flows),
    ]);
  return {
    heading,
    rows: rowOf((value) => value),
    short: { heading, rows: rowOf(shortNumber) },
    notes: [
      ...(truncated ? ['there are more; see -n'] : []),
      windowNote(answer),
      ...missingNotes(answer.missing),
    ],
  };
}

function flowRow(flow: Flow): Cell[] {
  return [
    timeText(flow.flowEndMilliseconds),
    flow.applicationName,
    protocolName(flow.protocolIdentifier),
    endpoint(flow.sourceAddress, flow.sourceTransportPort),
    endpoint(flow.destinationAddress, flow.destinationTransportPort),
    flow.packets,
    flow.octets,
  ];
}

/** Records; `columns` where the user chose them. */
export function flowsTable(answer: FlowsResponse, columns?: readonly string[]): AnswerTable {
  const { flows, cursor, missing } = answer;
  const notes = [
    ...(cursor === undefined ? [] : ['there are more; see -n, or "weir query export" for all']),
    ...emptyNotes(flows),
    ...missingNotes(missing),
  ];
  if (columns !== undefined) {
    const cells = (flow: Flow) => columns.map((column) => flow[column as keyof Flow] ?? '');
    return { heading: columns, rows: flows.map(cells), notes };
  }
  return {
    heading: [
      'start',
      'end',
      'ms',
      'application',
      'protocol',
      'source',
      'destination',
      'flags',
      'packets',
      'bytes',
      'exporter',
      'in',
      'out',
    ],
    rows: flows.map((flow) => {
      const [end, application, protocol, source, destination, packets, octets] = flowRow(flow) as [
        Cell,
        Cell,
        Cell,
        Cell,
        Cell,
        Cell,
        Cell,
      ];
      return [
        timeText(flow.flowStartMilliseconds),
        end,
        flow.flowEndMilliseconds - flow.flowStartMilliseconds,
        application,
        protocol,
        source,
        destination,
        flow.tcpControlBits === 0 ? '' : lettersOfFlags(flow.tcpControlBits),
        packets,
        octets,
        flow.exporterName || flow.exporterAddress,
        flow.ingressInterfaceName || flow.ingressInterface,
        flow.egressInterfaceName || flow.egressInterface,
      ];
    }),
    short: {
      heading: ['end', 'application', 'protocol', 'source', 'destination', 'packets', 'bytes'],
      rows: flows.map(flowRow),
    },
    notes,
  };
}

export function applicationsTable({ applications }: ApplicationsResponse): AnswerTable {
  return {
    heading: ['id', 'name', 'description'],
    rows: applications.map((row) => [
      row.applicationId,
      row.applicationName,
      row.applicationDescription,
    ]),
  };
}

export function behaviourTable({ hosts }: BehaviourHostsResponse): AnswerTable {
  return {
    heading: ['host', 'application', 'functional', 'social', 'peers', 'conversations', 'why p2p'],
    rows: hosts.map(({ host, application, functional, social, evidence, reasons }) => [
      host,
      application.join(' '),
      functional,
      social,
      evidence.peers,
      evidence.conversations,
      reasons.join(' '),
    ]),
  };
}

type Exporter = ExportersResponse['exporters'][number];

function exporterRow(row: Exporter): Cell[] {
  const { exporterAddress, exportProtocol, observationDomainId, datagrams, records } = row;
  const lastSeen = timeText(row.lastSeenMilliseconds);
  return [
    ...[exporterAddress, exportProtocol, observationDomainId],
    ...[datagrams, records, row.lostUnits, lastSeen],
  ];
}

/** Delays of networks and of exporters that send rarely stay below it. */
const WRONG_CLOCK_MS = 60_000;

/** A clock that was set right has been wrong, and what has waited comes late by a clock that is right. */
function clockNotes(exporters: readonly Exporter[]): string[] {
  const isWrong = (skewMs: number) => Math.abs(skewMs) > WRONG_CLOCK_MS;
  return exporters
    .filter((row) => isWrong(row.clockSkewMilliseconds) && isWrong(row.leastClockSkewMilliseconds))
    .map(({ exporterAddress, clockSkewMilliseconds: skewMs }) => {
      const seconds = Math.round(Math.abs(skewMs) / 1000).toLocaleString('en');
      const side = skewMs < 0 ? 'ahead' : 'behind';
      return `the clock of ${exporterAddress} is ${seconds} s ${side}: its flows stand at wrong times; use NTP`;
    });
}

/** Everything about an exporter is in the answer as JSON. */
export function exportersTable({ exporters }: ExportersResponse): AnswerTable {
  const heading = ['exporter', 'protocol', 'domain', 'datagrams', 'records', 'lost', 'last seen'];
  return {
    heading: [...heading, 'late', 'twice', 'restarts', 'ms of skew', 'sampling', 'dropped'],
    rows: exporters.map((row) => [
      ...exporterRow(row),
      ...[row.lateDatagrams, row.duplicateDatagrams, row.restarts],
      ...[row.clockSkewMilliseconds, row.samplingInterval],
      Object.values(row.dropsByReason).reduce((sum, count) => sum + count, 0),
    ]),
    short: { heading, rows: exporters.map(exporterRow) },
    notes: clockNotes(exporters),
  };
}

export function rulesTable({ rules }: RulesResponse): AnswerTable {
  return {
    heading: ['id', 'name', 'action', 'scope', 'filter', 'decisions'],
    rows: rules.map(({ id, name, action, scope, filter, activity }) => [
      id,
      name,
      action.kind,
      scope,
      filter,
      activity.decisions,
    ]),
  };
}
