// SPDX-License-Identifier: Apache-2.0
// Who changed what, when and from where.
import type { AuditEntry } from '@weir/wire';
import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../../control/icons';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Select } from '../../control/select';
import { tellDone, tellFailed } from '../../control/toast';
import { formatCounted } from '../../format/quantity';
import { downloadCsv } from '../../table/csv';
import { type Column, DataTable } from '../../table/data-table';
import { momentText } from '../../view/shown';
import { useView, type View } from '../../view/view';
import './audit.css';
import { AuditSheet } from './audit-sheet';
import { DEED_KINDS, type DeedKind, deedText, placeText, subjectText } from './deeds';
import { type AuditFilter, allEntries, useAudit } from './use-audit';

const DAY_MS = 86_400_000;
const AGES = [
  { value: '', label: 'Of all times' },
  { value: '1', label: 'Last 24 h' },
  { value: '7', label: 'Last 7 d' },
  { value: '30', label: 'Last 30 d' },
  { value: '365', label: 'Last year' },
] as const;
type Age = (typeof AGES)[number]['value'];

/** What the link asks for. The beginning is a whole minute, so that drawing again asks nothing new. */
function filterOf({ parameters }: View): AuditFilter {
  const { text, kind, age } = parameters;
  const days = AGES.some(({ value }) => value === age) ? Number(age) : 0;
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  return {
    ...(text && { text }),
    ...(DEED_KINDS.some(({ value }) => value === kind) && kind && { kind }),
    ...(days > 0 && { from: now - days * DAY_MS }),
  };
}

export default function AuditPage() {
  const view = useView();
  // A minute that passes is no reason to begin anew.
  const filter = useMemo(() => filterOf(view), [view]);
  const { entries, error, hasMore, loadMore, reload } = useAudit(filter);
  const [opened, setOpened] = useState<AuditEntry>();
  return (
    <Panel
      title="Changes"
      note={entries && `${entries.length}${hasMore ? ' and more' : ''}`}
      testId="audit"
      actions={<Actions filter={filter} reload={reload} />}
    >
      <Toolbar view={view} />
      {error && <ErrorNotice error={error} />}
      {!entries && !error && <Skeleton rows={10} />}
      {entries?.length === 0 && (
        <Notice title="No change fits">
          <p>Every change of rules, lists, decisions, users, keys and views stands here.</p>
        </Notice>
      )}
      {entries && entries.length > 0 && (
        <DataTable
          caption="Changes, the newest first"
          columns={COLUMNS}
          rows={entries}
          keyOf={entryKey}
          sort={{ column: 'time', order: 'descending' }}
          onOpen={setOpened}
          height="calc(100dvh - 210px)"
          {...(hasMore && { onEnd: loadMore })}
          testId="audit-table"
        />
      )}
      {opened && <AuditSheet entry={opened} onClose={() => setOpened(undefined)} />}
    </Panel>
  );
}

const entryKey = ({ timeMilliseconds, action, subject, actor }: AuditEntry): string =>
  [timeMilliseconds, action, subject, actor.name].join(' ');

function Toolbar({ view }: { readonly view: View }) {
  const { text = '', kind = '', age = '' } = view.parameters;
  return (
    <div class="toolbar audit-toolbar">
      <form
        class="audit-search"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = String(new FormData(event.currentTarget).get('text')).trim();
          view.change({ text: wanted });
        }}
      >
        <input
          key={text}
          class="text-input"
          type="search"
          name="text"
          aria-label="Who, where from, or what"
          placeholder="Who, where from, or what"
          maxLength={200}
          defaultValue={text}
        />
        <button type="submit" class="button button-square" aria-label="Search">
          <Icon name="search" />
        </button>
      </form>
      <Select<DeedKind>
        label="Kind of change"
        value={kind as DeedKind}
        choices={DEED_KINDS}
        onChange={(value) => view.change({ kind: value })}
      />
      <Select<Age>
        label="How old"
        value={age as Age}
        choices={AGES}
        onChange={(value) => view.change({ age: value })}
      />
    </div>
  );
}

function Actions({
  filter,
  reload,
}: {
  readonly filter: AuditFilter;
  readonly reload: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const exportAll = async () => {
    setBusy(true);
    await allEntries(filter)
      .then((entries) => {
        downloadCsv('audit', csvRows(entries));
        tellDone(`Saved ${formatCounted(entries.length, 'change')}`);
      })
      .catch(tellFailed);
    setBusy(false);
  };
  return (
    <>
      <button type="button" class="button" disabled={busy} onClick={() => void exportAll()}>
        <Icon name="download" /> CSV
      </button>
      <button
        type="button"
        class="button button-square"
        aria-label="Look for newer changes"
        title="Look for newer changes"
        onClick={reload}
      >
        <Icon name="refresh" />
      </button>
    </>
  );
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    id: 'time',
    title: 'When',
    width: 'min(176px, 28vw)',
    value: ({ timeMilliseconds }) => timeMilliseconds,
    show: ({ timeMilliseconds }) => momentText(timeMilliseconds),
    sort: 'none',
  },
  {
    id: 'actor',
    title: 'Who',
    width: '140px',
    room: 'wide',
    value: ({ actor }) => actor.name,
    show: ({ actor: { name, kind } }) => (
      <span title={`${kind} ${name}`}>
        {name} {kind !== 'user' && kind !== name && <span class="muted">{kind}</span>}
      </span>
    ),
    sort: 'none',
  },
  {
    id: 'deed',
    title: 'What',
    value: ({ action }) => action,
    show: (entry) => (
      <span class="cell-two-lines" title={entry.action}>
        <span class="audit-who">{entry.actor.name} </span>
        <span class="muted">{deedText(entry.action)}</span>{' '}
        {!entry.action.startsWith('session.') && subjectText(entry)}
      </span>
    ),
    sort: 'none',
  },
  { id: 'place', title: 'From', width: '150px', room: 'wide', value: placeText, sort: 'none' },
];

/** Everything, as JSON where it has parts. */
function csvRows(entries: readonly AuditEntry[]): string[][] {
  const json = (value: unknown) => (value === undefined ? '' : JSON.stringify(value));
  return [
    ['time', 'kind', 'name', 'address', 'action', 'subject', 'before', 'after'],
    ...entries.map(({ timeMilliseconds, actor, address, action, subject, before, after }) => [
      new Date(timeMilliseconds).toISOString(),
      ...[actor.kind, actor.name, address, action, subject],
      ...[json(before), json(after)],
    ]),
  ];
}
