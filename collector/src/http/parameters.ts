// SPDX-License-Identifier: Apache-2.0
// What can be asked in a URL. Lists are given by repeating a parameter.
import {
  type Comparison,
  Dimension,
  FILTER_LIMITS,
  FLOW_COLUMNS,
  type FlowColumnName,
  FlowSort,
  GatewayName,
  LIVE_EVENTS,
  type LiveEventName,
  Metric,
} from '@weir/wire';
import Type, { type Static, type TSchema } from 'typebox';

/** A parameter that may be given several times; one value counts as a list of one. */
function several<Item extends TSchema>(item: Item, most = 200) {
  const { description, ...rest } = item as Item & { description?: string };
  const text = description === undefined ? '' : `${description}; `;
  return Type.Optional(
    Type.Array(rest as unknown as Item, {
      maxItems: most,
      description: `${text}several are alternatives`,
    }),
  );
}

const WINDOW = {
  from: Type.Optional(
    Type.Number({
      description: 'start of the window, ms since the epoch; default: one hour before `to`',
    }),
  ),
  to: Type.Optional(Type.Number({ description: 'end of the window; default: now' })),
};
export const FilterText = Type.String({
  maxLength: FILTER_LIMITS.characters,
  description:
    'condition in the filter language, e.g. `src in 10.0.0.0/8 and app = bittorrent and bytes > 1M`',
});
/** What is asked about; all conditions must hold. */
const SUBJECT = {
  ...WINDOW,
  filter: Type.Optional(FilterText),
  applicationName: several(Type.String()),
  host: several(Type.String({ description: 'address of either end' })),
  sourceAddress: several(Type.String()),
  destinationAddress: several(Type.String()),
  port: several(Type.Integer({ minimum: 0, maximum: 65535, description: 'port of either end' })),
  protocolIdentifier: several(Type.Integer({ minimum: 0, maximum: 255 })),
  exporterAddress: several(Type.String()),
};
/** Parameters beside `filter` that are conditions: each as the field of the filter language that it means. */
export const CONDITION_PARAMETERS = {
  applicationName: 'app',
  host: 'ip',
  sourceAddress: 'src',
  destinationAddress: 'dst',
  port: 'port',
  protocolIdentifier: 'proto',
  exporterAddress: 'exporter',
} as const satisfies Readonly<Record<string, Comparison['field']>>;

const LIMIT = (most: number, preset: number) =>
  Type.Integer({ minimum: 1, maximum: most, default: preset, description: 'rows at most' });
const CLOSED = { additionalProperties: false };

const FIELDS = Type.Optional(
  Type.Array(
    Type.Unsafe<FlowColumnName>(Type.Union(FLOW_COLUMNS.map(({ name }) => Type.Literal(name)))),
    { minItems: 1, uniqueItems: true, description: 'only these fields of each record' },
  ),
);
export const FlowsQuery = Type.Object(
  {
    ...SUBJECT,
    fields: FIELDS,
    sort: Type.Unsafe<FlowSort>({
      ...FlowSort,
      default: '-flowEndMilliseconds',
      description: 'what comes first; with "-" the largest',
    }),
    cursor: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'of the answer before; all else as it was asked',
      }),
    ),
    limit: LIMIT(10_000, 100),
  },
  CLOSED,
);
export const ExportQuery = Type.Object(
  {
    ...SUBJECT,
    fields: FIELDS,
    format: Type.Union([Type.Literal('csv'), Type.Literal('ndjson')], {
      default: 'csv',
      description: 'comma-separated with a heading, or a JSON object a line',
    }),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'records at most; default: all',
      }),
    ),
  },
  CLOSED,
);

export type ExportQuery = Static<typeof ExportQuery>;

