// SPDX-License-Identifier: Apache-2.0
import { ask } from '../api/client';
import { collectorHealth, type Health } from '../api/health';
import { WITH_RECORDS } from '../api/pace';
import { type Answered, useAnswer } from '../api/use-answer';
import { Fact } from '../control/facts';
import { Popover } from '../control/popover';
import { formatCount } from '../format/quantity';
import { formatDuration } from '../format/time';
import { knownPages } from '../view/known-pages';
import type { View } from '../view/view';

interface Verdict {
  readonly state: 'ok' | 'degraded' | 'lost' | 'waiting';
  readonly text: string;
}

function verdictOf({ data, error }: Answered<Health>): Verdict {
  if (error) return { state: 'lost', text: 'Not reachable' };
  if (!data) return { state: 'waiting', text: 'Connecting' };
  const count = data.problems.length;
  if (count === 0 && data.status === 'ok') return { state: 'ok', text: 'Healthy' };
  if (count === 0) return { state: 'degraded', text: 'Degraded' };
  return { state: 'degraded', text: count === 1 ? '1 problem' : `${count} problems` };
}

/** Says how the collector is; pressing it tells what is wrong. */
export function HealthLink({ view }: { readonly view: View }) {
  const health = useAnswer({
    key: 'health',
    ...WITH_RECORDS,
    load: async (signal) => {
      collectorHealth.value = await ask('/api/v1/health', {}, signal);
      return collectorHealth.value;
    },
  });
  const { state, text } = verdictOf(health);
  const label = (
    <>
      <span class="health-dot" data-state={state} aria-hidden="true" />
      <span class="side-text">{text}</span>
    </>
  );
  return (
    <Popover label={label} title={`Collector: ${text}`} buttonClass="side-link" testId="health">
      {() => (
        <div class="health-detail" data-testid="health-detail">
          {health.error && <p class="health-problem">{health.error.message}</p>}
          {health.data && <HealthDetail health={health.data} />}
          {knownPages.value.has('exporters') && (
            <a href={view.link('exporters')}>Exporters and the collector's health</a>
          )}
        </div>
      )}
    </Popover>
  );
}

function HealthDetail({ health }: { readonly health: Health }) {
  const { receive, store, decide } = health;
  const drops = Object.entries(receive.dropsByReason).filter(([, count]) => count > 0);
  return (
    <>
      {health.problems.map((problem) => (
        <p key={problem} class="health-problem">
          {problem}
        </p>
      ))}
      {health.problems.length === 0 && <p>The collector reports no problems.</p>}
      <dl class="facts">
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
