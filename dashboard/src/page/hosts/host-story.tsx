// SPDX-License-Identifier: Apache-2.0
// One host: what it is, what it moved, with whom, by which ports, how it behaves, and what was decided about it.
import type { Flow } from '@weir/wire';
import { useAnswer } from '../../api/use-answer';
import { Icon } from '../../control/icons';
import { useValueMenu, ValueButton } from '../../control/value-menu';
import { NO_VALUE } from '../../format/quantity';
import { knownPages } from '../../view/known-pages';
import { momentText } from '../../view/shown';
import { timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { askLatest } from './ask-hosts';
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

/** Panels beside the chart ask less often: nobody reads tables that change under the eyes. */
export const STORY_EVERY_MS = 30_000;

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
    everyMs: time.kind === 'last' ? STORY_EVERY_MS : undefined,
    load: async (signal) => {
      const window = windowOf(time, Date.now());
      return { latest: await askLatest({ filter, window, signal }, host) };
    },
  });
  const name = useHostNames([host]).get(host);
  const openValueMenu = useValueMenu();
  const keys = [{ dimension: 'host' as const, key: host }];
  return (
    <header class="host-head" data-testid="host-head">
      <a
        class="button button-square"
        href={view.link('hosts')}
        aria-label="All hosts"
        title="All hosts"
      >
        <Icon name="left" />
      </a>
      <div class="host-title">
        <h2>{host}</h2>
        {name !== undefined && <span class="host-name">{name}</span>}
      </div>
      <Facts host={host} latest={data?.latest} isAnswered={data !== undefined} />
      <div class="host-actions">
        {knownPages.value.has('flows') && (
          <a class="button" href={view.link('flows', { filter: hostFilter(filter, host) })}>
            <Icon name="flows" />
            Raw flows
          </a>
        )}
        <button
          type="button"
          class="button"
          aria-haspopup="menu"
          data-testid="host-menu"
          onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
        >
          <Icon name="more" />
          Act on it
        </button>
      </div>
    </header>
  );
}

function hostFilter(filter: string, host: string): string {
  return filter === '' ? `ip = ${host}` : `(${filter}) and ip = ${host}`;
}

interface FactsProps {
  readonly host: string;
  readonly latest: Flow | undefined;
  readonly isAnswered: boolean;
}

/** What the host belongs to, by its latest record. */
function Facts({ host, latest, isAnswered }: FactsProps) {
  if (latest === undefined) {
    return <p class="host-facts muted">{isAnswered ? 'No flow in this time range' : NO_VALUE}</p>;
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
    <p class="host-facts">
      {places
        .filter(({ value }) => value !== '')
        .map(({ dimension, value }) => (
          <span key={dimension} class="host-fact">
            {dimension === 'asNumber' && <span class="muted">AS</span>}
            <ValueButton dimension={dimension} value={value} />
            {dimension === 'asNumber' && asName !== '' && <span class="muted">{asName}</span>}
          </span>
        ))}
      <span class="muted">last seen {momentText(latest.flowEndMilliseconds)}</span>
    </p>
  );
}
