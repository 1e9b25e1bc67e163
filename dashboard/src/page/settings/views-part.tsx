// SPDX-License-Identifier: Apache-2.0
import type { SavedView } from '@weir/wire';
import { useEffect, useState } from 'preact/hooks';
import { loadSavedViews, savedViews } from '../../api/saved-views';
import { Icon } from '../../control/icons';
import { Notice, Panel, Skeleton } from '../../control/panel';
import { mayChangeView, openSavedMenu, RenameDialog } from '../../control/saved-view-menu';
import { tellFailed } from '../../control/toast';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { momentText } from '../../view/shown';
import type { View } from '../../view/view';

/** All views with names: one's own, and those that others share. */
export function ViewsPart({ view }: { readonly view: View }) {
  const [renamed, setRenamed] = useState<SavedView>();
  useEffect(() => {
    loadSavedViews().catch(tellFailed);
  }, []);
  const views = savedViews.value;
  return (
    <Panel title="Saved views" note={views && String(views.length)} testId="views">
      {views === undefined && <Skeleton rows={4} />}
      {views?.length === 0 && (
        <Notice title="No view has a name yet">
          <p>The star at the top of each page saves what it shows: time, filter, and all else.</p>
        </Notice>
      )}
      {views !== undefined && views.length > 0 && (
        <DataTable
          caption="Saved views"
          columns={columnsOf((saved, place) =>
            openSavedMenu({ saved, view, onRename: setRenamed }, place),
          )}
          rows={views}
          keyOf={({ id }) => id}
        />
      )}
      {renamed && <RenameDialog saved={renamed} onClose={() => setRenamed(undefined)} />}
    </Panel>
  );
}

function columnsOf(
  change: (saved: SavedView, place: Element) => void,
): readonly Column<SavedView>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      value: ({ name }) => name,
      show: ({ name, link }) => (
        <a href={link} title={name}>
          {name}
        </a>
      ),
    },
    { id: 'owner', title: 'Owner', width: '140px', room: 'wide', value: ({ owner }) => owner },
    {
      id: 'shared',
      title: 'Seen by',
      width: '110px',
      value: ({ isShared }) => (isShared ? 'everybody' : 'the owner'),
    },
    {
      id: 'changed',
      title: 'Changed',
      width: '190px',
      kind: 'number',
      room: 'wide',
      value: ({ changedMilliseconds }) => changedMilliseconds,
      show: ({ changedMilliseconds }) => momentText(changedMilliseconds),
    },
    buttonsColumn(
      (saved) =>
        mayChangeView(saved) && (
          <button
            type="button"
            class="button-icon"
            aria-haspopup="menu"
            aria-label={`Change the view ${saved.name}`}
            onClick={(event) => change(saved, event.currentTarget)}
          >
            <Icon name="more" />
          </button>
        ),
    ),
  ];
}
