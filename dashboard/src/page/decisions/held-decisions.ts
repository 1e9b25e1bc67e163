// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionsResponse } from '@weir/wire';

export interface Held {
  readonly revision: number;
  readonly byId: ReadonlyMap<string, Decision>;
}

/** What holds after an answer; the same object where nothing has changed. */
export function withChanges(held: Held | undefined, answer: DecisionsResponse): Held {
  const { revision, complete, decisions, removed } = answer;
  const isSame = !complete && decisions.length === 0 && removed.length === 0;
  if (held !== undefined && isSame) return { ...held, revision };
  const byId = new Map(complete ? [] : held?.byId);
  for (const id of removed) byId.delete(id);
  for (const decision of decisions) byId.set(decision.id, decision);
  return { revision, byId };
}
