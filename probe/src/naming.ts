// SPDX-License-Identifier: Apache-2.0
// How many flows have a name, from the classifier's counters.

type ClassifierCounters = Readonly<Record<string, number>>;

/** With those decided and those still undecided they sum to the flows: each is in one of them. */
export const UNNAMED_FLOWS = [
  'exhaustedFlows',
  'endedUndecidedFlows',
  'unscannableFlows',
  'slotShortageFlows',
  'shedFlows',
] as const;

/** Of the flows that are not undecided any more, how many have a name; null before the first. */
export function decidedShare(classifier: ClassifierCounters): number | null {
  const { decidedFlows = 0 } = classifier;
  const settled = UNNAMED_FLOWS.reduce(
    (sum, counter) => sum + (classifier[counter] ?? 0),
    decidedFlows,
  );
  return settled > 0 ? decidedFlows / settled : null;
}
