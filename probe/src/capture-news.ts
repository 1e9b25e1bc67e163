// SPDX-License-Identifier: Apache-2.0
// What a live capture's counters tell an operator between two looks at them.
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
