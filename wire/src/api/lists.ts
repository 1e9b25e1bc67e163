// SPDX-License-Identifier: Apache-2.0
// Lists of addresses that somebody else keeps: read again and again, and turned into decisions.
import Type, { type Static } from 'typebox';
import { Action, ActionInput } from './actions.js';
import { RuleName } from './rules.js';

const CLOSED = { additionalProperties: false };

/** Body of POST and PUT /api/v1/lists. Either `url` or `file`. */
export const ListInput = Type.Object(
  {
    name: RuleName,
    url: Type.Optional(
      Type.String({ maxLength: 2000, pattern: '^https?://', description: 'where it is fetched' }),
    ),
    file: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: "on the collector's machine" }),
    ),
    format: Type.Union([Type.Literal('plain'), Type.Literal('csv'), Type.Literal('crowdsec')], {
      description:
        'plain: an address or prefix a line; csv: in the column ip, address, network, prefix or value, else the first; crowdsec: decisions as cscli and its API give them (JSON)',
    }),
    refreshSeconds: Type.Optional(Type.Integer({ minimum: 10, maximum: 2_592_000, default: 3600 })),
    action: ActionInput,
    gateways: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: 1000,
        uniqueItems: true,
      }),
    ),
    isEnabled: Type.Optional(Type.Boolean({ default: true })),
    isSimulated: Type.Optional(Type.Boolean({ default: false })),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  CLOSED,
);
export type ListInput = Static<typeof ListInput>;

export const AddressList = Type.Object({
  ...ListInput.properties,
  action: Action,
  id: Type.String(),
  owner: Type.String(),
  revision: Type.Integer(),
  createdMilliseconds: Type.Number(),
  changedMilliseconds: Type.Number(),
});
export type AddressList = Static<typeof AddressList>;

export const ListState = Type.Object({
  entries: Type.Integer({ description: 'that decisions are made of' }),
  refusedLines: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() }), {
    description: 'the first ones; of CrowdSec decisions the position',
  }),
  refusedCount: Type.Integer(),
  refreshedMilliseconds: Type.Optional(Type.Number({ description: 'when it was read last' })),
  problem: Type.Optional(
    Type.String({ description: 'why the last reading failed; what was read before still counts' }),
  ),
});
export type ListState = Static<typeof ListState>;

export const ShownList = Type.Object({ ...AddressList.properties, state: ListState });
export type ShownList = Static<typeof ShownList>;
export const ListsResponse = Type.Object({ lists: Type.Array(ShownList) });
export type ListsResponse = Static<typeof ListsResponse>;
