// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse } from '@weir/wire';
import { useId, useState } from 'react';
import type { Polled } from '../api/use-polled';
import { formatCount } from '../format/quantity';
import { formatDuration } from '../format/time';

interface Verdict {
  readonly state: 'ok' | 'degraded' | 'lost' | 'waiting';
  readonly text: string;
}

function verdictOf({ data, error }: Polled<HealthResponse>): Verdict {
  if (error) return { state: 'lost', text: 'Not reachable' };
  if (!data) return { state: 'waiting', text: 'Connecting' };
  const count = data.problems.length;
  if (count === 0 && data.status === 'ok') return { state: 'ok', text: 'Healthy' };
  if (count === 0) return { state: 'degraded', text: 'Degraded' };
  return { state: 'degraded', text: count === 1 ? '1 problem' : `${count} problems` };
}

/** Says how the collector is; hovering or pressing it tells what is wrong. */
export function HealthButton({ health }: { readonly health: Polled<HealthResponse> }) {
  const [open, setOpen] = useState(false);
  const detailId = useId();
  const { state, text } = verdictOf(health);
  return (
    <div className="health" data-open={open}>
      <button
        type="button"
        className="button health-button"
        data-testid="health"
        data-state={state}
        aria-expanded={open}
        aria-controls={detailId}
        onClick={() => setOpen(!open)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        <span className="health-dot" aria-hidden="true" />
        {text}
      </button>
      <div id={detailId} className="health-detail" data-testid="health-detail">
        {health.error && <p className="health-problem">{health.error.message}</p>}
        {health.data && <HealthDetail health={health.data} />}
      </div>
    </div>
  );
}

function HealthDetail({ health }: { readonly health: HealthResponse }) {
  const { receive, store, decide } = health;
  const drops = Object.entries(receive.dropsByReason).filter(([, count]) => count > 0);
  return (
    <>
      {health.problems.map((problem) => (
        <p key={problem} className="health-problem">
          {problem}
        </p>
      ))}
      {health.problems.length === 0 && <p>The collector reports no problems.</p>}
      <dl className="facts">
        <Fact term="Running for" value={formatDuration(health.uptimeSeconds * 1000)} />
        <Fact term="Datagrams received" value={formatCount(receive.datagrams)} />
        <Fact term="Records received" value={formatCount(receive.records)} />
        {drops.map(([reason, count]) => (
          <Fact key={reason} term={`Dropped: ${reason}`} value={formatCount(count)} />
        ))}
        <Fact term="Records stored" value={formatCount(store.storedRecords)} />
        <Fact term="Waiting to be stored" value={formatCount(store.pendingRecords)} />
        <Fact term="Failed inserts" value={formatCount(store.failedInserts)} />
        <Fact term="Decisions" value={formatCount(decide.decisions)} />
        <Fact term="Store" value={store.engine} />
        <Fact term="Version" value={health.version} />
      </dl>
    </>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}
