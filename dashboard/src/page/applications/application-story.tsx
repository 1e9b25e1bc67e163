// SPDX-License-Identifier: Apache-2.0
// One application: how it went, what its name rests on, and who uses it where.
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { previousRates, toRates } from '../../chart/rates';
import { TimeChart } from '../../chart/time-chart';
import { Icon } from '../../control/icons';
import { keyLabel } from '../../control/key-label';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { useValueMenu, ValueButton } from '../../control/value-menu';
import { withMissing } from '../../format/missing';
import { formatSpan } from '../../format/time';
import { useColours } from '../../theme/colours';
import { narrowed } from '../../view/filter-edit';
import { knownPages } from '../../view/known-pages';
import { amountText } from '../../view/shown';
import { refreshMsOf, stepSecondsOf, timeParameter, windowOf } from '../../view/time-range';
import type { View } from '../../view/view';
import { Certainty } from './certainty';
import { applicationsOf } from './ranking';
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
  const { data } = useAnswer({
    key: `application ${timeParameter(time)} ${filter}`,
    everyMs: refreshMsOf(time),
    load: async (signal) => {
      const by = ['applicationName' as const, 'applicationCategory' as const];
      const query = { by: [...by, 'applicationConfidence' as const], limit: 100, filter };
      const window = windowOf(time, Date.now());
      return applicationsOf((await ask('/api/v1/top', { ...query, ...window }, signal)).rows);
    },
  });
  const found = data?.find(({ name }) => name === application);
  return (
    <div class="applications">
      <header class="application-head" data-testid="application-head">
        <a
          class="button button-square"
          href={view.link('applications')}
          aria-label="All applications"
          title="All applications"
        >
          <Icon name="left" />
        </a>
        <h2>{keyLabel({ dimension: 'applicationName', key: application })}</h2>
        {found !== undefined && (
          <p class="application-facts">
            {found.category !== '' && (
              <ValueButton dimension="applicationCategory" value={found.category} />
            )}
            <span class="muted">
              {amountText(found.octets, 'octets')}, {amountText(found.flows, 'flows')} flows
            </span>
          </p>
        )}
        <Actions {...props} />
      </header>
      <Course {...props} />
      <Panel title="How sure the name is" note="by octets" testId="certainty">
        {data === undefined ? (
          <Skeleton rows={2} />
        ) : (
          <Certainty parts={found?.confidences ?? []} />
        )}
      </Panel>
      <UsedBy {...props} kind="who" />
      <UsedBy {...props} kind="where" />
    </div>
  );
}

function Actions(props: ApplicationProps) {
  const { view, application } = props;
  const openValueMenu = useValueMenu();
  const keys = [{ dimension: 'applicationName' as const, key: application }];
  return (
    <div class="application-actions">
      {knownPages.value.has('flows') && (
        <a class="button" href={view.link('flows', { filter: filterOf(props) })}>
          <Icon name="flows" />
          Raw flows
        </a>
      )}
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
      >
        <Icon name="more" />
        Act on it
      </button>
    </div>
  );
}

/** Its rate, and as dashes what it was in the window before. */
function Course(props: ApplicationProps) {
  const { view, application } = props;
  const { time, changeTime } = view;
  const filter = filterOf(props);
  const { data, error, fresh } = useAnswer({
    key: `application course ${timeParameter(time)} ${filter}`,
    everyMs: refreshMsOf(time),
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
