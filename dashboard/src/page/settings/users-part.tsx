// SPDX-License-Identifier: Apache-2.0

import { type InvitedUser, ROLES, type Role, type User } from '@weir/wire';
import { useState } from 'preact/hooks';
import { BASE_PATH } from '../../api/base';
import { api, ask } from '../../api/client';
import { session } from '../../api/session';
import { useAnswer } from '../../api/use-answer';
import { CodeBlock } from '../../control/code-block';
import { Dialog } from '../../control/dialog';
import { Field } from '../../control/field';
import { Icon } from '../../control/icons';
import { openMenu } from '../../control/menu';
import { ErrorNotice, Panel, Skeleton } from '../../control/panel';
import { Sheet } from '../../control/sheet';
import { tellDone, tellFailed } from '../../control/toast';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { momentText } from '../../view/shown';

const EVERY_MS = 15_000;

/** What the part has open. */
type Opened =
  | { readonly kind: 'add' }
  | { readonly kind: 'remove' | 'invite'; readonly user: User }
  | { readonly kind: 'invited'; readonly invited: InvitedUser };

export function UsersPart() {
  const { data, error, refresh } = useAnswer({
    key: 'users',
    everyMs: EVERY_MS,
    load: (signal) => ask('/api/v1/users', {}, signal),
  });
  const [opened, setOpened] = useState<Opened>();
  /** A dialog tells late that it was closed: what has been opened since stays. */
  const close = (kind: Opened['kind']) => () =>
    setOpened((now) => (now?.kind === kind ? undefined : now));
  const invited = (answer: InvitedUser) => {
    refresh();
    setOpened({ kind: 'invited', invited: answer });
  };
  const setRole = ({ name, role: before }: User, role: Role) => {
    const change = (to: Role) =>
      api
        .PATCH('/api/v1/users/{name}', { params: { path: { name } }, body: { role: to } })
        .then(refresh);
    change(role).then(
      () => tellDone(`${name} is ${role}`, () => void change(before).catch(tellFailed)),
      tellFailed,
    );
  };
  return (
    <Panel
      title="Users"
      note={data && String(data.users.length)}
      testId="users"
      actions={
        <button type="button" class="button" onClick={() => setOpened({ kind: 'add' })}>
          <Icon name="plus" /> Invite a user
        </button>
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && (
        <DataTable
          caption="Users"
          columns={columnsOf({ open: setOpened, setRole })}
          rows={data.users}
          keyOf={({ name }) => name}
        />
      )}
      {opened?.kind === 'add' && <AddDialog onClose={close('add')} onInvited={invited} />}
      {opened?.kind === 'invite' && (
        <InviteDialog user={opened.user} onClose={close('invite')} onInvited={invited} />
      )}
      {opened?.kind === 'remove' && (
        <RemoveDialog user={opened.user} onClose={close('remove')} onRemoved={refresh} />
      )}
      {opened?.kind === 'invited' && (
        <InvitationSheet invited={opened.invited} onClose={close('invited')} />
      )}
    </Panel>
  );
}

interface UserActions {
  readonly open: (opened: Opened) => void;
  readonly setRole: (user: User, role: Role) => void;
}

const STATES = {
  active: { kind: 'ok', about: 'has a password' },
  invited: { kind: 'warning', about: 'has to choose a password first' },
  locked: { kind: 'danger', about: 'has no way in: invite anew' },
} as const;

function columnsOf(actions: UserActions): readonly Column<User>[] {
  return [
    { id: 'name', title: 'Name', value: ({ name }) => name },
    { id: 'role', title: 'Role', width: '120px', value: ({ role }) => role },
    {
      id: 'state',
      title: 'State',
      width: '96px',
      value: ({ state }) => state,
      show: ({ state }) => (
        <span class={`badge badge-${STATES[state].kind}`} title={STATES[state].about}>
          {state}
        </span>
      ),
    },
    {
      id: 'created',
      title: 'Since',
      width: '190px',
      kind: 'number',
      room: 'wide',
      value: ({ createdMilliseconds }) => createdMilliseconds,
      show: ({ createdMilliseconds }) => momentText(createdMilliseconds),
    },
    buttonsColumn((user) => (
      <button
        type="button"
        class="button-icon"
        aria-haspopup="menu"
        aria-label={`Change ${user.name}`}
        onClick={(event) => openUserMenu(user, actions, event.currentTarget)}
      >
        <Icon name="more" />
      </button>
    )),
  ];
}

