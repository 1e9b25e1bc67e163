// SPDX-License-Identifier: Apache-2.0
import { collectorHealth } from '../../api/health';
import { Notice } from '../../control/panel';
import { timeTitle } from '../../control/time-control';
import { lengthMs, PRESETS, parseTime, type TimeRange } from '../../view/time-range';
import type { View } from '../../view/view';

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
  if (collectorHealth.value?.receive.datagrams === 0) return <FirstRun />;
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

function FirstRun() {
  const host = window.location.hostname;
  return (
    <Notice title="No flow has been received yet">
      <p>
        Point a router’s NetFlow, IPFIX or sFlow export at this collector’s UDP port, or start a
        probe:
      </p>
      <pre>
        <code>npx weir probe --interface eth0 --export netflow9://{host}:2055</code>
      </pre>
    </Notice>
  );
}
