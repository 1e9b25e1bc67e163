// SPDX-License-Identifier: Apache-2.0
// What gateways report of themselves.
import Type, { type Static } from 'typebox';

const CLOSED = { additionalProperties: false };

export const GatewayName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^\\S(.*\\S)?$',
  description: 'of a gateway; one that has a key is called as the key',
});

const DecisionCounter = Type.Object(
  {
    decision: Type.Optional(Type.String()),
    rule: Type.Optional(Type.String()),
    packets: Type.Number({ minimum: 0 }),
    octets: Type.Number({ minimum: 0 }),
  },
  {
    ...CLOSED,
    description:
      'of a decision or of a rule, since the gateway began; smaller than before: it began anew',
  },
);

/** Body of PUT /api/v1/gateways/:name/state: every few seconds, and after each change. */
export const GatewayState = Type.Object(
  {
    version: Type.String({ maxLength: 64 }),
    startedMilliseconds: Type.Number({ description: 'when the gateway began' }),
    revision: Type.Integer({ minimum: 0, description: 'that is applied' }),
    appliedMilliseconds: Type.Number({ description: 'when it was, by the clock of the gateway' }),
    elements: Type.Integer({ minimum: 0, description: 'that stand in the kernel' }),
    refused: Type.Array(
      Type.Object(
        { decision: Type.String({ maxLength: 100 }), reason: Type.String({ maxLength: 200 }) },
        CLOSED,
      ),
      { maxItems: 1000, description: 'decisions that it does not apply, the first ones' },
    ),
    refusedCount: Type.Optional(Type.Integer({ minimum: 0, description: 'all of them' })),
    counters: Type.Array(DecisionCounter, { maxItems: 10_000 }),
    shaped: Type.Array(
      Type.Object(
        {
          rule: Type.Optional(Type.String({ maxLength: 100 })),
          decision: Type.Optional(Type.String({ maxLength: 100 })),
          key: Type.String({ maxLength: 100, description: 'host, network or rule that it is for' }),
          upBitsPerSecond: Type.Optional(Type.Number()),
          downBitsPerSecond: Type.Optional(Type.Number()),
        },
        CLOSED,
      ),
      { maxItems: 1000, description: 'classes that stand, with their rates' },
    ),
    problems: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 50 }),
  },
  CLOSED,
);
export type GatewayState = Static<typeof GatewayState>;

export const Gateway = Type.Object({
  name: Type.String(),
  address: Type.String({ description: 'that it reports from' }),
  isConnected: Type.Boolean({ description: 'it waits for decisions now, or has reported lately' }),
  lastSeenMilliseconds: Type.Number(),
  hasApplied: Type.Boolean({
    description: 'false: it has applied nothing yet, and no lag is known',
  }),
  lagRevisions: Type.Number({ description: 'changes that it has not applied yet' }),
  lagMilliseconds: Type.Number({ description: 'how old the first of these is' }),
  ...GatewayState.properties,
  refusedCount: Type.Integer(),
});
export type Gateway = Static<typeof Gateway>;
export const GatewaysResponse = Type.Object({
  revision: Type.Integer({ description: "the collector's" }),
  gateways: Type.Array(Gateway),
});
export type GatewaysResponse = Static<typeof GatewaysResponse>;
