// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse } from '@weir/wire';
import { useSyncExternalStore } from 'react';
import { signOut } from '../api/client';
import type { LiveStream } from '../api/live-stream';
import { sessionState, subscribeSession } from '../api/session';
import type { Polled } from '../api/use-polled';
import { formatBitRate, formatScaled, NO_VALUE } from '../format/quantity';
import type { Theme } from '../theme/use-theme';
import { HealthButton } from './health-button';
import { AutoIcon, MoonIcon, SunIcon, WeirMark } from './icons';
import { Segmented } from './segmented';

const THEMES = [
  { value: 'auto', label: <AutoIcon />, title: 'Theme of the system' },
  { value: 'light', label: <SunIcon />, title: 'Light theme' },
  { value: 'dark', label: <MoonIcon />, title: 'Dark theme' },
] as const;

export interface HeaderProps {
  readonly stream: LiveStream;
  readonly health: Polled<HealthResponse>;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

export function Header({ stream, health, theme, onTheme }: HeaderProps) {
  return (
    <header className="page-header">
      <div className="brand">
        <WeirMark />
        <h1>Weir</h1>
      </div>
      <LiveRates stream={stream} />
      <div className="page-header-end">
        <SignOut />
        <HealthButton health={health} />
        <Segmented
          legend="Theme"
          choices={THEMES}
          value={theme}
          onChange={onTheme}
          testId="theme"
        />
      </div>
    </header>
  );
}

/** Who has signed in, and the way out; nothing where nobody needs to. */
function SignOut() {
  const state = useSyncExternalStore(subscribeSession, sessionState);
  if (state.status !== 'in' || state.session.kind !== 'user') return null;
  const { name, role } = state.session;
  return (
    <>
      <span className="who" title={role}>
        {name}
      </span>
      <button type="button" className="button" data-testid="sign-out" onClick={leave}>
        Sign out
      </button>
    </>
  );
}

/** A collector that does not answer leaves the session as it is; the page says so elsewhere. */
function leave(): void {
  signOut().catch(() => undefined);
}

const OCTET_BITS = 8;

/** Its own component, so that a second's new rates redraw three numbers and not the page. */
function LiveRates({ stream }: { readonly stream: LiveStream }) {
  const { status, rates } = useSyncExternalStore(stream.subscribe, stream.state);
  return (
    <dl
      className="live-rates"
      title="As exporters report it, mean of the last 10 seconds"
      data-testid="live-rates"
      data-status={status}
    >
      <Rate
        term="Traffic now"
        value={rates && formatBitRate(rates.octetsPerSecond * OCTET_BITS)}
        testId="live-bits"
      />
      <Rate
        term="Packets"
        value={rates && `${formatScaled(rates.packetsPerSecond, '')} /s`}
        testId="live-packets"
      />
      <Rate
        term="Flows"
        value={rates && `${formatScaled(rates.flowsPerSecond, '')} /s`}
        testId="live-flow-rate"
      />
    </dl>
  );
}

interface RateProps {
  readonly term: string;
  readonly value: string | undefined;
  readonly testId: string;
}

function Rate({ term, value, testId }: RateProps) {
  return (
    <div className="live-rate">
      <dt>{term}</dt>
      <dd data-testid={testId}>{value ?? NO_VALUE}</dd>
    </div>
  );
}
