// SPDX-License-Identifier: Apache-2.0
import type { WhyResponse } from '@weir/wire';

type Touch = WhyResponse['touches'][number];

/** What a decision is to an address: `overridden` by a stronger one. */
export const STANDINGS = ['holds', 'simulated', 'overridden', 'is over'] as const;
export type Standing = (typeof STANDINGS)[number];

export function standingOf({ counts, endedMilliseconds, decision }: Touch): Standing {
  if (endedMilliseconds !== undefined) return 'is over';
  if (decision.isSimulated) return 'simulated';
  return counts ? 'holds' : 'overridden';
}

/** The answer first: what holds, and of that what is about all of the address before what is about one flow of it. */
export function answerFirst(touches: readonly Touch[]): readonly Touch[] {
  const rankOf = (touch: Touch) => {
    const isWhole = ['host', 'network'].includes(touch.decision.selector.kind);
    return 2 * STANDINGS.indexOf(standingOf(touch)) + (isWhole ? 0 : 1);
  };
  return touches.toSorted((a, b) => rankOf(a) - rankOf(b));
}
