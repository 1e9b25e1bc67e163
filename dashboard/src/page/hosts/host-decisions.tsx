// SPDX-License-Identifier: Apache-2.0
import type { Answer } from '../../api/client';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { originText } from '../../format/decision-origin';
import { formatCounted } from '../../format/quantity';
import { actionText, selectorText } from '../../format/rule-texts';
import { formatDuration } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { knownPages } from '../../view/known-pages';
import { amountText, momentText } from '../../view/shown';
import type { HostProps } from './host-story';
import { touchState } from './touches';

const MOST = 100;

type Why = Answer<'/api/v1/why'>;
export type Touch = Why['touches'][number];

/** What was decided about the host, now and during the last day, and why. */
export function HostDecisions({ view, host }: HostProps) {
  const { data, error } = useAnswer({
    key: `why ${host}`,
    ...WITH_DECISIONS,
    load: async (signal) => {
      const why = await ask('/api/v1/why', { address: host, limit: MOST }, signal);
      return { why, now: Date.now() };
    },
  });
  const { touches, protectedBy } = data?.why ?? { touches: [] };
  return (
    <Panel
      title="Decisions"
      note="now and during the last day"
      testId="host-decisions"
      actions={
        knownPages.value.has('decisions') && (
          <a class="panel-link" href={view.link('decisions')}>
            All
          </a>
        )
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {protectedBy !== undefined && (
        <p class="host-protected">
          <span class="badge badge-ok">Protected</span> {protectedBy}
        </p>
      )}
      {data && touches.length === 0 && (
        <Notice title="Nothing was decided about this host">
          <p>No rule, list or person has touched its traffic.</p>
        </Notice>
      )}
      {data && touches.length > 0 && (
        <DataTable
          caption="Decisions that touch the host"
          columns={columnsAt(data.now)}
          rows={touches}
          keyOf={({ decision, endedMilliseconds }) => `${decision.id} ${endedMilliseconds ?? ''}`}
          height="320px"
        />
      )}
    </Panel>
  );
}

function columnsAt(now: number): Column<Touch>[] {
  return [
    {
      id: 'what',
      title: 'What',
      value: ({ decision }) => actionText(decision.action),
      show: ({ decision }) => (
        <span title={`${actionText(decision.action)}: ${selectorText(decision.selector)}`}>
          {actionText(decision.action)}
        </span>
      ),
    },
    {
      id: 'why',
      title: 'Why',
      value: ({ decision }) => decision.reason,
      show: (touch) => <Reason touch={touch} />,
    },
    {
      id: 'state',
      title: 'State',
      width: '108px',
      value: (touch) => touchState(touch),
      show: (touch) => <State touch={touch} now={now} />,
    },
    {
      id: 'hit',
      title: 'Hit',
      kind: 'number',
      width: '84px',
      room: 'wide',
      value: ({ octets }) => octets,
      show: ({ octets, packets }) => (
        <span title={formatCounted(packets, 'packet')}>{amountText(octets, 'octets')}</span>
      ),
    },
  ];
}

function Reason({ touch: { decision } }: { readonly touch: Touch }) {
  const about = [decision.reason, selectorText(decision.selector)].filter(Boolean).join('\n');
  return (
    <span title={about}>
      {originText(decision)} <span class="muted">{decision.reason}</span>
    </span>
  );
}

function State({ touch, now }: { readonly touch: Touch; readonly now: number }) {
  const { decision, endedMilliseconds } = touch;
  const word = touchState(touch);
  const left = decision.expiresMilliseconds;
  const title =
    endedMilliseconds !== undefined
      ? `until ${momentText(endedMilliseconds)}`
      : left === undefined
        ? 'until it is lifted'
        : `${formatDuration(left - now)} left`;
  return (
    <span title={title}>
      <span class={word === 'Applied' ? 'badge badge-warning' : 'badge'}>{word}</span>
    </span>
  );
}
