// SPDX-License-Identifier: Apache-2.0
// Rules about one application, as they are until rules with filters take their place.
import Type, { type Static } from 'typebox';
import { FlowSelector } from './decisions.js';

/** Body of POST /api/v1/rules. */
export const ApplicationRuleInput = Type.Object(
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
export type ApplicationRuleInput = Static<typeof ApplicationRuleInput>;

export const ApplicationRule = Type.Object({
  id: Type.String(),
  action: Type.Literal('block'),
  applicationName: Type.String(),
  comment: Type.String(),
  holdSeconds: Type.Integer(),
  createdMilliseconds: Type.Number(),
});
export type ApplicationRule = Static<typeof ApplicationRule>;
export const ApplicationRulesResponse = Type.Object({ rules: Type.Array(ApplicationRule) });
export type ApplicationRulesResponse = Static<typeof ApplicationRulesResponse>;

export const FlowDecision = Type.Object({
  id: Type.String({ description: 'stable for one selector and rule while it lives' }),
  revision: Type.Integer({ description: 'of the change that last touched it' }),
  action: Type.Literal('block'),
  selector: FlowSelector,
  expiresMilliseconds: Type.Number(),
  ruleId: Type.String(),
  reason: Type.String({ description: 'for people: which rule, which flow' }),
});
export type FlowDecision = Static<typeof FlowDecision>;

export const FlowDecisionsResponse = Type.Object({
  revision: Type.Integer({ description: 'ask with this next time' }),
  complete: Type.Boolean(),
  decisions: Type.Array(FlowDecision),
  removed: Type.Array(Type.String(), { description: 'ids that hold no longer' }),
});
export type FlowDecisionsResponse = Static<typeof FlowDecisionsResponse>;