const GROUPING = (least: number, most: number, preset: readonly Dimension[]) => ({
  by: Type.Array(Dimension, {
    minItems: least,
    maxItems: most,
    uniqueItems: true,
    default: [...preset],
    description: 'dimensions to group by; one at most without a side',
  }),
  metric: Type.Unsafe<Metric>({ ...Metric, default: 'octets' }),
});
const MOST_DIMENSIONS = 5;
export const TopQuery = Type.Object(
  { ...SUBJECT, ...GROUPING(1, MOST_DIMENSIONS, ['applicationName']), limit: LIMIT(1000, 10) },
  CLOSED,
);
export const SeriesQuery = Type.Object(
  {
    ...SUBJECT,
    ...GROUPING(1, MOST_DIMENSIONS, ['applicationName']),
    limit: LIMIT(50, 8),
    stepSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description:
          'width of a bucket; default: such that there are at most about 120, and that tables answer which still have the window; a finer one than these is refused (WEIR_API_STEP_TOO_FINE)',
      }),
    ),
    previous: Type.Optional(
      Type.Union([Type.Literal('window'), Type.Literal('day'), Type.Literal('week')], {
        description: 'also as it was one window, day or week before',
      }),
    ),
  },
  CLOSED,
);
export const MatrixQuery = Type.Object(
  {
    ...SUBJECT,
    ...GROUPING(2, 2, ['sourceNetwork', 'destinationNetwork']),
    limit: LIMIT(100, 10),
  },
  CLOSED,
);
export const CompareQuery = Type.Object(
  {
    ...SUBJECT,
    ...GROUPING(1, MOST_DIMENSIONS, ['applicationName']),
    against: Type.Optional(
      Type.Number({
        description: 'start of the other window, which is as long; default: the time just before',
      }),
    ),
    limit: LIMIT(1000, 10),
  },
  CLOSED,
);
export const InterfacesQuery = Type.Object({ ...SUBJECT, limit: LIMIT(5000, 500) }, CLOSED);
export const FilterCheckQuery = Type.Object({ text: FilterText }, CLOSED);
export const CompletionsQuery = Type.Object(
  {
    text: FilterText,
    cursor: Type.Optional(
      Type.Integer({ minimum: 0, description: 'offset in the text; default: its end' }),
    ),
  },
  CLOSED,
);
export const StreamQuery = Type.Object(
  {
    filter: Type.Optional(FilterText),
    events: several(
      Type.Unsafe<LiveEventName>(
        Type.Union(
          LIVE_EVENTS.map((name) => Type.Literal(name)),
          { description: 'what to send; default: everything' },
        ),
      ),
    ),
  },
  CLOSED,
);
export const NamesQuery = Type.Object(
  {
    addresses: Type.Array(Type.String({ maxLength: 45 }), { minItems: 1, maxItems: 100 }),
  },
  CLOSED,
);
const GATEWAY = Type.Optional(
  Type.Unsafe<string>({
    ...GatewayName,
    description:
      'name of the gateway that asks: then only what is for it. A key of a gateway has its name, others may say one',
  }),
);
const SINCE = Type.Integer({
  minimum: 0,
  default: 0,
  description: 'revision that the caller has; 0: everything',
});
export const DecisionsQuery = Type.Object(
  {
    since: SINCE,
    waitSeconds: Type.Number({
      minimum: 0,
      maximum: 60,
      default: 0,
      description: 'how long to wait for a change when there is none yet',
    }),
    gateway: GATEWAY,
  },
  CLOSED,
);
export const DecisionStreamQuery = Type.Object({ since: SINCE, gateway: GATEWAY }, CLOSED);
export const MOST_CONFLICTS = 1000;
export const ConflictsQuery = Type.Object({ limit: LIMIT(MOST_CONFLICTS, 100) }, CLOSED);
export const WhyQuery = Type.Object(
  {
    address: Type.String({ minLength: 2, maxLength: 45 }),
    port: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 65535, description: 'of the address; default: any' }),
    ),
    protocolIdentifier: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    limit: LIMIT(1000, 100),
  },
  CLOSED,
);

/** The parameters that say what is asked about. */
export type SubjectQuery = Omit<Static<typeof InterfacesQuery>, 'limit'>;
