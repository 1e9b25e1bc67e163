// SPDX-License-Identifier: Apache-2.0
// Answers of the collector's HTTP API that sum up flows. Times are milliseconds since the Unix epoch.
import Type, { type Static } from 'typebox';
import { Dimension, Metric } from './dimensions.js';

export const TableName = Type.String({
  description: 'table of the store that answered most of it: single records, or sums by time',
});

export const Missing = Type.Array(Type.Object({ from: Type.Number(), to: Type.Number() }), {
  description:
    'parts of the window of which the store no longer has all records or sums that this answer needs; empty: it is whole',
});
export type Missing = Static<typeof Missing>;
/** Header of answers that are files: `Missing` as JSON. */
export const MISSING_HEADER = 'weir-missing';

export const Sums = Type.Object({
  octets: Type.Number(),
  packets: Type.Number(),
  flows: Type.Number(),
});
export type Sums = Static<typeof Sums>;

const Keys = {
  key: Type.String({ description: 'the keys, joined by ", "' }),
  keys: Type.Array(Type.String(), { description: 'one for each dimension of `by`' }),
};
const Asked = {
  by: Type.Array(Dimension),
  metric: Metric,
  from: Type.Number(),
  to: Type.Number(),
  table: TableName,
  missing: Missing,
};

export const TopRow = Type.Object({ ...Keys, ...Sums.properties });
export type TopRow = Static<typeof TopRow>;

export const TopResponse = Type.Object({
  ...Asked,
  rows: Type.Array(TopRow, { description: 'largest first' }),
  other: Type.Unsafe<Sums>({ ...Sums, description: 'what is beyond the rows' }),
  total: Type.Unsafe<Sums>({ ...Sums, description: 'each flow once' }),
});
export type TopResponse = Static<typeof TopResponse>;

const SeriesRow = Type.Object({
  ...Keys,
  isOther: Type.Optional(
    Type.Literal(true, {
      description: 'the sum of what is beyond `limit`, and no key of that name',
    }),
  ),
  values: Type.Array(Type.Number()),
});
/** values[i] of each series is the metric's sum over [times[i], times[i] + stepSeconds). */
export const SeriesResponse = Type.Object({
  ...Asked,
  stepSeconds: Type.Integer(),
  times: Type.Array(Type.Number()),
  series: Type.Array(SeriesRow, {
    description: 'largest first; what is beyond `limit` is summed up in the last, `isOther`',
  }),
  previous: Type.Optional(
    Type.Object(
      {
        shiftMilliseconds: Type.Number({ description: 'how much earlier it was' }),
        series: Type.Array(SeriesRow, { description: 'of the same keys' }),
        missing: Missing,
      },
      { description: 'the same, as it was before; with `previous`' },
    ),
  ),
});
export type SeriesResponse = Static<typeof SeriesResponse>;

export const MatrixResponse = Type.Object({
  ...Asked,
  rows: Type.Array(Type.String(), { description: 'keys of by[0], largest first; "other" last' }),
  columns: Type.Array(Type.String(), { description: 'keys of by[1], largest first; "other" last' }),
  values: Type.Array(Type.Array(Type.Number()), { description: 'values[row][column]' }),
  total: Type.Number(),
});
export type MatrixResponse = Static<typeof MatrixResponse>;

export const CompareResponse = Type.Object({
  ...Asked,
  against: Type.Object({ from: Type.Number(), to: Type.Number(), missing: Missing }),
  rows: Type.Array(
    Type.Object({
      ...Keys,
      current: Type.Number(),
      previous: Type.Number(),
      change: Type.Number({ description: 'current − previous' }),
    }),
    { description: 'largest change first, up or down' },
  ),
  other: Type.Object(
    { current: Type.Number(), previous: Type.Number() },
    { description: 'what is beyond the rows' },
  ),
  total: Type.Object(
    { current: Type.Number(), previous: Type.Number() },
    { description: 'each flow once' },
  ),
});
export type CompareResponse = Static<typeof CompareResponse>;

const Directions = {
  input: Type.Unsafe<Sums>({ ...Sums, description: 'flows that came in by it' }),
  output: Type.Unsafe<Sums>({ ...Sums, description: 'flows that went out by it' }),
};
const InterfaceRow = Type.Object({
  exporterAddress: Type.String(),
  exporterName: Type.String(),
  interface: Type.Integer({ description: 'SNMP index' }),
  interfaceName: Type.String(),
  ...Directions,
});
export const InterfacesResponse = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  table: TableName,
  missing: Missing,
  interfaces: Type.Array(InterfaceRow, { description: 'those that carried most first' }),
  other: Type.Object(Directions, { description: 'all interfaces beyond the rows' }),
  truncated: Type.Boolean({ description: 'there are more than `limit`' }),
});
export type InterfacesResponse = Static<typeof InterfacesResponse>;

const Span = Type.Object({
  from: Type.Integer({ description: 'offset in the text, UTF-16 units' }),
  to: Type.Integer({ description: 'behind the last' }),
});

export const FilterCheckResponse = Type.Object({
  valid: Type.Boolean(),
  text: Type.Optional(Type.String({ description: 'the filter in its canonical form' })),
  error: Type.Optional(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      at: Span,
      expected: Type.Array(Type.String()),
      nearest: Type.Optional(Type.String({ description: 'what was probably meant' })),
    }),
  ),
});
export type FilterCheckResponse = Static<typeof FilterCheckResponse>;

export const FilterCompletionsResponse = Type.Object({
  at: Type.Unsafe<Static<typeof Span>>({ ...Span, description: 'what a completion replaces' }),
  items: Type.Array(
    Type.Object({ text: Type.String(), kind: Type.String(), about: Type.String() }),
  ),
});
export type FilterCompletionsResponse = Static<typeof FilterCompletionsResponse>;

export const NamesResponse = Type.Object({
  names: Type.Record(Type.String(), Type.String(), {
    description: 'address to name; addresses without a name, or not answered in time, are left out',
  }),
});
export type NamesResponse = Static<typeof NamesResponse>;
