// SPDX-License-Identifier: Apache-2.0
import { formatDuration } from './time';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** `text`, and how much of the window the store no longer has for the answer. */
export function withMissing(text: string, missing: readonly Span[]): string {
  const lostMs = missing.reduce((sum, { from, to }) => sum + to - from, 0);
  return lostMs === 0 ? text : `${text}; incomplete: ${formatDuration(lostMs)} no longer kept`;
}
