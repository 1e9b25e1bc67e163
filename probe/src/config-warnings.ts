// SPDX-License-Identifier: Apache-2.0
// Configurations that can be run and that are hardly what somebody wants.
import type { ProbeConfig } from './config.js';

/** A sentence, for the configurations that it is true of. */
type ConfigWarning = readonly [text: string, isTrueOf: (config: ProbeConfig) => boolean];

const WARNINGS: readonly ConfigWarning[] = [
  [
    'nobody gets the flows: give --export TARGET, or --records FILE',
    ({ export: targets, records, stats, metrics }) =>
      targets.length === 0 && [records, stats, metrics].every((output) => output === undefined),
  ],
];

/** For the start, and for who only checks. */
export function configWarnings(config: ProbeConfig): string[] {
  return WARNINGS.filter(([, isTrueOf]) => isTrueOf(config)).map(([text]) => text);
}
