// SPDX-License-Identifier: Apache-2.0
// Lists of addresses that others keep.
import type { AddressList, ListInput, ListsResponse, ShownList } from '@weir/wire';
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { changeList, createList, deleteList, refreshList } from '../../api/rules';
import { hasRole } from '../../api/session';
import { useAnswer } from '../../api/use-answer';
import { Icon } from '../../control/icons';
import { openMenu } from '../../control/menu';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { tellDone, tellFailed } from '../../control/toast';
import { formatCount } from '../../format/quantity';
import { actionText } from '../../format/rule-texts';
import { formatAgo } from '../../format/time';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { ListDialog } from './list-dialog';
import { ListSheet } from './list-sheet';

type Opened =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit'; readonly list: ShownList }
  | { readonly kind: 'show'; readonly id: string };

export function ListsPart() {
  const { data, error, refresh } = useAnswer({
    key: 'lists',
    ...WITH_DECISIONS,
    load: (signal) => ask('/api/v1/lists', {}, signal) as Promise<ListsResponse>,
  });
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const shown =
    opened?.kind === 'show' ? data?.lists.find(({ id }) => id === opened.id) : undefined;
  const save = async (input: ListInput) => {
    if (opened?.kind === 'edit') await changeList(opened.list, input);
    else await createList(input);
    tellDone(`Saved the list ${input.name}`);
    refresh();
  };
  return (
    <Panel
      title="Lists"
      note="addresses that others keep, read again and again"
      testId="lists"
      actions={
        hasRole('operator') && (
          <button type="button" class="button" onClick={() => setOpened({ kind: 'add' })}>
            <Icon name="plus" /> Follow a list
          </button>
        )
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.lists.length === 0 && (
        <Notice title="No list is followed">
          <p>Blocklists by URL or file: one address a line, CSV, or decisions of CrowdSec.</p>
        </Notice>
      )}
      {data && data.lists.length > 0 && (
        <DataTable
          caption="Lists with what was read of them"
          columns={columnsOf(setOpened, refresh)}
          rows={data.lists}
          keyOf={({ id }) => id}
          onOpen={({ id }) => setOpened({ kind: 'show', id })}
        />
      )}
      {opened?.kind === 'add' && <ListDialog onSave={save} onClose={close} />}
      {opened?.kind === 'edit' && <ListDialog list={opened.list} onSave={save} onClose={close} />}
      {shown && <ListSheet list={shown} onClose={close} />}
    </Panel>
  );
}

function columnsOf(
  open: (opened: Opened) => void,
  refresh: () => void,
): readonly Column<ShownList>[] {
  const now = Date.now();
  const columns: Column<ShownList>[] = [
    { id: 'name', title: 'List', value: ({ name }) => name },
    {
      id: 'state',
      title: 'State',
      width: '94px',
      value: (list) => stateOf(list)[1],
      show: (list) => {
        const [kind, text] = stateOf(list);
        return (
          <span class={`badge badge-${kind}`} title={list.state.problem}>
            {text}
          </span>
        );
      },
    },
    {
      id: 'source',
      title: 'From',
      room: 'wide',
      value: ({ url, file }) => url ?? file ?? '',
    },
    {
      ...{ id: 'action', title: 'Action', width: '150px', room: 'wide' },
      value: ({ action }) => actionText(action),
    },
    {
      ...{ id: 'entries', title: 'Entries', kind: 'number', width: '86px' },
      value: ({ state }) => state.entries,
      show: ({ state }) => formatCount(state.entries),
    },
    {
      ...{ id: 'refused', title: 'Refused', kind: 'number', width: '86px', room: 'wide' },
      value: ({ state }) => state.refusedCount,
      show: ({ state }) => formatCount(state.refusedCount),
    },
    {
      ...{ id: 'read', title: 'Read', kind: 'number', width: '136px', room: 'wide' },
      value: ({ state }) => state.refreshedMilliseconds ?? 0,
      show: ({ state: { refreshedMilliseconds: read } }) =>
        read === undefined ? 'not yet' : formatAgo(now - read),
    },
  ];
  if (!hasRole('operator')) return columns;
  return [
    ...columns,
    buttonsColumn((list) => <ListMenu list={list} open={open} refresh={refresh} />),
  ];
}

function stateOf({ isEnabled, isSimulated, state }: ShownList): readonly [string, string] {
  if (isEnabled === false) return ['plain', 'off'];
  if (state.problem !== undefined) return ['danger', 'not read'];
  return isSimulated === true ? ['warning', 'simulated'] : ['ok', 'active'];
}

/** What of a list can be written. */
export function listInputOf(list: AddressList): ListInput {
  const { name, url, file, format, refreshSeconds, action, gateways, isEnabled } = list;
  const { isSimulated, reason } = list;
  const optional = { url, file, refreshSeconds, gateways, isEnabled, isSimulated, reason };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { name, format, action, ...(Object.fromEntries(given) as Partial<ListInput>) };
}

interface ListMenuProps {
  readonly list: ShownList;
  readonly open: (opened: Opened) => void;
  readonly refresh: () => void;
}

function ListMenu({ list, open, refresh }: ListMenuProps) {
  const { id, name } = list;
  const isOn = list.isEnabled !== false;
  const doing = (deed: Promise<unknown>, text: string, undo?: () => void) =>
    void deed.then(() => tellDone(text, undo), tellFailed).finally(refresh);
  const back = () => doing(createList(listInputOf(list)), `Follows the list ${name} again`);
  const turn = () =>
    doing(
      changeList(list, { ...listInputOf(list), isEnabled: !isOn }),
      `${name} is ${isOn ? 'off' : 'on'}`,
    );
  const groups = [
    [
      { label: 'Edit', icon: 'edit', onSelect: () => open({ kind: 'edit', list }) },
      {
        label: 'Read it now',
        icon: 'refresh',
        onSelect: () => doing(refreshList(id), `Read the list ${name}`),
      },
      { label: isOn ? 'Turn off' : 'Turn on', icon: isOn ? 'pause' : 'play', onSelect: turn },
    ],
    [
      {
        label: 'Delete',
        icon: 'trash',
        onSelect: () => doing(deleteList(id), `Deleted the list ${name}`, back),
      },
    ],
  ] as const;
  return (
    <button
      type="button"
      class="button-icon"
      aria-haspopup="menu"
      aria-label={`Change the list ${name}`}
      onClick={({ currentTarget: place }) => openMenu({ title: name, groups, place })}
    >
      <Icon name="more" />
    </button>
  );
}
