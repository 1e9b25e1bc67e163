// SPDX-License-Identifier: Apache-2.0
import type { BehaviourHost } from '@weir/wire';
import { ask } from '../../api/client';
import { WITH_BEHAVIOUR } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { formatCount } from '../../format/quantity';
import { formatSpan } from '../../format/time';
import { clockText } from '../../view/shown';
import { RoleBadges } from './role-badges';
import { EVIDENCE, reasonText } from './roles';

/** What the host is by its flows alone, and the counts that speak for it. */
export function HostBehaviour({ host }: { readonly host: string }) {
  const { data, error } = useAnswer({
    key: `host behaviour ${host}`,
    ...WITH_BEHAVIOUR,
    load: (signal) => ask('/api/v1/behaviour/hosts', { host, limit: 1 }, signal),
  });
  const [found] = data?.hosts ?? [];
  const window = data?.window;
  const length = window && formatSpan(Math.round((window.to - window.from) / 1000));
  const sample = data?.samplingInterval ?? 1;
  const note =
    window &&
    `of the ${length} until ${clockText(window.to)}${sample > 1 ? `, one of ${formatCount(sample)} pairs` : ''}`;
  return (
    <Panel title="Behaviour" note={note} testId="host-behaviour">
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={6} />}
      {data?.problem !== undefined && (
        <Notice title="The last analysis failed">
          <p>{data.problem}</p>
        </Notice>
      )}
      {data && found === undefined && data.problem === undefined && (
        <Notice title={window === undefined ? 'No analysis yet' : 'Too few conversations to judge'}>
          <p>
            {window === undefined
              ? 'The collector looks at the last minutes every few minutes (--behaviour-interval).'
              : 'The host was not in the last minutes that were looked at, or only by the way.'}
          </p>
        </Notice>
      )}
      {found !== undefined && <Judgement host={found} />}
    </Panel>
  );
}

function Judgement({ host }: { readonly host: BehaviourHost }) {
  return (
    <div class="host-judgement">
      <p class="host-roles">
        <RoleBadges host={host} />
      </p>
      {host.reasons.length > 0 && (
        <ul class="host-reasons">
          {host.reasons.map((reason) => (
            <li key={reason}>{reasonText(reason)}</li>
          ))}
        </ul>
      )}
      <dl class="host-evidence">
        {EVIDENCE.map(([name, title]) => (
          <div key={name}>
            <dt>{title}</dt>
            <dd>{formatCount(host.evidence[name])}</dd>
          </div>
        ))}
      </dl>
      <p class="muted host-caution">
        Judged by addresses, ports and times alone: a name out of payload says more.
      </p>
    </div>
  );
}
