// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse, ApplicationRule as Rule } from '@weir/wire';
import { useMemo, useState } from 'react';
import { fetchHealth, UnreachableError } from './api/client';
import type { LiveStream } from './api/live-stream';
import { type Control, useControl } from './api/use-control';
import { type Polled, usePolled } from './api/use-polled';
import { type Traffic, useTraffic } from './api/use-traffic';
import {
  ApplicationName,
  type Applications,
  ApplicationsContext,
  canBlock,
} from './panel/applications';
import { BlockButton } from './panel/block-button';
import { BlockDialog, DeleteDialog } from './panel/dialogs';
import { EmptyTraffic } from './panel/empty-traffic';
import { Header } from './panel/header';
import { LiveFlows } from './panel/live-flows';
import { RulesPanel } from './panel/rules-panel';
import { Toolbar } from './panel/toolbar';
import { TopPanel } from './panel/top-panel';
import { TrafficPanel } from './panel/traffic-panel';
import { assignSlots, colourVariable, type Slots } from './theme/slots';
import { useShownTheme, useTheme } from './theme/use-theme';
import { useView } from './view/use-view';
import type { View } from './view/view';

const HEALTH_MS = 5_000;

export function App({ stream }: { readonly stream: LiveStream }) {
  const [view, changeView] = useView();
  const [theme, setTheme] = useTheme();
  const shownTheme = useShownTheme(theme);
  const traffic = useTraffic(view);
  const control = useControl();
  const health = usePolled('health', HEALTH_MS, fetchHealth);
  const startedMs = useMemo(() => startOf(health.data), [health.data]);
  const [blocking, setBlocking] = useState<string>();
  const [deleting, setDeleting] = useState<Rule>();
  const applications = useApplicationsOf({ view, changeView, traffic, control, setBlocking });

  return (
    <ApplicationsContext value={applications}>
      <div className="page-top">
        <Header stream={stream} health={health} theme={theme} onTheme={setTheme} />
        <Toolbar view={view} onChange={changeView} />
        <Unreachable health={health} />
      </div>
      <main className="page-main">
        <TrafficPanel
          series={traffic.series}
          view={view}
          theme={shownTheme}
          startedMs={startedMs}
          empty={<EmptyTraffic view={view} health={health.data} onChange={changeView} />}
        />
        <Tops traffic={traffic} applications={applications} />
        <RulesPanel control={control} onDelete={setDeleting} />
        <LiveFlows stream={stream} application={view.application} />
      </main>
      {blocking !== undefined && (
        <BlockDialog
          application={blocking}
          create={control.create}
          onClose={() => setBlocking(undefined)}
        />
      )}
      {deleting && (
        <DeleteDialog
          rule={deleting}
          remove={control.remove}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </ApplicationsContext>
  );
}

/** To the second: each answer would otherwise move it by milliseconds and draw the chart again. */
function startOf(health: HealthResponse | undefined): number | undefined {
  return health && Math.round(Date.now() / 1000 - health.uptimeSeconds) * 1000;
}

interface TopsProps {
  readonly traffic: Traffic;
  readonly applications: Applications;
}

function Tops({ traffic, applications }: TopsProps) {
  return (
    <>
      <TopPanel
        title="Top applications"
        what="Application"
        testId="top-applications"
        top={traffic.applications}
        selected={applications.selected}
        colourOf={applications.colourOf}
        renderKey={(key) => <ApplicationName name={key} />}
        renderAction={(key) => canBlock(key) && <BlockButton name={key} />}
      />
      <TopPanel
        title="Top talkers"
        what="Host"
        testId="top-talkers"
        top={traffic.talkers}
        colourOf={() => '--bar'}
        renderKey={(key) => <span className="address top-host">{key}</span>}
      />
    </>
  );
}

function Unreachable({ health }: { readonly health: Polled<HealthResponse> }) {
  if (!(health.error instanceof UnreachableError)) return null;
  return (
    <p className="banner" role="alert" data-testid="unreachable">
      <strong>The collector does not answer.</strong> What you see is its last answer. Check that{' '}
      <code>weir collector</code> is running; this page tries again every few seconds.
    </p>
  );
}

interface ApplicationsInput {
  readonly view: View;
  readonly changeView: (change: Partial<View>) => void;
  readonly traffic: Traffic;
  readonly control: Control;
  readonly setBlocking: (name: string) => void;
}

function useApplicationsOf(input: ApplicationsInput): Applications {
  const { view, changeView, traffic, control, setBlocking } = input;
  const slots = useSlots(traffic);
  const rules = control.rules.data;
  return useMemo(() => {
    // A rule means its application in any case, as the collector has it.
    const blocked = new Set(rules?.map(({ applicationName }) => applicationName.toLowerCase()));
    return {
      selected: view.application,
      select: (application) => changeView({ application }),
      colourOf: (name) => colourVariable(slots, name),
      isBlocked: (name) => blocked.has(name.toLowerCase()),
      block: setBlocking,
    };
  }, [view.application, changeView, slots, rules, setBlocking]);
}

/** Colours go first to what the chart shows, then to the ranking; they stay when a refresh changes the order. */
function useSlots({ series, applications }: Traffic): Slots {
  const [slots, setSlots] = useState<Slots>(new Map());
  const charted = series.data?.response.series.map(({ key }) => key) ?? [];
  const ranked = applications.data?.rows.map(({ key }) => key) ?? [];
  const next = assignSlots(slots, [...charted, ...ranked]);
  if (next !== slots) setSlots(next);
  return next;
}
