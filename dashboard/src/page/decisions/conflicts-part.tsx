// SPDX-License-Identifier: Apache-2.0
import type { ConflictsResponse, Decision } from '@weir/wire';
import { ask } from '../../api/client';
import type { Pace } from '../../api/pace';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { originText } from '../../format/decision-origin';
import { formatCount } from '../../format/quantity';
import { actionText, selectorText } from '../../format/rule-texts';
import { type Column, DataTable } from '../../table/data-table';
import type { View } from '../../view/view';

const LIMIT = 500;
/** For each answer the collector compares all decisions. */
const PACE: Pace = { everyMs: 30_000, follow: { topics: ['decisions'], soonestMs: 5_000 } };

type Conflict = ConflictsResponse['conflicts'][number];

/** Decisions with different actions over the same traffic, and which of them counts. */
export function ConflictsPart({ view }: { readonly view: View }) {
  const { data, error } = useAnswer({
    key: 'conflicts',
    ...PACE,
    load: (signal) =>
      ask('/api/v1/conflicts', { limit: LIMIT }, signal) as Promise<ConflictsResponse>,
  });
  return (
    <Panel title="Conflicts" note={data && formatCount(data.count)} testId="conflicts">
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.conflicts.length === 0 && (
        <Notice title="No two decisions contradict each other">
          <p>
            Exceptions come before what was decided by hand, that before rules, and rules before
            lists.
          </p>
        </Notice>
      )}
      {data && data.conflicts.length > 0 && (
        <DataTable
          caption="Decisions that contradict each other"
          columns={COLUMNS}
          rows={data.conflicts}
          keyOf={({ winner, loser }) => `${winner.id} ${loser.id}`}
          onOpen={({ loser }) => view.go(view.link('decisions', whyOf(loser)))}
        />
      )}
    </Panel>
  );
}

function whyOf({ selector }: Decision): Record<string, string> {
  return 'address' in selector
    ? { tab: 'why', address: selector.address }
    : { text: selectorText(selector), origin: '' };
}

const text = ({ action, selector }: Decision): string =>
  `${actionText(action)}: ${selectorText(selector)}`;

const decisionColumn = (id: 'winner' | 'loser', title: string): Column<Conflict> => ({
  ...{ id, title },
  value: (row) => text(row[id]),
  show: (row) => (
    <span class="cell-name" title={`${text(row[id])}, ${originText(row[id])}`}>
      {text(row[id])} <span class="muted">{originText(row[id])}</span>
    </span>
  ),
});

const COLUMNS: readonly Column<Conflict>[] = [
  decisionColumn('winner', 'Counts'),
  decisionColumn('loser', 'Does not'),
  { id: 'why', title: 'Because', room: 'wide', value: ({ why }) => why },
];
