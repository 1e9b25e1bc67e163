// SPDX-License-Identifier: Apache-2.0
// Single records: as many as match, page by page, and live ones as they come.
import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../../control/icons';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { timeTitle } from '../../control/time-control';
import { DataTable, type Sort } from '../../table/data-table';
import { useView, type View } from '../../view/view';
import { ColumnChoice } from './column-choice';
import { ExportChoice } from './export-choice';
import { flowColumn } from './flow-columns';
import { FlowDetail } from './flow-detail';
import { type ColumnId, columnsNamed, SORT_NAMES, sortNamed, USUAL_SORT } from './flow-fields';
import { type FlowRow, MOST_ROWS } from './flow-list';
import { FlowsNote } from './flows-note';
import './flows.css';
import { useFlowList } from './use-flow-list';
import { useRoom } from './use-room';

/** A tail is in the order in which records come in. */
const LIVE_SORT = '-receivedMilliseconds';

export default function FlowsPage() {
  const view = useView();
  const room = useRoom();
  const [opened, setOpened] = useState<FlowRow>();
  const [isPaused, setPaused] = useState(false);
  const [isAtTop, setAtTop] = useState(true);
  const isLive = view.parameters.live === '1' && view.time.kind === 'last';
  const sort = isLive ? LIVE_SORT : sortNamed(view.parameters.sort);
  const ids = columnsNamed(view.parameters.columns, room);
  const isHeld = isPaused || !isAtTop || opened !== undefined;
  const answer = useFlowList({ view, sort, isLive, following: isHeld ? 'held' : 'running' });
  const { loaded } = answer;
  const showWaiting = () => {
    setPaused(false);
    setOpened(undefined);
    document.querySelector('.panel-flows .table-scroll')?.scrollTo({ top: 0 });
  };
  return (
    <div class="flows-page" data-detail={opened !== undefined}>
      <Panel
        title="Records"
        testId="flows"
        outdated={loaded && !answer.fresh}
        note={<FlowsNote view={view} loaded={loaded} isLive={isLive} />}
        actions={
          <>
            <LiveButtons
              view={view}
              isLive={isLive}
              isPaused={isPaused}
              onPause={() => setPaused(!isPaused)}
              onReload={answer.reload}
            />
            <ColumnChoice view={view} chosen={ids} />
            <ExportChoice view={view} columns={ids} loaded={loaded} />
          </>
        }
      >
        <div
          class="flows-list"
          onScrollCapture={(event) => setAtTop((event.target as Element).scrollTop <= 0)}
        >
          {isLive && isHeld && (
            <Waiting count={loaded?.list.waitingCount ?? 0} onShow={showWaiting} />
          )}
          <List
            view={view}
            answer={answer}
            ids={ids}
            sort={sort}
            opened={opened}
            onOpen={setOpened}
          />
        </div>
      </Panel>
      {opened && <FlowDetail flow={opened.flow} view={view} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

interface ListProps {
  readonly view: View;
  readonly answer: ReturnType<typeof useFlowList>;
  readonly ids: readonly ColumnId[];
  readonly sort: string;
  readonly opened: FlowRow | undefined;
  readonly onOpen: (row: FlowRow) => void;
}

function List({ view, answer, ids, sort, opened, onOpen }: ListProps) {
  const { loaded, error, fresh, more } = answer;
  const columns = useMemo(() => ids.map(flowColumn), [ids.join()]);
  if (loaded === undefined) return error ? <ErrorNotice error={error} /> : <Skeleton rows={14} />;
  const { rows, cursor, isCut } = loaded.list;
  if (rows.length === 0 && fresh && !error) return <NoFlows view={view} />;
  const choose = ({ column, order }: Sort) => {
    const name = SORT_NAMES[column as ColumnId];
    const chosen = `${order === 'descending' ? '-' : ''}${name}`;
    view.change({ sort: chosen === USUAL_SORT ? undefined : chosen, live: undefined });
  };
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <DataTable
        caption="Flow records"
        columns={columns}
        rows={rows}
        keyOf={keyOfRow}
        height="100%"
        minWidth={`${columns.reduce((sum, { width = '' }) => sum + Number.parseInt(width, 10), 24)}px`}
        sort={shownSort(sort)}
        onSort={choose}
        opened={opened && keyOfRow(opened)}
        onOpen={onOpen}
        onEnd={more}
        testId="flow-table"
      />
      {cursor === undefined && (isCut || rows.length >= MOST_ROWS) && (
        <p class="flows-end">
          {isCut
            ? 'Older records made room for live ones: stop the tail to see them.'
            : 'More are not shown: the CSV has all, or narrow the filter.'}
        </p>
      )}
    </>
  );
}

const keyOfRow = ({ id }: FlowRow): string => String(id);

function shownSort(sort: string): Sort {
  const name = sort.replace(/^-/, '');
  const entry = Object.entries(SORT_NAMES).find(([, known]) => known === name);
  return {
    column: entry?.[0] ?? name,
    order: sort.startsWith('-') ? 'descending' : 'ascending',
  };
}

interface LiveButtonsProps {
  readonly view: View;
  readonly isLive: boolean;
  readonly isPaused: boolean;
  readonly onPause: () => void;
  readonly onReload: () => void;
}

function LiveButtons({ view, isLive, isPaused, onPause, onReload }: LiveButtonsProps) {
  // A window that stays has no end that grows.
  const time = view.time.kind === 'fixed' ? { time: undefined } : {};
  return (
    <>
      <button
        type="button"
        class="button"
        aria-pressed={isLive}
        title="Show records as they come in"
        data-testid="live"
        onClick={() => view.change(isLive ? { live: undefined } : { live: '1', ...time })}
      >
        <span class="live-dot" data-state={isLive ? (isPaused ? 'paused' : 'on') : 'off'} />
        Live
      </button>
      {isLive ? (
        <button type="button" class="button" data-testid="pause" onClick={onPause}>
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      ) : (
        <button
          type="button"
          class="button button-square"
          aria-label="Load again"
          title="Load again"
          onClick={onReload}
        >
          <Icon name="refresh" />
        </button>
      )}
    </>
  );
}

/** What came while somebody reads. */
function Waiting({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  return (
    <button type="button" class="flows-waiting" data-testid="waiting" onClick={onShow}>
      <Icon name="up" />
      {count === 0 ? 'Held: go on' : `${count.toLocaleString('en-US')} new`}
    </button>
  );
}

function NoFlows({ view }: { readonly view: View }) {
  const title = timeTitle(view.time).toLowerCase();
  if (view.filter === '') {
    return (
      <Notice title={`No records: ${title}`}>
        <p>
          A record shows up once its exporter has sent it: a minute after a flow began, or at its
          end.
        </p>
      </Notice>
    );
  }
  return (
    <Notice title={`Nothing that fits the filter: ${title}`}>
      <button type="button" class="button" onClick={() => view.change({ filter: undefined })}>
        Show all records
      </button>
    </Notice>
  );
}
