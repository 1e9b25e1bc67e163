// SPDX-License-Identifier: Apache-2.0
import type { Decision, Origin } from '@weir/wire';
import { useMemo, useState } from 'preact/hooks';
import { hasRole } from '../../api/session';
import { DecideDialog } from '../../control/decide-dialog';
import { openDialog } from '../../control/dialog-host';
import { Icon } from '../../control/icons';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Select } from '../../control/select';
import { isByHand, isProtection, originText } from '../../format/decision-origin';
import { formatCount } from '../../format/quantity';
import { actionText, selectorText } from '../../format/rule-texts';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { amountText } from '../../view/shown';
import type { View } from '../../view/view';
import { DecisionSheet } from './decision-sheet';
import { countedFor, decisionHas, endText } from './decision-texts';
import { lift } from './lift-decision';
import { type LiveDecisions, useDecisions } from './use-decisions';

const ORIGINS = [
  { value: '', label: 'All but protections' },
  { value: 'rule', label: 'Of rules' },
  { value: 'manual', label: 'By hand' },
  { value: 'list', label: 'Of lists' },
  { value: 'allow', label: 'Protections' },
] as const;
type OriginChoice = '' | Origin;

const FORCES = [
  { value: '', label: 'With simulated' },
  { value: 'real', label: 'In force' },
  { value: 'simulated', label: 'Simulated' },
] as const;
type ForceChoice = (typeof FORCES)[number]['value'];

function isChosen(decision: Decision, origin: string): boolean {
  if (origin === 'allow') return isProtection(decision);
  if (origin === 'manual') return isByHand(decision);
  return origin === '' ? !isProtection(decision) : decision.origin === origin;
}

const forceOf = ({ isSimulated }: Decision): ForceChoice => (isSimulated ? 'simulated' : 'real');

/** Decisions as they stand now. */
export function DecisionList({ view }: { readonly view: View }) {
  const { data, error, refresh } = useDecisions();
  const { text = '', origin = '', force = '' } = view.parameters;
  const [openedId, setOpened] = useState<string>();
  const all = data?.decisions;
  const shown = useMemo(() => {
    const wanted = all?.filter(
      (one) => isChosen(one, origin) && (force === '' || force === forceOf(one)),
    );
    return text === '' ? wanted : wanted?.filter((one) => decisionHas(one, text));
  }, [all, text, origin, force]);
  const isNarrowed = `${text}${origin}${force}` !== '';
  const opened = all?.find(({ id }) => id === openedId);
  return (
    <Panel
      title="Decisions"
      note={shown && `${formatCount(shown.length)} that hold now`}
      testId="decisions"
      actions={hasRole('operator') && <DecideButton onDone={refresh} />}
    >
      <Toolbar view={view} />
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={6} />}
      {shown?.length === 0 && (
        <Notice title={isNarrowed ? 'No decision fits' : 'No decision holds now'}>
          <p>
            Rules make them as soon as a flow fits; and the menu of every address in tables and
            charts has “Block or shape”.
          </p>
        </Notice>
      )}
      {data && shown !== undefined && shown.length > 0 && (
        <DataTable
          caption="Decisions that hold now"
          columns={columnsOf(data, refresh)}
          rows={shown}
          keyOf={({ id }) => id}
          opened={openedId}
          onOpen={({ id }) => setOpened(id)}
          height="calc(100dvh - 210px)"
          testId="decision-table"
        />
      )}
      {data && opened && (
        <DecisionSheet
          view={view}
          decision={opened}
          data={data}
          onLift={() => void lift(opened, refresh)}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Panel>
  );
}

function DecideButton({ onDone }: { readonly onDone: () => void }) {
  return (
    <button
      type="button"
      class="button"
      data-testid="decide-button"
      onClick={() =>
        openDialog((close) => <DecideDialog selectors={[]} onClose={close} onDone={onDone} />)
      }
    >
      <Icon name="block" /> Block or shape
    </button>
  );
}

function Toolbar({ view }: { readonly view: View }) {
  const { text = '', origin = '', force = '' } = view.parameters;
  return (
    <div class="toolbar decisions-toolbar">
      <input
        key={text}
        class="text-input"
        type="search"
        aria-label="Find by address, rule or reason"
        placeholder="Find: address, rule, reason"
        defaultValue={text}
        onChange={(event) => view.change({ text: event.currentTarget.value.trim() })}
      />
      <Select<OriginChoice>
        label="Origin"
        value={origin as OriginChoice}
        choices={ORIGINS}
        onChange={(value) => view.change({ origin: value })}
      />
      <Select<ForceChoice>
        label="In force or simulated"
        value={force as ForceChoice}
        choices={FORCES}
        onChange={(value) => view.change({ force: value })}
      />
    </div>
  );
}

function columnsOf(
  { counters, now }: LiveDecisions,
  refresh: () => void,
): readonly Column<Decision>[] {
  const columns: Column<Decision>[] = [
    {
      id: 'target',
      title: 'About',
      value: ({ selector }) => selectorText(selector),
      show: ({ selector }) => (
        <span class="cell-two-lines" title={selectorText(selector)}>
          {selectorText(selector)}
        </span>
      ),
    },
    {
      id: 'action',
      title: 'Action',
      width: 'clamp(140px, 24vw, 190px)',
      value: ({ action }) => actionText(action),
      show: ({ action, isSimulated }) => (
        <span class="cell-two-lines" title={actionText(action)}>
          {actionText(action)} {isSimulated && <span class="badge badge-warning">simulated</span>}
        </span>
      ),
    },
    {
      ...{ id: 'origin', title: 'By', width: '170px', room: 'wide' },
      value: originText,
      show: (row) => <span title={row.reason}>{originText(row)}</span>,
    },
    {
      ...{ id: 'application', title: 'Seen', width: '130px', room: 'wide' },
      value: ({ evidence }) => evidence?.applicationName ?? '',
    },
    {
      ...{ id: 'end', title: 'Ends', kind: 'number', width: '128px', room: 'wide' },
      value: ({ expiresMilliseconds }) => expiresMilliseconds ?? Number.MAX_VALUE,
      show: (row) => endText(row, now),
    },
    {
      ...{ id: 'octets', title: 'Octets met', kind: 'number', width: '92px', room: 'wide' },
      value: (row) => countedFor(row, counters).octets,
      show: (row) => {
        const { octets, isShared } = countedFor(row, counters);
        return (
          <span
            class={isShared ? 'muted' : undefined}
            title={isShared ? 'all of its rule' : undefined}
          >
            {amountText(octets, 'octets')}
          </span>
        );
      },
    },
  ];
  if (!hasRole('operator')) return columns;
  return [
    ...columns,
    buttonsColumn((row) =>
      !isByHand(row) ? null : (
        <button
          type="button"
          class="button-icon"
          aria-label={`Lift: ${selectorText(row.selector)}`}
          title="Lift"
          onClick={() => void lift(row, refresh)}
        >
          <Icon name="close" />
        </button>
      ),
    ),
  ];
}
