// SPDX-License-Identifier: Apache-2.0
// What is to be done with traffic. A gateway carries it out; the collector only says it.
import Type, { type Static } from 'typebox';

const CLOSED = { additionalProperties: false };
const Rate = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 8000, maximum: 1e12, description }));

export const BlockAction = Type.Object(
  {
    kind: Type.Literal('block'),
    answer: Type.Union([Type.Literal('drop'), Type.Literal('reject')], {
      default: 'drop',
      description: 'drop: nothing comes back; reject: a TCP reset or an ICMP message does',
    }),
  },
  CLOSED,
);
export type BlockAction = Static<typeof BlockAction>;

/** "Up" is from the selected host or from inside, "down" is towards it. Without a rate a direction is free. */
export const ShapeAction = Type.Object(
  {
    kind: Type.Literal('shape'),
    upBitsPerSecond: Rate('what is promised from the selected end'),
    downBitsPerSecond: Rate('what is promised towards it'),
    upCeilingBitsPerSecond: Rate(
      'most that may be borrowed from what is idle; default: what is promised',
    ),
    downCeilingBitsPerSecond: Rate('the same, downwards'),
    per: Type.Union([Type.Literal('host'), Type.Literal('rule'), Type.Literal('network')], {
      default: 'rule',
      description:
        'who has a rate of its own: each host, each network, or all of the rule together',
    }),
    priority: Type.Integer({
      minimum: 0,
      maximum: 7,
      default: 4,
      description: 'who may borrow first: 0',
    }),
  },
  CLOSED,
);
export type ShapeAction = Static<typeof ShapeAction>;

export const MarkAction = Type.Object(
  {
    kind: Type.Literal('mark'),
    dscp: Type.Integer({ minimum: 0, maximum: 63, description: 'code point that packets get' }),
  },
  CLOSED,
);
export type MarkAction = Static<typeof MarkAction>;

export const WatchAction = Type.Object(
  { kind: Type.Literal('watch') },
  { ...CLOSED, description: 'decisions are made and shown; gateways do nothing' },
);
export type WatchAction = Static<typeof WatchAction>;

export const AllowAction = Type.Object(
  { kind: Type.Literal('allow') },
  { ...CLOSED, description: 'no other decision touches this traffic' },
);
export type AllowAction = Static<typeof AllowAction>;

export const Action = Type.Union([BlockAction, ShapeAction, MarkAction, WatchAction, AllowAction]);
export type Action = Static<typeof Action>;
