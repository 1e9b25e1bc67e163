// SPDX-License-Identifier: Apache-2.0
// What can be done with a view that has a name.

import type { SavedView } from '@weir/wire';
import { createSavedView, deleteSavedView, replaceSavedView } from '../api/saved-views';
import { hasRole, session } from '../api/session';
import { linkTo } from '../view/link';
import type { View } from '../view/view';
import { Dialog } from './dialog';
import { Field } from './field';
import { openMenu } from './menu';
import { tellDone, tellFailed } from './toast';

/** Who asks by a key has no views. */
export function ownName(): string | undefined {
  const { value } = session;
  return value.status === 'in' && value.session.kind !== 'key' ? value.session.name : undefined;
}

/** The present view as it is saved. */
export function linkOf({ page, parameters }: View): string {
  return linkTo(page === '' ? 'overview' : page, { ...parameters, v: undefined });
}

export function mayChangeView({ owner }: SavedView): boolean {
  return owner === ownName() || hasRole('administrator');
}

export interface SavedLineProps {
  readonly saved: SavedView;
  readonly view: View;
  readonly onRename: (saved: SavedView) => void;
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

export function NameField({ value }: { readonly value: string }) {
  return (
    <Field label="Name">
      <input
        name="name"
        type="text"
        maxLength={80}
        required
        defaultValue={value}
        autocomplete="off"
      />
    </Field>
  );
}

export const nameIn = (form: FormData): string => String(form.get('name')).trim();
