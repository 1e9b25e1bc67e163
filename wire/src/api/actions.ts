// SPDX-License-Identifier: Apache-2.0
// What is to be done with traffic. A gateway carries it out; the collector only says it.
import Type, { type Static } from 'typebox';

const CLOSED = { additionalProperties: false };
const Rate = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 8000, maximum: 1e12, description }));

const Answer = Type.Union([Type.Literal('drop'), Type.Literal('reject')], {
  description: 'drop: nothing comes back; reject: a TCP reset or an ICMP message does',
});
const ShapedPer = Type.Union(
  [Type.Literal('host'), Type.Literal('rule'), Type.Literal('network')],
  {
    description: 'who has a rate of its own: each host, each network, or all of the rule together',
  },
);
const Priority = Type.Integer({ minimum: 0, maximum: 7, description: 'who may borrow first: 0' });
/** "Up" is from the selected host or from inside, "down" is towards it. Without a rate a direction is free. */
const RATES = {
  upBitsPerSecond: Rate('what is promised from the selected end'),
  downBitsPerSecond: Rate('what is promised towards it'),
  upCeilingBitsPerSecond: Rate(
    'most that may be borrowed from what is idle; default: what is promised',
  ),
  downCeilingBitsPerSecond: Rate('the same, downwards'),
};
const Block = Type.Literal('block');
const Shape = Type.Literal('shape');

export const BlockAction = Type.Object({ kind: Block, answer: Answer }, CLOSED);
export type BlockAction = Static<typeof BlockAction>;

export const ShapeAction = Type.Object(
  { kind: Shape, ...RATES, per: ShapedPer, priority: Priority },
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

/** An action as people write it: a block drops, and a shape is for all of its rule with priority 4, unless they say else. */
export const ActionInput = Type.Union([
  Type.Object({ kind: Block, answer: Type.Optional(Answer) }, CLOSED),
  Type.Object(
    {
      kind: Shape,
      ...RATES,
      per: Type.Optional(ShapedPer),
      priority: Type.Optional(Priority),
    },
    CLOSED,
  ),
  MarkAction,
  WatchAction,
  AllowAction,
]);
export type ActionInput = Static<typeof ActionInput>;

/** With all that was left out. */
export function wholeAction(input: ActionInput): Action {
  if (input.kind === 'block') return { answer: 'drop', ...input };
  return input.kind === 'shape' ? { per: 'rule', priority: 4, ...input } : input;
}
