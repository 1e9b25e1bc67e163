// SPDX-License-Identifier: Apache-2.0
import { Dimension, FlowFilter, Metric } from '@weir/wire';
import Type, { type Static, type TSchema } from 'typebox';
import { type Filter, isAddress } from '../query/filter.js';
import { chooseStepSeconds } from '../query/steps.js';
import { ApiError } from './errors.js';

/** A parameter that may be given several times; one value counts as a list of one. */
function several<Item extends TSchema>(item: Item) {
  const { description, ...rest } = item as Item & { description?: string };
  const text = description === undefined ? '' : `${description}; `;
  return Type.Optional(
    Type.Array(rest as unknown as Item, { description: `${text}several are alternatives` }),
  );
}

const { properties } = FlowFilter;
const FILTER = {
  from: Type.Optional(Type.Number({ ...properties.from })),
  to: Type.Optional(Type.Number({ ...properties.to })),
  applicationName: several(Type.String()),
  host: several(Type.String({ description: 'address of either end' })),
  sourceAddress: several(Type.String()),
  destinationAddress: several(Type.String()),
  port: several(Type.Integer({ minimum: 0, maximum: 65535, description: 'port of either end' })),
  protocolIdentifier: several(Type.Integer({ minimum: 0, maximum: 255 })),
  exporterAddress: several(Type.String()),
};
const LIMIT = (most: number, preset: number) =>
  Type.Integer({ minimum: 1, maximum: most, default: preset, description: 'rows at most' });
const CLOSED = { additionalProperties: false };

export const FlowsQuery = Type.Object({ ...FILTER, limit: LIMIT(10_000, 100) }, CLOSED);

const GROUPING = {
  by: Type.Unsafe<Dimension>({ ...Dimension, default: 'applicationName' }),
  metric: Type.Unsafe<Metric>({ ...Metric, default: 'octets' }),
};
export const TopQuery = Type.Object({ ...FILTER, ...GROUPING, limit: LIMIT(1000, 10) }, CLOSED);
export const SeriesQuery = Type.Object(
  {
    ...FILTER,
    ...GROUPING,
    limit: LIMIT(50, 8),
    stepSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description: 'width of a bucket; default: such that there are at most about 120',
      }),
    ),
  },
  CLOSED,
);
export const DecisionsQuery = Type.Object(
  {
    since: Type.Integer({ minimum: 0, default: 0, description: 'revision that the caller has' }),
    waitSeconds: Type.Number({
      minimum: 0,
      maximum: 60,
      default: 0,
      description: 'how long to wait for a change when there is none yet',
    }),
  },
  CLOSED,
);

type FilterQuery = Omit<Static<typeof FlowsQuery>, 'limit'>;

const HOUR_MS = 3_600_000;
/** DateTime64 ends in 2299; the rollup's DateTime in 2106. */
const LATEST_MS = 4_102_444_800_000;
const ADDRESS_PARAMETERS = [
  'host',
  'sourceAddress',
  'destinationAddress',
  'exporterAddress',
] as const;

/** The filter of a query, its window filled in. @throws ApiError WEIR_API_BAD_PARAMETER */
export function filterOf(query: FilterQuery, now: number): Filter {
  for (const name of ADDRESS_PARAMETERS) {
    const wrong = query[name]?.find((text) => !isAddress(text));
    if (wrong === undefined) continue;
    throw badParameter(`"${name}" must be an IPv4 or IPv6 address, not "${wrong}"`);
  }
  const to = query.to ?? now;
  const from = query.from ?? to - HOUR_MS;
  if (!(from >= 0 && from < to && to <= LATEST_MS)) {
    throw badParameter(
      `"from" (${from}) must be before "to" (${to}), both in milliseconds from 1970 to 2100`,
    );
  }
  const { applicationName, host, sourceAddress, destinationAddress } = query;
  const { port, protocolIdentifier, exporterAddress } = query;
  const addresses = { host, sourceAddress, destinationAddress, exporterAddress };
  const given = Object.entries({ applicationName, port, protocolIdentifier, ...addresses }).filter(
    ([, values]) => values !== undefined && values.length > 0,
  );
  return { from, to, ...Object.fromEntries(given) };
}

const MOST_POINTS = 5000;

/** The step of a series: the one asked for, or a fitting one. @throws ApiError WEIR_API_BAD_PARAMETER */
export function stepOf(filter: Filter, asked: number | undefined): number {
  const step = asked ?? chooseStepSeconds(filter);
  if ((filter.to - filter.from) / 1000 / step > MOST_POINTS) {
    const least = Math.ceil((filter.to - filter.from) / 1000 / MOST_POINTS);
    throw badParameter(
      `"stepSeconds" gives more than ${MOST_POINTS} points; take at least ${least}, or a shorter window`,
    );
  }
  return step;
}

function badParameter(message: string): ApiError {
  return new ApiError('WEIR_API_BAD_PARAMETER', message);
}
