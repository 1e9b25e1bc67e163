// SPDX-License-Identifier: Apache-2.0
// What is shown instead of the dashboard to who has not signed in.

import type { SessionResponse } from '@weir/wire';
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import { invitationOf, signedIn } from '../api/session';
import { Failure, useForm } from '../control/dialog';
import { Field } from '../control/field';
import { WeirMark } from '../control/icons';
import { NewPassword, SHORTEST_PASSWORD } from '../control/new-password';

/** Asks for name and password, or, with an invitation in the address, for a new password. */
export function SignInPage() {
  const [invitation, setInvitation] = useState(() => invitationOf(location.hash));
  return (
    <main class="sign-in">
      <div class="brand">
        <WeirMark />
        <h1>Weir</h1>
      </div>
      {invitation === undefined ? (
        <SignInForm />
      ) : (
        <InvitationForm invitation={invitation} onClose={() => setInvitation(undefined)} />
      )}
    </main>
  );
}

function SignInForm() {
  const { failure, busy, submit } = useForm(async (form) => {
    const body = { name: String(form.get('name')), password: String(form.get('password')) };
    const { data } = await api.POST('/api/v1/session', { body });
    signedIn(data as SessionResponse);
  });
  return (
    <form onSubmit={submit} data-testid="sign-in">
      <Field label="Name">
        <input name="name" autocomplete="username" autocapitalize="none" required />
      </Field>
      <Field label="Password">
        <input name="password" type="password" autocomplete="current-password" required />
      </Field>
      <Failure text={failure} />
      <button type="submit" class="button button-primary" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}

interface InvitationFormProps {
  readonly invitation: string;
  readonly onClose: () => void;
}

function InvitationForm({ invitation, onClose }: InvitationFormProps) {
  const { failure, busy, submit } = useForm(async (form) => {
    const password = String(form.get('password'));
    if (password !== form.get('again')) throw new Error('The two passwords are not the same.');
    const { data } = await api.POST('/api/v1/session/invitation', {
      body: { invitation, password },
    });
    // It is used up: nobody should find it in the history.
    history.replaceState(undefined, '', location.pathname + location.search);
    signedIn(data as SessionResponse);
  });
  return (
    <form onSubmit={submit} data-testid="invitation">
      <p>You are invited. Choose a password of {SHORTEST_PASSWORD} characters or more.</p>
      <NewPassword name="password" label="Password" />
      <NewPassword name="again" label="The same again" />
      <Failure text={failure} />
      <button type="submit" class="button button-primary" disabled={busy}>
        Set the password and sign in
      </button>
      <button type="button" class="button" onClick={onClose}>
        Sign in with a password
      </button>
    </form>
  );
}
