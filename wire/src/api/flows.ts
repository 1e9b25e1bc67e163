// SPDX-License-Identifier: Apache-2.0
// What the collector's HTTP API says about flows. Times are milliseconds since the Unix epoch.
import Type, { type Static, type TObject } from 'typebox';
import { FLOW_COLUMNS } from '../generated/flow-columns.js';
import { Missing, TableName } from './answers.js';

/** Numbers and texts as the API gives columns: times in ms, addresses as people write them. */
const COLUMN_SCHEMAS = {
  time: (about: string) => Type.Number({ description: `${about}, ms since the epoch` }),
  u64: (about: string) => Type.Number({ description: about }),
  u32: (about: string) => Type.Integer({ description: about }),
  u16: (about: string) => Type.Integer({ description: about }),
  u8: (about: string) => Type.Integer({ description: about }),
  address: (about: string) => Type.String({ description: `${about}; IPv4 dotted or IPv6` }),
  name: (about: string) => Type.String({ description: about }),
} as const;

type FlowColumn = (typeof FLOW_COLUMNS)[number];
export type FlowColumnName = FlowColumn['name'];
/** One exported flow record (one direction) as it is stored. */
export type Flow = {
  [Column in FlowColumn as Column['name']]: Column['kind'] extends 'address' | 'name'
    ? string
    : number;
};
export const Flow = Type.Unsafe<Flow>(
  Type.Object(
    Object.fromEntries(
      FLOW_COLUMNS.map(({ name, kind, about }) => [name, COLUMN_SCHEMAS[kind](about)]),
    ),
  ),
);

/** What records can be sorted by; a "-" in front means the largest first. */
export const FLOW_SORTS = [
  'flowEndMilliseconds',
  'flowStartMilliseconds',
  'receivedMilliseconds',
  'octets',
  'packets',
  'durationMilliseconds',
] as const;
export type FlowSort = `${'' | '-'}${(typeof FLOW_SORTS)[number]}`;
export const FlowSort = Type.Unsafe<FlowSort>(
  Type.Union(FLOW_SORTS.flatMap((name) => [Type.Literal(`-${name}`), Type.Literal(name)])),
);

/** With `fields` the records have only these. */
export type FlowsResponse = {
  flows: Flow[];
  table: string;
  missing: Missing;
  cursor?: string;
};
export const FlowsResponse = Type.Unsafe<FlowsResponse>(
  Type.Object({
    flows: Type.Array(Type.Partial(Flow as unknown as TObject)),
    table: TableName,
    missing: Missing,
    cursor: Type.Optional(
      Type.String({ description: 'there are more: ask again with it; absent on the last page' }),
    ),
  }),
);

export const ApplicationsResponse = Type.Object({
  applications: Type.Array(
    Type.Object({
      applicationId: Type.String({ description: 'engine:selector (RFC 6759), e.g. "6:22"' }),
      applicationName: Type.String(),
      applicationDescription: Type.String(),
    }),
  ),
});
export type ApplicationsResponse = Static<typeof ApplicationsResponse>;

export const Exporter = Type.Object({
  exporterAddress: Type.String(),
  exportProtocol: Type.String({
    description: 'netflow1, netflow5, netflow7, netflow9, ipfix or sflow5',
  }),
  session: Type.Number({ description: 'of a TCP or TLS connection; 0: UDP' }),
  observationDomainId: Type.Integer(),
  datagrams: Type.Number(),
  octets: Type.Number(),
  records: Type.Number(),
  lostUnits: Type.Number({
    description:
      'gaps in the sequence: flows (v5, v7), export packets (v9), data records (IPFIX) or datagrams (sFlow)',
  }),
  gaps: Type.Number(),
  lateDatagrams: Type.Number(),
  duplicateDatagrams: Type.Number(),
  restarts: Type.Number({ description: 'the exporter began anew' }),
  templates: Type.Integer(),
  applications: Type.Integer({ description: 'entries of its application table' }),
  interfaces: Type.Integer({ description: 'that it has named' }),
  samplers: Type.Integer(),
  samplingInterval: Type.Integer({ description: 'as last used; 1: nothing is sampled' }),
  optionsRecords: Type.Number(),
  unknownTemplateSets: Type.Number({ description: 'that had to wait for their template' }),
  clockSkewMilliseconds: Type.Number({
    description: 'time received - time of export, of the last datagram',
  }),
  leastClockSkewMilliseconds: Type.Number(),
  exportedFlowRecords: Type.Number({ description: 'by its own count; 0 where it does not tell' }),
  notSentFlows: Type.Number({ description: 'by its own count' }),
  ignoredPackets: Type.Number({ description: 'by its own count' }),
  dropsByReason: Type.Record(Type.String(), Type.Number(), {
    description:
      'what of its datagrams was not taken, by the reasons of the health; only reasons that happened. What says too little to tell whose it is counts for the collector alone',
  }),
  firstSeenMilliseconds: Type.Number(),
  lastSeenMilliseconds: Type.Number(),
});
export type Exporter = Static<typeof Exporter>;
export const ExportersResponse = Type.Object({ exporters: Type.Array(Exporter) });
export type ExportersResponse = Static<typeof ExportersResponse>;

