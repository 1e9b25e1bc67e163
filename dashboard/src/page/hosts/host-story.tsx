// SPDX-License-Identifier: Apache-2.0
// One host: what it is, what it moved, with whom, by which ports, how it behaves, and what was decided about it.
import type { Flow } from '@weir/wire';
import { useAnswer } from '../../api/use-answer';
import { StoryHead } from '../../control/story-head';
import { ValueButton } from '../../control/value-menu';
import { NO_VALUE } from '../../format/quantity';
import { momentText } from '../../view/shown';
import { freshnessOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { askLatest, joined } from './ask-hosts';
import { HostBehaviour } from './host-behaviour';
import { HostDecisions } from './host-decisions';
import { useHostNames } from './host-names';
import { HostPeers } from './host-peers';
import { HostPorts } from './host-ports';
import { HostTrafficPanel } from './host-traffic';

export interface HostProps {
  readonly view: View;
  readonly host: string;
}

export function HostStory({ view, host }: HostProps) {
  return (
    <div class="host-story">
      <HostHead view={view} host={host} />
      <HostTrafficPanel view={view} host={host} />
      <HostPeers view={view} host={host} />
      <HostPorts view={view} host={host} />
      <HostBehaviour host={host} />
      <HostDecisions view={view} host={host} />
    </div>
  );
}

function HostHead({ view, host }: HostProps) {
  const { time, filter } = view;
  const { data } = useAnswer({
    key: `latest ${host} ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const window = windowOf(time, Date.now());
      return { latest: await askLatest({ filter, window, signal }, host) };
    },
  });
  const name = useHostNames([host]).get(host);
  return (
    <StoryHead
      view={view}
      title={host}
      name={name}
      back={{ page: 'hosts', title: 'All hosts' }}
      filter={joined(filter, `ip = ${host}`)}
      about={{ dimension: 'host', key: host }}
      testId="host-head"
    >
      <Facts host={host} latest={data?.latest} isAnswered={data !== undefined} />
    </StoryHead>
  );
}

interface FactsProps {
  readonly host: string;
  readonly latest: Flow | undefined;
  readonly isAnswered: boolean;
}

/** What the host belongs to, by its latest record. */
function Facts({ host, latest, isAnswered }: FactsProps) {
  if (latest === undefined) {
    return <span class="muted">{isAnswered ? 'No flow in this time range' : NO_VALUE}</span>;
  }
  const isSource = latest.sourceAddress === host;
  const end = isSource ? ('source' as const) : ('destination' as const);
  const asNumber = isSource ? latest.bgpSourceAsNumber : latest.bgpDestinationAsNumber;
  const places = [
    { dimension: 'network', value: latest[`${end}Network`] },
    { dimension: 'role', value: latest[`${end}Role`] },
    { dimension: 'site', value: latest[`${end}Site`] },
    { dimension: 'country', value: latest[`${end}Country`] },
    { dimension: 'asNumber', value: asNumber === 0 ? '' : String(asNumber) },
  ] as const;
  const asName = latest[`${end}AsName`];
  return (
    <>
      {places
        .filter(({ value }) => value !== '')
        .map(({ dimension, value }) => (
          <span key={dimension} class="story-fact">
            {dimension === 'asNumber' && <span class="muted">AS</span>}
            <ValueButton dimension={dimension} value={value} />
            {dimension === 'asNumber' && asName !== '' && <span class="muted">{asName}</span>}
          </span>
        ))}
      <span class="muted">last seen {momentText(latest.flowEndMilliseconds)}</span>
    </>
  );
}
