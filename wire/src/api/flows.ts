// SPDX-License-Identifier: Apache-2.0
// What the collector's HTTP API says about flows. Times are milliseconds since the Unix epoch.
import Type, { type Static } from 'typebox';

/** Dimensions that flows can be grouped and filtered by: columns of the store, IANA names where one exists. */
export const DIMENSIONS = [
  'applicationName',
  'sourceAddress',
  'destinationAddress',
  'host',
  'sourceTransportPort',
  'destinationTransportPort',
  'protocolIdentifier',
  'vlanId',
  'exporterAddress',
  'flowEndReason',
] as const;

export type Dimension = (typeof DIMENSIONS)[number];
/** `host` groups by both ends of a flow: each flow counts for its source and for its destination. */
export const Dimension = Type.Unsafe<Dimension>(
  Type.Union(
    DIMENSIONS.map((name) => Type.Literal(name)),
    { description: 'dimension to group by' },
  ),
);

export const METRICS = ['octets', 'packets', 'flows'] as const;
export type Metric = (typeof METRICS)[number];
export const Metric = Type.Unsafe<Metric>(Type.Union(METRICS.map((name) => Type.Literal(name))));

/** One exported flow record (one direction) as it is stored. */
export const Flow = Type.Object({
  flowStartMilliseconds: Type.Number(),
  flowEndMilliseconds: Type.Number(),
  receivedMilliseconds: Type.Number({ description: 'when the collector took the record in' }),
  exporterAddress: Type.String(),
  observationDomainId: Type.Integer(),
  sourceAddress: Type.String({ description: 'IPv4 dotted or IPv6 text form' }),
  destinationAddress: Type.String(),
  sourceTransportPort: Type.Integer(),
  destinationTransportPort: Type.Integer(),
  protocolIdentifier: Type.Integer(),
  vlanId: Type.Integer(),
  ingressInterface: Type.Integer(),
  ipClassOfService: Type.Integer(),
  tcpControlBits: Type.Integer(),
  icmpTypeCode: Type.Integer(),
  flowEndReason: Type.Integer({
    description: 'RFC 5102 5.11.3; 0 where the exporter does not tell',
  }),
  octets: Type.Number({ description: 'octetDeltaCount × sampling interval' }),
  packets: Type.Number(),
  applicationName: Type.String({ description: '"unknown" where nothing names it' }),
});
export type Flow = Static<typeof Flow>;

/** Filters shared by the query routes; several values of one key are alternatives. */
export const FlowFilter = Type.Object({
  from: Type.Optional(
    Type.Number({
      description: 'start of the window, ms since the epoch; default: one hour before `to`',
    }),
  ),
  to: Type.Optional(Type.Number({ description: 'end of the window; default: now' })),
  applicationName: Type.Optional(Type.String()),
  host: Type.Optional(Type.String({ description: 'address of either end' })),
  sourceAddress: Type.Optional(Type.String()),
  destinationAddress: Type.Optional(Type.String()),
  port: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65535, description: 'port of either end' }),
  ),
  protocolIdentifier: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
  exporterAddress: Type.Optional(Type.String()),
});
export type FlowFilter = Static<typeof FlowFilter>;

export const FlowsResponse = Type.Object({ flows: Type.Array(Flow) });
export type FlowsResponse = Static<typeof FlowsResponse>;

export const TopRow = Type.Object({
  key: Type.String(),
  octets: Type.Number(),
  packets: Type.Number(),
  flows: Type.Number(),
});
export type TopRow = Static<typeof TopRow>;

export const TopResponse = Type.Object({
  by: Dimension,
  metric: Metric,
  from: Type.Number(),
  to: Type.Number(),
  rows: Type.Array(TopRow),
  total: Type.Object({ octets: Type.Number(), packets: Type.Number(), flows: Type.Number() }),
});
export type TopResponse = Static<typeof TopResponse>;

/** values[i] of each series is the metric's sum over [times[i], times[i] + stepSeconds). */
export const SeriesResponse = Type.Object({
  by: Dimension,
  metric: Metric,
  stepSeconds: Type.Integer(),
  times: Type.Array(Type.Number()),
  series: Type.Array(Type.Object({ key: Type.String(), values: Type.Array(Type.Number()) }), {
    description: 'largest first; what is beyond `limit` is summed up in the key "other"',
  }),
});
export type SeriesResponse = Static<typeof SeriesResponse>;

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
  version: Type.Integer({ description: '5 or 9' }),
  observationDomainId: Type.Integer(),
  datagrams: Type.Number(),
  records: Type.Number(),
  lostUnits: Type.Number({
    description: 'gap in the sequence: flows for v5, export packets for v9',
  }),
  templates: Type.Integer(),
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
    datagrams: Type.Number(),
    octets: Type.Number(),
    records: Type.Number(),
    dropsByReason: Type.Record(Type.String(), Type.Number()),
  }),
  store: Type.Object({
    engine: Type.String(),
    storedRecords: Type.Number(),
    pendingRecords: Type.Number(),
    failedInserts: Type.Number(),
    octets: Type.Number({ description: 'of all tables on disk' }),
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
      filesSetAside: Type.Number({ description: 'half-written or not readable' }),
    }),
  }),
  decide: Type.Object({
    rules: Type.Integer(),
    decisions: Type.Integer(),
    revision: Type.Integer(),
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

/** Events of `GET /api/v1/stream` (SSE). `event: flows` carries LiveFlows, `event: totals` LiveTotals. */
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

export const ErrorResponse = Type.Object({
  code: Type.String({ description: 'stable, e.g. WEIR_API_UNKNOWN_RULE' }),
  message: Type.String({ description: 'what happened and what to do' }),
});
export type ErrorResponse = Static<typeof ErrorResponse>;
