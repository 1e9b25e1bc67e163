// SPDX-License-Identifier: Apache-2.0
// One application: how it went, what its name rests on, and who uses it where.
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { type Answered, useAnswer } from '../../api/use-answer';
import { previousRates, toRates } from '../../chart/rates';
import { TimeChart } from '../../chart/time-chart';
import { keyLabel } from '../../control/key-label';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { StoryHead } from '../../control/story-head';
import { ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatCounted } from '../../format/quantity';
import { formatSpan } from '../../format/time';
import { useColours } from '../../theme/colours';
import { narrowed } from '../../view/filter-edit';
import { amountText } from '../../view/shown';
import { freshnessOf, stepSecondsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { Certainty } from './certainty';
import { type Application, applicationsOf, type ByConfidence } from './ranking';
import { UsedBy } from './used-by';

export interface ApplicationProps {
  readonly view: View;
  readonly application: string;
}

const CHART_PX = 260;

/** The view's filter and the application. */
export function filterOf({ view: { filter }, application }: ApplicationProps): string {
  const keys = [{ dimension: 'applicationName' as const, key: application }];
  return narrowed(filter, keys, 'in') ?? filter;
}

export function ApplicationStory(props: ApplicationProps) {
  const { view, application } = props;
  const { time } = view;
  const filter = filterOf(props);
  const answer = useAnswer({
    key: `application ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const by = ['applicationName' as const, 'applicationCategory' as const];
      const query = { by: [...by, 'applicationConfidence' as const], limit: 100, filter };
      const window = windowOf(time, Date.now());
      return applicationsOf((await ask('/api/v1/top', { ...query, ...window }, signal)).rows);
    },
  });
  const found = answer.data?.find(({ name }) => name === application);
  const about = { dimension: 'applicationName' as const, key: application };
  return (
    <div class="applications">
      <StoryHead
        view={view}
        title={keyLabel(about)}
        back={{ page: 'applications', title: 'All applications' }}
        filter={filter}
        about={about}
        testId="application-head"
      >
        {found !== undefined && <Facts found={found} />}
      </StoryHead>
      <Course {...props} />
      <CertaintyPanel answer={answer} confidences={found?.confidences} />
      <UsedBy {...props} kind="who" />
      <UsedBy {...props} kind="where" />
    </div>
  );
}

function Facts({ found: { category, octets, flows } }: { readonly found: Application }) {
  return (
    <>
      {category !== '' && <ValueButton dimension="applicationCategory" value={category} />}
      <span class="muted">
        {amountText(octets, 'octets')}, {formatCounted(flows, 'flow')}
      </span>
    </>
  );
}

interface CertaintyPanelProps {
  readonly answer: Pick<Answered<unknown>, 'data' | 'error'>;
  /** Of the application; undefined: it has no flows. */
  readonly confidences: readonly ByConfidence[] | undefined;
}

function CertaintyPanel({ answer: { data, error }, confidences }: CertaintyPanelProps) {
  return (
    <Panel title="How sure the name is" note="by octets" testId="certainty">
      {error && <ErrorNotice error={error} />}
      {data === undefined && !error && <Skeleton rows={2} />}
      {data !== undefined && confidences === undefined && <Notice title="No flow to judge by" />}
      {confidences !== undefined && <Certainty parts={confidences} />}
    </Panel>
  );
}

/** Its rate, and as dashes what it was in the window before. */
function Course(props: ApplicationProps) {
  const { view, application } = props;
  const { time, changeTime } = view;
  const filter = filterOf(props);
  const { data, error, fresh } = useAnswer({
    key: `application course ${timeParameter(time)} ${filter}`,
    ...freshnessOf(time),
    load: async (signal) => {
      const window = windowOf(time, Date.now());
      const step = { stepSeconds: stepSecondsOf(window), previous: 'window' as const };
      const query = { by: ['applicationName' as const], limit: 1, filter, ...step, ...window };
      const response = await askSeries(query, signal);
      const rates = toRates(response, window.to);
      return { response, rates, previous: previousRates(response, rates.times.length) };
    },
  });
  const colourOf = useColours([application]);
  const note =
    data && `dashes: the time just before, steps of ${formatSpan(data.rates.stepSeconds)}`;
  const isEmpty = data?.rates.series.length === 0;
  return (
    <Panel
      title="Rate"
      note={note && withMissing(note, data.response.missing)}
      testId="application-rate"
      outdated={data && !fresh}
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={1} tall />}
      {isEmpty && (
        <Notice title="No flow of this application in this time range">
          <p>Choose a longer time, or take the filter out.</p>
        </Notice>
      )}
      {data && !isEmpty && (
        <TimeChart
          label="Rate of the application over time; the tables below have the sums"
          kind="area"
          rates={data.rates}
          previous={data.previous}
          metric="octets"
          colourOf={colourOf}
          heightPx={CHART_PX}
          onWindow={(window) => changeTime({ kind: 'fixed', ...window })}
          testId="application-chart"
        />
      )}
    </Panel>
  );
}
