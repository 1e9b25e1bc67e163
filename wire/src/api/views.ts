// SPDX-License-Identifier: Apache-2.0
// Views of the dashboard that somebody has given a name.
import Type, { type Static } from 'typebox';

export const SavedViewInput = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 80,
      pattern: '^\\S(.*\\S)?$',
      description: "once among the owner's views, in any case",
    }),
    // A page's own name in front: a link never leads to another site.
    link: Type.String({
      maxLength: 16_384,
      pattern: '^[a-z][a-z-]*(\\?[!-~]*)?$',
      description: 'page and query as the dashboard has them in its address: explore?v=1&time=6h',
    }),
    isShared: Type.Boolean({ default: false, description: 'whether others see it' }),
  },
  { additionalProperties: false },
);
export type SavedViewInput = Static<typeof SavedViewInput>;

export const SavedView = Type.Object({
  ...SavedViewInput.properties,
  id: Type.String(),
  owner: Type.String(),
  createdMilliseconds: Type.Number(),
  changedMilliseconds: Type.Number(),
});
export type SavedView = Static<typeof SavedView>;

export const SavedViewsResponse = Type.Object({
  views: Type.Array(SavedView, { description: "one's own and those that are shared, by name" }),
});
export type SavedViewsResponse = Static<typeof SavedViewsResponse>;
