// SPDX-License-Identifier: Apache-2.0
// What of a run's flows did not arrive, said once it is over.
import type { ProbeConfig } from './config.js';
import { ProbeError } from './errors.js';
import type { ProbeStats, TargetStats } from './stats.js';

type Targets = Pick<ProbeStats, 'targets'>;

/** Of the configuration: whether a file is read. */
type Reading = Pick<ProbeConfig, 'read'>;

const number = (value: number): string => value.toLocaleString('en');

/**
 * A live capture goes on while a collector is away, and its losses are no failure of it. Who reads
 * a file wants all of it to arrive, and who writes one wants it whole.
 */
function mustBeWhole(target: string, { read }: Reading): boolean {
  return read !== undefined || target.startsWith('file:');
}

function shortfall(target: string, { failedRecords, lastFailure }: TargetStats): string {
  const verb = target.startsWith('file:') ? 'be written to' : 'be sent to';
  return `${number(failedRecords)} flow records could not ${verb} ${target}: ${lastFailure || 'no reason told'}`;
}

/** The failure of a run that should have given all its flows; undefined when it has. */
export function flowsLost({ targets }: Targets, reading: Reading): ProbeError | undefined {
  const lost = Object.entries(targets)
    .filter(([target, { failedRecords }]) => failedRecords > 0 && mustBeWhole(target, reading))
    .map(([target, counters]) => shortfall(target, counters));
  if (lost.length === 0) return undefined;
  return new ProbeError(
    'WEIR_PROBE_FLOWS_LOST',
    `${lost.join('; ')}. See to it that the target can take them, and run again.`,
  );
}

/** What else is worth a last line: losses that do not fail the run, and messages nobody took. */
export function closingWarnings({ targets }: Targets, reading: Reading): string[] {
  return Object.entries(targets).flatMap(([target, counters]) => {
    const { messages, unreachableMessages, failedRecords } = counters;
    const lost = failedRecords > 0 && !mustBeWhole(target, reading);
    return [
      ...(lost ? [`${shortfall(target, counters)}; in all, since the start`] : []),
      ...(unreachableMessages > 0
        ? [
            `${target}: ${number(unreachableMessages)} of ${number(messages)} messages were ` +
              'answered "unreachable": nobody takes flows there',
          ]
        : []),
    ];
  });
}
