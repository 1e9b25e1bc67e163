// SPDX-License-Identifier: Apache-2.0

import type { SessionResponse } from '@weir/wire';
import { useRef } from 'preact/hooks';
import { api } from '../../api/client';
import { session, signedIn } from '../../api/session';
import { Failure, useForm } from '../../control/dialog';
import { Facts } from '../../control/facts';
import { Field } from '../../control/field';
import { NewPassword } from '../../control/new-password';
import { Panel } from '../../control/panel';
import { SettingLines } from '../../control/setting-lines';
import { tellDone } from '../../control/toast';
import { momentText } from '../../view/shown';

const ROLE_TEXTS = {
  viewer: 'viewer: sees everything about traffic',
  operator: 'operator: also makes and deletes rules and decisions',
  administrator: 'administrator: also users, keys and the audit log',
} as const;

/** How one sees things, who one is, and one's password. */
export function AccountPart() {
  const { value } = session;
  if (value.status !== 'in') return null;
  const { kind } = value.session;
  return (
    <div class="page-columns settings-columns">
      <Panel title="How things are shown" note="in this browser" testId="preferences">
        <div class="account">
          <SettingLines />
        </div>
      </Panel>
      <div class="page-stack">
        <Identity who={value.session} />
        {kind === 'user' && <PasswordPanel name={value.session.name} />}
      </div>
    </div>
  );
}

function Identity({ who }: { readonly who: SessionResponse }) {
  const { kind, name, role, expiresMilliseconds } = who;
  return (
    <Panel title="Who you are" testId="identity">
      <Facts
        facts={[
          { term: 'Name', value: name },
          { term: 'Role', value: role === undefined ? 'none' : ROLE_TEXTS[role] },
          ...(expiresMilliseconds === undefined
            ? []
            : [{ term: 'Signed in until', value: momentText(expiresMilliseconds) }]),
        ]}
      />
      {kind === 'local' && (
        <p class="muted settings-text">
          This collector answers its own machine only, so nobody has to sign in. What you do here
          the audit log has as done by “local”.
        </p>
      )}
    </Panel>
  );
}

function PasswordPanel({ name }: { readonly name: string }) {
  const element = useRef<HTMLFormElement>(null);
  const { failure, busy, submit } = useForm(async (form) => {
    const newPassword = String(form.get('password'));
    if (newPassword !== form.get('again')) throw new Error('The two passwords are not the same.');
    const body = { oldPassword: String(form.get('old')), newPassword };
    const { data } = await api.PUT('/api/v1/session/password', { body });
    signedIn(data as SessionResponse);
    element.current?.reset();
    tellDone('The password is changed; all other sessions have ended');
  });
  return (
    <Panel title="Password" testId="password">
      <form ref={element} class="settings-form" onSubmit={submit}>
        {/* For password managers: whose password it is. */}
        <input type="text" hidden readOnly autocomplete="username" value={name} />
        <Field label="Present password">
          <input name="old" type="password" autocomplete="current-password" required />
        </Field>
        <NewPassword name="password" label="New password" />
        <NewPassword name="again" label="The same again" />
        <Failure text={failure} />
        <div>
          <button type="submit" class="button button-primary" disabled={busy}>
            Change the password
          </button>
        </div>
      </form>
    </Panel>
  );
}
