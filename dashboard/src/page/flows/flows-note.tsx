// SPDX-License-Identifier: Apache-2.0
import { ask } from '../../api/client';
import { liveStream } from '../../api/live-stream';
import { useAnswer } from '../../api/use-answer';
import { withMissing } from '../../format/missing';
import { formatCount } from '../../format/quantity';
import { amountText, clockText } from '../../view/shown';
import type { View } from '../../view/view';
import type { Loaded } from './use-flow-list';

/** The stream has the newest of each half second, so many at most. */
const MOST_LIVE_PER_SECOND = 100;

export interface FlowsNoteProps {
  readonly view: View;
  readonly loaded: Loaded | undefined;
  readonly isLive: boolean;
}

/** How much there is of what the table shows a part of. */
export function FlowsNote({ view: { filter }, loaded, isLive }: FlowsNoteProps) {
  const window = loaded?.window;
  const { data } = useAnswer(
    window === undefined || isLive
      ? undefined
      : {
          key: `sum ${window.from} ${window.to} ${filter}`,
          everyMs: undefined,
          load: (signal) => ask('/api/v1/top', { limit: 1, filter, ...window }, signal),
        },
  );
  if (loaded === undefined) return null;
  if (isLive) return <LiveNote />;
  const amount =
    data &&
    `${formatCount(data.total.flows)} flows, ${amountText(data.total.octets, 'octets')}, as of ${clockText(loaded.window.to)}`;
  return <>{withMissing(amount ?? `as of ${clockText(loaded.window.to)}`, loaded.missing)}</>;
}

function LiveNote() {
  if (liveStream.status.value !== 'open') {
    return <>the connection is lost; it comes back by itself</>;
  }
  const perSecond = liveStream.totals.value.at(-1)?.flowsPerSecond ?? 0;
  const all = `${formatCount(perSecond)} records/s come in`;
  return (
    <>
      {perSecond > MOST_LIVE_PER_SECOND
        ? `${all}, the newest ${MOST_LIVE_PER_SECOND} of them are looked at`
        : all}
    </>
  );
}
