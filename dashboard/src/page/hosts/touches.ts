// SPDX-License-Identifier: Apache-2.0
// Decisions about a host in words.
import type { WhyResponse } from '@weir/wire';

const ENDINGS: Readonly<Record<string, string>> = {
  expired: 'Expired',
  revoked: 'Lifted',
  'rule-changed': 'Rule changed',
  'rule-deleted': 'Rule deleted',
};

/** Whether it does anything, in a word. */
export function touchState(touch: WhyResponse['touches'][number]): string {
  const { decision, counts, endedMilliseconds, ending = '' } = touch;
  if (endedMilliseconds !== undefined) return ENDINGS[ending] ?? (ending || 'Ended');
  if (decision.isSimulated) return 'Simulated';
  return counts ? 'Applied' : 'Overridden';
}
