// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse } from '@weir/wire';
import { RANGES, type View } from '../view/view';
import { Notice } from './panel';

export interface EmptyTrafficProps {
  readonly view: View;
  readonly health: HealthResponse | undefined;
  readonly onChange: (change: Partial<View>) => void;
}

/** Three reasons for an empty chart, and what helps against each. */
export function EmptyTraffic({ view, health, onChange }: EmptyTrafficProps) {
  const { application, range } = view;
  if (application !== undefined) {
    return (
      <Notice title={`No ${application} in the ${range.title.toLowerCase()}`}>
        <button
          type="button"
          className="button"
          onClick={() => onChange({ application: undefined })}
        >
          Show all applications
        </button>
      </Notice>
    );
  }
  if (health?.receive.datagrams === 0) return <FirstRun />;
  const longer = RANGES.find(({ seconds }) => seconds > range.seconds);
  return (
    <Notice title={`No flows in the ${range.title.toLowerCase()}`}>
      <p>
        A flow shows up once its exporter has reported it, a minute after it began or when it ends.
      </p>
      {longer && (
        <button type="button" className="button" onClick={() => onChange({ range: longer })}>
          Show the {longer.title.toLowerCase()}
        </button>
      )}
    </Notice>
  );
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
