// SPDX-License-Identifier: Apache-2.0
// Views with names: a list in the navigation, and the dialog that saves one.
import type { SavedView } from '@weir/wire';
import { useEffect, useState } from 'preact/hooks';
import { createSavedView, deleteSavedView, loadSavedViews, savedViews } from '../api/saved-views';
import { Dialog } from '../control/dialog';
import { Icon } from '../control/icons';
import {
  linkOf,
  mayChangeView,
  NameField,
  nameIn,
  openSavedMenu,
  ownName,
  RenameDialog,
  type SavedLineProps,
} from '../control/saved-view-menu';
import { tellDone, tellFailed } from '../control/toast';
import type { View } from '../view/view';

export function SavedViews({ view }: { readonly view: View }) {
  const [renamed, setRenamed] = useState<SavedView>();
  const name = ownName();
  useEffect(() => {
    if (name !== undefined) loadSavedViews().catch(() => undefined);
  }, [name]);
  const views = savedViews.value ?? [];
  if (views.length === 0) return null;
  return (
    <div class="side-group side-views" data-testid="saved-views">
      <h2 class="side-title">Views</h2>
      <ul>
        {views.map((saved) => (
          <SavedLine key={saved.id} saved={saved} view={view} onRename={setRenamed} />
        ))}
      </ul>
      {renamed && <RenameDialog saved={renamed} onClose={() => setRenamed(undefined)} />}
    </div>
  );
}

function SavedLine({ saved, view, onRename }: SavedLineProps) {
  const isOwn = saved.owner === ownName();
  return (
    <li class="side-view">
      <a
        class="side-link"
        href={saved.link}
        title={isOwn ? saved.name : `${saved.name}, by ${saved.owner}`}
        aria-current={saved.link === linkOf(view) ? 'true' : undefined}
      >
        <Icon name="star" />
        <span class="side-text">{saved.name}</span>
        {!isOwn && <span class="side-hint">{saved.owner}</span>}
      </a>
      {mayChangeView(saved) && (
        <button
          type="button"
          class="button-icon"
          aria-haspopup="menu"
          aria-label={`Change the view ${saved.name}`}
          onClick={(event) => openSavedMenu({ saved, view, onRename }, event.currentTarget)}
        >
          <Icon name="more" />
        </button>
      )}
    </li>
  );
}

/** Saves what is shown under a name. */
export function SaveViewButton({ view }: { readonly view: View }) {
  const [isOpen, setOpen] = useState(false);
  if (ownName() === undefined) return null;
  return (
    <>
      <button
        type="button"
        class="button button-square"
        aria-label="Save this view"
        title="Save this view"
        data-testid="save-view"
        onClick={() => setOpen(true)}
      >
        <Icon name="star" />
      </button>
      {isOpen && <SaveDialog view={view} onClose={() => setOpen(false)} />}
    </>
  );
}

function SaveDialog({ view, onClose }: { readonly view: View; readonly onClose: () => void }) {
  const save = async (form: FormData) => {
    const { id, name } = await createSavedView({
      name: nameIn(form),
      link: linkOf(view),
      isShared: form.has('isShared'),
    });
    tellDone(`Saved the view ${name}`, () => void deleteSavedView(id).catch(tellFailed));
  };
  return (
    <Dialog
      title="Save this view"
      confirm="Save"
      testId="save-view-dialog"
      onClose={onClose}
      onConfirm={save}
    >
      <p class="dialog-text">
        Page, time, filter and everything else that its link says. Ranges like “last 6 h” go with
        the time.
      </p>
      <NameField value="" />
      <label class="check">
        <input name="isShared" type="checkbox" />
        <span>Share with everybody who uses this collector</span>
      </label>
    </Dialog>
  );
}
