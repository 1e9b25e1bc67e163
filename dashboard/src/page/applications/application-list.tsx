// SPDX-License-Identifier: Apache-2.0
import type { TopResponse } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { freshnessOf, stepSecondsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { ApplicationTable } from './application-table';
import { Certainty } from './certainty';
import { applicationsOf, confidencesOf, trendsOf } from './ranking';
import { Unnamed } from './unnamed-panels';

const MOST_ROWS = 1000;
/** As many as a question for series may have. */
const MOST_TRENDS = 50;

async function askApplications(view: View, signal: AbortSignal) {
  const { time, filter } = view;
  const window = windowOf(time, Date.now());
  const [top, series] = await Promise.all([
    ask(
      '/api/v1/top',
      {
        by: ['applicationName', 'applicationCategory', 'applicationConfidence'],
        limit: MOST_ROWS,
        filter,
        ...window,
      },
      signal,
    ),
    askSeries(
      {
        by: ['applicationName'],
        limit: MOST_TRENDS,
        stepSeconds: stepSecondsOf(window),
        previous: 'window',
        filter,
        ...window,
      },
      signal,
    ),
  ]);
  return { top, trends: trendsOf(series, window.to), window };
}

export function ApplicationList({ view }: { readonly view: View }) {
  const { time, filter } = view;
  const answer = useAnswer({
    key: `applications ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: (signal) => askApplications(view, signal),
  });
  const { data, error, fresh } = answer;
  const shown = useMemo(
    () => data && { ...data, applications: applicationsOf(data.top.rows) },
    [data],
  );
  const isEmpty = shown?.applications.length === 0;
  return (
    <div class="applications">
      {error && <ErrorNotice error={error} />}
      {!shown && !error && (
        <Panel title="Applications" testId="applications">
          <Skeleton rows={14} />
        </Panel>
      )}
      {isEmpty && (
        <Panel title="Applications" testId="applications">
          <Nothing view={view} />
        </Panel>
      )}
      {shown && !isEmpty && (
        <>
          <CertaintyPanel top={shown.top} isFresh={fresh} />
          <ApplicationTable view={view} isFresh={fresh} {...shown} />
          <Unnamed view={view} />
        </>
      )}
    </div>
  );
}

function Nothing({ view }: { readonly view: View }) {
  return (
    <Notice title={view.filter === '' ? 'No flows in this time range' : 'Nothing fits the filter'}>
      {view.filter === '' ? (
        <p>Choose a longer time, or look whether exporters send.</p>
      ) : (
        <button type="button" class="button" onClick={() => view.change({ filter: undefined })}>
          Show all applications
        </button>
      )}
    </Notice>
  );
}

function CertaintyPanel({
  top,
  isFresh,
}: {
  readonly top: TopResponse;
  readonly isFresh: boolean;
}) {
  const parts = useMemo(() => confidencesOf(top.rows), [top]);
  return (
    <Panel title="How sure the names are" note="by octets" testId="certainty" outdated={!isFresh}>
      <Certainty parts={parts} />
    </Panel>
  );
}
