// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse } from '@weir/wire';
import { collectorHealth } from '../../api/health';
import { Notice } from '../../control/panel';
import { timeTitle } from '../../control/time-control';
import { lengthMs, PRESETS, parseTime, type TimeRange } from '../../view/time-range';
import type { View } from '../../view/view';
import { ConnectGuide } from '../exporters/connect-guide';

/** Three reasons for an empty chart, and what helps against each. */
export function EmptyTraffic({ view }: { readonly view: View }) {
  const title = timeTitle(view.time);
  if (view.filter !== '') {
    return (
      <Notice title={`Nothing that fits the filter: ${title.toLowerCase()}`}>
        <button type="button" class="button" onClick={() => view.change({ filter: undefined })}>
          Show all flows
        </button>
      </Notice>
    );
  }
  const health = collectorHealth.value;
  if (health && isEmpty(health)) return <ConnectGuide view={view} />;
  const longer = longerThan(view.time);
  return (
    <Notice title={`No flows: ${title.toLowerCase()}`}>
      <p>
        A flow shows up once its exporter has reported it, a minute after it began or when it ends.
      </p>
      {longer && (
        <button type="button" class="button" onClick={() => view.changeTime(longer)}>
          Show the {timeTitle(longer).toLowerCase()}
        </button>
      )}
    </Notice>
  );
}

function longerThan(time: TimeRange): TimeRange | undefined {
  const presets = PRESETS.map((preset) => parseTime(preset) as TimeRange);
  return presets.find((preset) => lengthMs(preset) > lengthMs(time));
}

/** Nothing has ever come: a collector that was started again has its store. */
function isEmpty({ receive, store }: HealthResponse): boolean {
  return receive.records === 0 && store.tables.every(({ rows }) => rows === 0);
}
