// SPDX-License-Identifier: Apache-2.0
import type { Flow } from '@weir/wire';
import { memo, useState, useSyncExternalStore } from 'react';
import type { LiveStream } from '../api/live-stream';
import { formatEndpoint, formatProtocol } from '../format/flow';
import { formatCount, formatOctets } from '../format/quantity';
import { formatClock, formatDuration, formatMoment } from '../format/time';
import { ApplicationName } from './applications';
import { PauseIcon, PlayIcon } from './icons';
import type { LiveRow } from './live-buffer';
import { Notice, Panel, Skeleton } from './panel';
import { useLiveRows } from './use-live-rows';

export interface LiveFlowsProps {
  readonly stream: LiveStream;
  readonly application: string | undefined;
}

export function LiveFlows({ stream, application }: LiveFlowsProps) {
  const [paused, setPaused] = useState(false);
  const [pointed, setPointed] = useState(false);
  const { rows, waitingCount } = useLiveRows(stream, { application, held: paused || pointed });
  return (
    <Panel
      title="Live flows"
      note={<HoldNote paused={paused} pointed={pointed} waitingCount={waitingCount} />}
      testId="live-flows"
      actions={
        <button
          type="button"
          className="button"
          aria-pressed={paused}
          data-testid="live-pause"
          onClick={() => setPaused(!paused)}
        >
          {paused ? <PlayIcon /> : <PauseIcon />}
          {paused ? 'Resume' : 'Pause'}
        </button>
      }
    >
      {rows.length === 0 ? (
        <NoFlows stream={stream} application={application} />
      ) : (
        <FlowTable rows={rows} onPointed={setPointed} />
      )}
    </Panel>
  );
}

function NoFlows({ stream, application }: LiveFlowsProps) {
  const status = useSyncExternalStore(stream.subscribe, () => stream.state().status);
  if (status === 'connecting') return <Skeleton rows={6} />;
  return (
    <Notice title={application ? `Waiting for ${application}` : 'Waiting for flows'}>
      <p>Each flow appears here as soon as an exporter has reported it.</p>
    </Notice>
  );
}

interface HoldNoteProps {
  readonly paused: boolean;
  readonly pointed: boolean;
  readonly waitingCount: number;
}

function HoldNote({ paused, pointed, waitingCount }: HoldNoteProps) {
  if (!paused && !pointed) return 'newest first';
  const waiting = `${formatCount(waitingCount)} new waiting`;
  return paused ? `paused · ${waiting}` : `held under the pointer · ${waiting}`;
}

interface FlowTableProps {
  readonly rows: readonly LiveRow[];
  readonly onPointed: (pointed: boolean) => void;
}

const COLUMNS = [
  ['time', 'Time'],
  ['app', 'Application'],
  ['source', 'Source'],
  ['destination', 'Destination'],
  ['protocol', 'Protocol'],
  ['octets', 'Octets'],
  ['packets', 'Packets'],
  ['duration', 'Duration'],
  ['exporter', 'Exporter'],
] as const;
const NUMBERS = new Set<string>(['octets', 'packets', 'duration']);

/** Rows stand still under a pointer: a button that moves away cannot be pressed. */
function FlowTable({ rows, onPointed }: FlowTableProps) {
  return (
    <section
      className="flow-scroll"
      aria-label="Live flows, scrollable"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPointed(true)}
      onPointerLeave={() => onPointed(false)}
    >
      <table className="data-table flow-table">
        <caption className="visually-hidden">The newest flows, newest first</caption>
        <thead>
          <tr>
            {COLUMNS.map(([column, title]) => (
              <th
                key={column}
                scope="col"
                className={`flow-${column}${NUMBERS.has(column) ? ' number' : ''}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, flow }) => (
            <FlowLine key={id} flow={flow} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A row never changes: only new ones are drawn. */
const FlowLine = memo(function FlowLine({ flow }: { readonly flow: Flow }) {
  const { flowStartMilliseconds: start, flowEndMilliseconds: end, protocolIdentifier } = flow;
  const endpoint = (address: string, port: number) =>
    formatEndpoint(address, port, protocolIdentifier);
  return (
    <tr>
      <td className="flow-time" title={`${formatMoment(start)} to ${formatMoment(end)}`}>
        {formatClock(end)}
      </td>
      <td className="flow-app">
        <ApplicationName name={flow.applicationName} />
      </td>
      <td className="flow-source address">
        {endpoint(flow.sourceAddress, flow.sourceTransportPort)}
      </td>
      <td className="flow-destination address">
        <span className="arrow" aria-hidden="true">
          →
        </span>
        {endpoint(flow.destinationAddress, flow.destinationTransportPort)}
      </td>
      <td className="flow-protocol">{formatProtocol(flow)}</td>
      <td className="flow-octets number">{formatOctets(flow.octets)}</td>
      <td className="flow-packets number">
        {formatCount(flow.packets)}
        <span className="narrow-unit"> packets</span>
      </td>
      <td className="flow-duration number">{formatDuration(end - start)}</td>
      <td className="flow-exporter address">{flow.exporterAddress}</td>
    </tr>
  );
});
