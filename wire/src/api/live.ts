// SPDX-License-Identifier: Apache-2.0
// What the collectors of a site see right now, together.
import Type, { type Static } from 'typebox';

const AMOUNTS = {
  octets: Type.Number(),
  packets: Type.Number(),
  flows: Type.Number(),
} as const;

/** The largest of something, by octets. */
export const LiveSum = Type.Object({ key: Type.String(), ...AMOUNTS });

export const LiveResponse = Type.Object({
  spanMilliseconds: Type.Integer({
    description: 'the sums are of so long, until some seconds ago',
  }),
  collectors: Type.Array(Type.String(), { description: 'names of those whose records these are' }),
  totals: Type.Object(AMOUNTS),
  applications: Type.Array(LiveSum, { description: 'the largest first' }),
  talkers: Type.Array(LiveSum, {
    description: 'addresses by the flows that they took part in, the largest first',
  }),
});
export type LiveResponse = Static<typeof LiveResponse>;
