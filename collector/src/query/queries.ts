// SPDX-License-Identifier: Apache-2.0
import type {
  Dimension,
  Flow,
  FlowsResponse,
  Metric,
  SeriesResponse,
  TopResponse,
  TopRow,
} from '@weir/wire';
import type { FlowStore } from '../store/flow-store.js';
import { type Filter, plainText } from './filter.js';
import {
  flowsStatement,
  recentFlowsStatement,
  type SeriesOptions,
  seriesStatement,
  type TopOptions,
  topStatement,
  totalStatement,
} from './statements.js';
import { bucketTimes } from './steps.js';

/** A flow's 5-tuple with the time of its newest record. */
export interface RecentFlow {
  readonly protocolIdentifier: number;
  readonly sourceAddress: string;
  readonly sourceTransportPort: number;
  readonly destinationAddress: string;
  readonly destinationTransportPort: number;
  readonly seenMilliseconds: number;
}

interface Grouping {
  readonly by: Dimension;
  readonly metric: Metric;
}
export type TopAnswer = Omit<TopResponse, keyof Grouping> & Grouping;
export type SeriesAnswer = Omit<SeriesResponse, keyof Grouping> & Grouping;

/** The API's questions, asked of a store. */
export interface Queries {
  flows(filter: Filter, limit: number): Promise<FlowsResponse>;
  top(options: TopOptions): Promise<TopAnswer>;
  series(options: SeriesOptions): Promise<SeriesAnswer>;
  recentFlows(options: Parameters<typeof recentFlowsStatement>[0]): Promise<RecentFlow[]>;
}

export function createQueries(store: FlowStore): Queries {
  return {
    flows: async (filter, limit) => {
      const rows = await store.query<FlowRow>(flowsStatement(filter, limit));
      return { flows: rows.map(flowOf) };
    },
    top: async (options) => {
      const [rows, [total]] = await Promise.all([
        store.query<SumRow & { key: string }>(topStatement(options)),
        store.query<SumRow>(totalStatement(options.filter)),
      ]);
      const { by, metric, filter } = options;
      const sums = total ?? { octetSum: 0, packetSum: 0, flowSum: 0 };
      return {
        by,
        metric,
        from: filter.from,
        to: filter.to,
        rows: rows.map(topRow),
        total: sumsOf(sums),
      };
    },
    series: async (options) => {
      const rows = await store.query<SeriesRow>(seriesStatement(options));
      return seriesOf(options, rows);
    },
    recentFlows: async (options) => {
      const rows = await store.query<RecentFlow>(recentFlowsStatement(options));
      return rows.map((row) => ({
        ...row,
        sourceAddress: plainText(row.sourceAddress),
        destinationAddress: plainText(row.destinationAddress),
      }));
    },
  };
}

interface SumRow {
  readonly octetSum: number;
  readonly packetSum: number;
  readonly flowSum: number;
}

function sumsOf(row: SumRow): TopResponse['total'] {
  return {
    octets: Number(row.octetSum),
    packets: Number(row.packetSum),
    flows: Number(row.flowSum),
  };
}

function topRow(row: SumRow & { readonly key: string }): TopRow {
  return { key: plainText(row.key), ...sumsOf(row) };
}

type FlowRow = Omit<
  Flow,
  'flowStartMilliseconds' | 'flowEndMilliseconds' | 'receivedMilliseconds'
> & {
  readonly flowStart: number;
  readonly flowEnd: number;
  readonly received: number;
};

function flowOf({ flowStart, flowEnd, received, ...rest }: FlowRow): Flow {
  return {
    ...rest,
    flowStartMilliseconds: flowStart,
    flowEndMilliseconds: flowEnd,
    receivedMilliseconds: received,
    exporterAddress: plainText(rest.exporterAddress),
    sourceAddress: plainText(rest.sourceAddress),
    destinationAddress: plainText(rest.destinationAddress),
  };
}

interface SeriesRow {
  readonly bucket: number;
  readonly isOther: number;
  readonly key: string;
  readonly value: number;
}

/** The key of the sum of everything beyond the limit. What an exporter calls so is summed up with it. */
const OTHER = 'other';

function seriesOf(options: SeriesOptions, rows: readonly SeriesRow[]): SeriesAnswer {
  const { by, metric, stepSeconds, filter } = options;
  const times = bucketTimes(filter, stepSeconds);
  const first = (times[0] ?? 0) / (stepSeconds * 1000);
  const named = new Map<string, number[]>();
  const other: number[] = times.map(() => 0);
  for (const { bucket, isOther, key, value } of rows) {
    const rest = isOther || key === OTHER;
    const values = rest ? other : (named.get(key) ?? times.map(() => 0));
    values[bucket - first] = (values[bucket - first] ?? 0) + Number(value);
    if (!rest) named.set(key, values);
  }
  const series = [...named].map(([key, values]) => ({ key: plainText(key), values }));
  series.sort((a, b) => sum(b.values) - sum(a.values) || (a.key < b.key ? -1 : 1));
  if (sum(other) > 0) series.push({ key: OTHER, values: other });
  return { by, metric, stepSeconds, times, series };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