export const HealthResponse = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  version: Type.String(),
  uptimeSeconds: Type.Number(),
  problems: Type.Array(Type.String(), {
    description: 'what is wrong and what to do; empty when ok',
  }),
  receive: Type.Object({
    listens: Type.Array(
      Type.Object({
        transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')]),
        host: Type.String(),
        port: Type.Integer(),
      }),
      { description: 'where exporters send to' },
    ),
    addresses: Type.Array(Type.String(), {
      description: 'of this machine, as it knows them; behind address translation it has others',
    }),
    allowedExporters: Type.Array(Type.String(), {
      description: 'who may send; empty: everybody',
    }),
    datagrams: Type.Number(),
    octets: Type.Number(),
    records: Type.Number(),
    dropsByReason: Type.Record(Type.String(), Type.Number()),
    counters: Type.Record(Type.String(), Type.Number(), {
      description: 'everything that the receiving threads count, by name',
    }),
  }),
  store: Type.Object({
    engine: Type.String(),
    storedRecords: Type.Number(),
    pendingRecords: Type.Number(),
    failedInserts: Type.Number(),
    octets: Type.Number({ description: 'of all tables on disk' }),
    mostOctets: Type.Number({ description: 'beyond it the oldest partitions are dropped' }),
    droppedForSize: Type.Number({
      description: 'partitions that were dropped because of the size limit since the start',
    }),
    migration: Type.Optional(Type.String({ description: 'how far older tables are in shape' })),
    tables: Type.Array(
      Type.Object({
        name: Type.String(),
        rows: Type.Number(),
        octets: Type.Number(),
        completeFrom: Type.Number({
          description: 'ms since the epoch: of what ended before, records may be missing',
        }),
      }),
    ),
    spool: Type.Object({
      files: Type.Number({ description: 'that wait for the store' }),
      octets: Type.Number(),
      mostOctets: Type.Number({ description: 'beyond it the oldest records are dropped' }),
      filesSetAside: Type.Number({ description: 'half-written or not readable' }),
    }),
  }),
  decide: Type.Object({
    rules: Type.Integer(),
    decisions: Type.Integer(),
    revision: Type.Integer(),
    trackedKeys: Type.Integer({
      description: 'flows, hosts and networks that thresholds of rules count for',
    }),
    mostTrackedKeys: Type.Integer(),
    givenUpKeys: Type.Integer({ description: 'that others took the room of' }),
    waiting: Type.Integer({ description: 'streams and long polls of decisions' }),
    refusedWaiting: Type.Integer({
      description: 'that found no place: too many in all, or of one user or key',
    }),
  }),
  site: Type.Optional(
    Type.Object({
      kind: Type.Union([Type.Literal('local'), Type.Literal('redis')]),
      isConnected: Type.Boolean(),
      publishedTemplates: Type.Integer(),
      importedTemplates: Type.Integer(),
      passedOverTemplates: Type.Integer({ description: 'too many, too large, or not readable' }),
      missedWindows: Type.Integer({ description: 'live sums that did not reach the others' }),
    }),
  ),
  influxdb: Type.Optional(
    Type.Object({
      target: Type.String({ description: 'without user and password' }),
      countedRecords: Type.Integer(),
      movedRecords: Type.Integer({
        description: 'counted in the present step: their own time is too long ago, or to come',
      }),
      openSteps: Type.Integer(),
      writtenPoints: Type.Integer(),
      waitingFiles: Type.Integer(),
      waitingBytes: Type.Integer(),
      failedWrites: Type.Integer(),
      refusedFiles: Type.Integer({ description: 'that InfluxDB will never take' }),
      droppedPoints: Type.Integer({ description: 'because it was away for too long' }),
    }),
  ),
});
export type HealthResponse = Static<typeof HealthResponse>;

/** Events of `GET /api/v1/stream` (SSE), each with its own kind of data: LiveFlows, LiveTotals, LiveChange. */
export const LIVE_EVENTS = ['flows', 'totals', 'changed'] as const;
export type LiveEventName = (typeof LIVE_EVENTS)[number];
export const LiveFlows = Type.Object({
  flows: Type.Array(Flow, { description: 'newest first' }),
});
export type LiveFlows = Static<typeof LiveFlows>;
export const LiveTotals = Type.Object({
  time: Type.Number(),
  flowsPerSecond: Type.Number(),
  octetsPerSecond: Type.Number(),
  packetsPerSecond: Type.Number(),
});
export type LiveTotals = Static<typeof LiveTotals>;

/**
 * What answers are about that change by themselves: `flows` in the store (an insert fills all of its tables),
 * `decisions` that stand, what `gateways` report, and what the last analysis of `behaviour` says.
 */
export const LIVE_TOPICS = ['flows', 'decisions', 'gateways', 'behaviour'] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];
/** Who asks about these topics again gets another answer than before. */
export interface LiveChange {
  readonly topics: readonly LiveTopic[];
}

export const ErrorResponse = Type.Object({
  code: Type.String({ description: 'stable, e.g. WEIR_API_UNKNOWN_RULE' }),
  message: Type.String({ description: 'what happened and what to do' }),
  at: Type.Optional(
    Type.Object(
      { from: Type.Integer(), to: Type.Integer() },
      { description: 'where in the filter; offsets of UTF-16 units' },
    ),
  ),
});
export type ErrorResponse = Static<typeof ErrorResponse>;
