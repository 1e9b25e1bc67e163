// SPDX-License-Identifier: Apache-2.0
// Rules are what an operator means, decisions are what a gateway can apply.
import Type, { type Static } from 'typebox';

/** Body of POST /api/v1/rules. */
export const RuleInput = Type.Object(
  {
    action: Type.Literal('block'),
    applicationName: Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^\\S(.*\\S)?$',
      description: 'application to block, e.g. "BitTorrent"',
    }),
    comment: Type.Optional(Type.String({ maxLength: 200 })),
    holdSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86400,
        default: 600,
        description: 'how long a decision holds after the last record of its flow',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RuleInput = Static<typeof RuleInput>;

export const Rule = Type.Object({
  id: Type.String(),
  action: Type.Literal('block'),
  applicationName: Type.String(),
  comment: Type.String(),
  holdSeconds: Type.Integer(),
  createdMilliseconds: Type.Number(),
});
export type Rule = Static<typeof Rule>;
export const RulesResponse = Type.Object({ rules: Type.Array(Rule) });
export type RulesResponse = Static<typeof RulesResponse>;

/** A biflow's 5-tuple; applies to both directions. */
export const FlowSelector = Type.Object({
  kind: Type.Literal('flow'),
  protocolIdentifier: Type.Integer(),
  sourceAddress: Type.String(),
  sourceTransportPort: Type.Integer(),
  destinationAddress: Type.String(),
  destinationTransportPort: Type.Integer(),
});
export type FlowSelector = Static<typeof FlowSelector>;

export const Decision = Type.Object({
  id: Type.String({ description: 'stable for one selector and rule while it lives' }),
  revision: Type.Integer({ description: 'of the change that last touched it' }),
  action: Type.Literal('block'),
  selector: FlowSelector,
  expiresMilliseconds: Type.Number(),
  ruleId: Type.String(),
  reason: Type.String({ description: 'for people: which rule, which flow' }),
});
export type Decision = Static<typeof Decision>;

/**
 * Answer of GET /api/v1/decisions?since=R&waitSeconds=W. With `complete` the list is the whole
 * state (since = 0, or R is from before the collector's memory); otherwise only what changed since R.
 */
export const DecisionsResponse = Type.Object({
  revision: Type.Integer({ description: 'ask with this next time' }),
  complete: Type.Boolean(),
  decisions: Type.Array(Decision),
  removed: Type.Array(Type.String(), { description: 'ids that hold no longer' }),
});
export type DecisionsResponse = Static<typeof DecisionsResponse>;