function openUserMenu(user: User, { open, setRole }: UserActions, place: Element): void {
  const { value } = session;
  const isSelf = value.status === 'in' && value.session.name === user.name;
  openMenu({
    title: user.name,
    place,
    groups: [
      ROLES.map((role) => ({
        label: role,
        checked: role === user.role,
        onSelect: () => {
          if (role !== user.role) setRole(user, role);
        },
      })),
      [
        { label: 'A new way in', icon: 'key', onSelect: () => open({ kind: 'invite', user }) },
        ...(isSelf
          ? []
          : [
              {
                label: 'Remove',
                icon: 'trash' as const,
                onSelect: () => open({ kind: 'remove', user }),
              },
            ]),
      ],
    ],
  });
}

interface InvitingProps {
  readonly onClose: () => void;
  readonly onInvited: (invited: InvitedUser) => void;
}

function AddDialog({ onClose, onInvited }: InvitingProps) {
  const add = async (form: FormData) => {
    const body = { name: String(form.get('name')).trim(), role: form.get('role') as Role };
    const { data } = await api.POST('/api/v1/users', { body });
    onInvited(data as InvitedUser);
  };
  return (
    <Dialog
      title="Invite a user"
      confirm="Invite"
      testId="add-user"
      onClose={onClose}
      onConfirm={add}
    >
      <Field label="Name">
        <input
          name="name"
          maxLength={64}
          pattern="[A-Za-z][A-Za-z0-9._@\-]*"
          title="Letters, digits and . _ @ - after a letter"
          autocomplete="off"
          autocapitalize="none"
          required
        />
      </Field>
      <fieldset class="radios">
        <legend class="field-label">Role</legend>
        {ROLES.map((role, index) => (
          <label key={role} class="check">
            <input type="radio" name="role" value={role} defaultChecked={index === 0} />
            <span>
              {role} <span class="muted">{ROLE_ABOUT[role]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}

const ROLE_ABOUT: Readonly<Record<Role, string>> = {
  viewer: 'sees everything about traffic',
  operator: 'also makes rules and decisions',
  administrator: 'also users, keys and the audit log',
};

function InviteDialog({ user, onClose, onInvited }: InvitingProps & { readonly user: User }) {
  const invite = async () => {
    const params = { path: { name: user.name } };
    const { data } = await api.POST('/api/v1/users/{name}/invitation', { params });
    onInvited(data as InvitedUser);
  };
  return (
    <Dialog
      title={`A new way in for ${user.name}`}
      confirm="Invite anew"
      testId="invite-user"
      onClose={onClose}
      onConfirm={invite}
    >
      <p class="dialog-text">
        The present password and all sessions end at once. You get a link to hand on.
      </p>
    </Dialog>
  );
}

interface RemoveDialogProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

function RemoveDialog({ user: { name }, onClose, onRemoved }: RemoveDialogProps) {
  const remove = async () => {
    await api.DELETE('/api/v1/users/{name}', { params: { path: { name } } });
    onRemoved();
    tellDone(`Removed ${name}`);
  };
  return (
    <Dialog
      title={`Remove ${name}?`}
      confirm="Remove"
      tone="danger"
      testId="remove-user"
      onClose={onClose}
      onConfirm={remove}
    >
      <p class="dialog-text">
        All sessions of this user end, and the views that nobody else sees are deleted. It cannot be
        undone: who is invited again chooses another password.
      </p>
    </Dialog>
  );
}

interface InvitationSheetProps {
  readonly invited: InvitedUser;
  readonly onClose: () => void;
}

/** The one time that the invitation is shown. */
function InvitationSheet({ invited, onClose }: InvitationSheetProps) {
  const { user, invitation, expiresMilliseconds } = invited;
  const link = `${location.origin}${BASE_PATH}#invitation=${invitation}`;
  return (
    <Sheet
      title={`A way in for ${user.name}`}
      testId="invitation-sheet"
      closes="by-button"
      onClose={onClose}
    >
      <p>
        Hand this link on. It is good once, until {momentText(expiresMilliseconds)}, and is shown
        only here.
      </p>
      <CodeBlock text={link} label={`Invitation for ${user.name}`} testId="invitation-link" />
      <p class="muted">
        What stands behind the # is sent to no server: no log has it but the one that you paste it
        into.
      </p>
    </Sheet>
  );
}
