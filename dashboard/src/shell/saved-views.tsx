// SPDX-License-Identifier: Apache-2.0
// Views with names: a list in the navigation, and the dialog that saves one.
import type { SavedView } from '@weir/wire';
import { useEffect, useState } from 'preact/hooks';
import {
  createSavedView,
  deleteSavedView,
  loadSavedViews,
  replaceSavedView,
  savedViews,
} from '../api/saved-views';
import { hasRole, session } from '../api/session';
import { Dialog } from '../control/dialog';
import { Icon } from '../control/icons';
import { openMenu } from '../control/menu';
import { tellDone, tellFailed } from '../control/toast';
import { linkTo } from '../view/link';
import type { View } from '../view/view';

/** Who asks by a key has no views. */
function ownName(): string | undefined {
  const { value } = session;
  return value.status === 'in' && value.session.kind !== 'key' ? value.session.name : undefined;
}

/** The present view as it is saved. */
function linkOf({ page, parameters }: View): string {
  return linkTo(page === '' ? 'overview' : page, { ...parameters, v: undefined });
}

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

export function mayChangeView({ owner }: SavedView): boolean {
  return owner === ownName() || hasRole('administrator');
}

export interface SavedLineProps {
  readonly saved: SavedView;
  readonly view: View;
  readonly onRename: (saved: SavedView) => void;
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

/** What can be done with a saved view. */
export function openSavedMenu({ saved, view, onRename }: SavedLineProps, place: Element): void {
  const { id, name, link, isShared } = saved;
  const replace = (change: Partial<SavedView>) =>
    replaceSavedView(id, { name, link, isShared, ...change }).then(
      () => tellDone(`Changed the view ${name}`),
      tellFailed,
    );
  openMenu({
    title: name,
    place,
    groups: [
      [
        { label: 'Rename', icon: 'sliders', onSelect: () => onRename(saved) },
        {
          label: 'Replace by what is shown',
          icon: 'refresh',
          onSelect: () => void replace({ link: linkOf(view) }),
        },
        {
          label: isShared ? 'Share no longer' : 'Share with everybody',
          icon: 'user',
          onSelect: () => void replace({ isShared: !isShared }),
        },
      ],
      [{ label: 'Delete', icon: 'trash', onSelect: () => void remove(saved) }],
    ],
  });
}

async function remove({ id, name, link, isShared }: SavedView): Promise<void> {
  const back = () => void createSavedView({ name, link, isShared }).catch(tellFailed);
  await deleteSavedView(id).then(() => tellDone(`Deleted the view ${name}`, back), tellFailed);
}

export function RenameDialog({
  saved,
  onClose,
}: {
  readonly saved: SavedView;
  readonly onClose: () => void;
}) {
  const { id, name, link, isShared } = saved;
  return (
    <Dialog
      title={`Rename ${name}`}
      confirm="Rename"
      testId="rename-view"
      onClose={onClose}
      onConfirm={(form) => replaceSavedView(id, { name: nameIn(form), link, isShared })}
    >
      <NameField value={name} />
    </Dialog>
  );
}

function NameField({ value }: { readonly value: string }) {
  return (
    <label class="field">
      <span class="field-label">Name</span>
      <input
        name="name"
        type="text"
        maxLength={80}
        required
        defaultValue={value}
        autocomplete="off"
      />
    </label>
  );
}

const nameIn = (form: FormData): string => String(form.get('name')).trim();

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
