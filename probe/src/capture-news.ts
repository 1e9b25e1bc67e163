// SPDX-License-Identifier: Apache-2.0
// What a capture's counters tell an operator: a live one's between two looks, a file's at its end.
import type { LogLevel } from '@weir/wire';

type CaptureCounters = Readonly<Record<string, number>>;

/** Every lane has a ring of its own, and each of them counts: one without an interface is enough. */
export function isInterfaceGone({ interfaceLosses, interfaceReturns }: CaptureCounters): boolean {
  return (interfaceLosses ?? 0) > (interfaceReturns ?? 0);
}

/** Messages for the operator. */
export function interfaceNews(
  name: string,
  before: CaptureCounters,
  now: CaptureCounters,
): [LogLevel, string][] {
  if (isInterfaceGone(now) && !isInterfaceGone(before)) {
    return [['warn', `interface ${name} is gone: nothing is captured until there is one again`]];
  }
  if (!isInterfaceGone(now) && (now.interfaceReturns ?? 0) > (before.interfaceReturns ?? 0)) {
    return [['info', `interface ${name} is there again: capturing goes on`]];
  }
  return [];
}

/** Of a capture file, by the counter that tells. */
const FILE_TROUBLES: Readonly<Record<string, string>> = {
  truncatedFileRecords: 'ends in the middle of a packet: the file was cut off',
  malformedFileBlocks: 'has parts that make no sense, whose packets are missing: it is damaged',
  fileReadFailures: 'could not be read to its end: the rest is missing',
};

/** In what way not all of a file has been read, for its end. */
export function fileTroubles(file: string, capture: CaptureCounters): string[] {
  return Object.entries(FILE_TROUBLES)
    .filter(([counter]) => (capture[counter] ?? 0) > 0)
    .map(([, text]) => `${file === '-' ? 'standard input' : file} ${text}`);
}
