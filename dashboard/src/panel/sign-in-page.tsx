// SPDX-License-Identifier: Apache-2.0
// What is shown instead of the dashboard to who has not signed in.
import { type FormEvent, useState } from 'react';
import { acceptInvitation, signIn } from '../api/client';
import { invitationOf, signedIn } from '../api/session';
import { WeirMark } from './icons';

const SHORTEST_PASSWORD = 10;

/** Asks for name and password, or, with an invitation in the address, for a new password. */
export function SignInPage() {
  const [invitation, setInvitation] = useState(() => invitationOf(location.hash));
  return (
    <main className="sign-in">
      <div className="brand">
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
    signedIn(await signIn(String(form.get('name')), String(form.get('password'))));
  });
  return (
    <form onSubmit={submit} data-testid="sign-in">
      <label className="field">
        <span className="field-label">Name</span>
        <input name="name" autoComplete="username" autoCapitalize="none" required />
      </label>
      <label className="field">
        <span className="field-label">Password</span>
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <Failure text={failure} />
      <button type="submit" className="button" disabled={busy}>
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
    const session = await acceptInvitation(invitation, password);
    // It is used up: nobody should find it in the history.
    history.replaceState(undefined, '', location.pathname + location.search);
    signedIn(session);
  });
  return (
    <form onSubmit={submit} data-testid="invitation">
      <p>You are invited. Choose a password of {SHORTEST_PASSWORD} characters or more.</p>
      <NewPassword name="password" label="Password" />
      <NewPassword name="again" label="The same again" />
      <Failure text={failure} />
      <button type="submit" className="button" disabled={busy}>
        Set the password and sign in
      </button>
      <button type="button" className="button" onClick={onClose}>
        Sign in with a password
      </button>
    </form>
  );
}

function NewPassword({ name, label }: { readonly name: string; readonly label: string }) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input
        name={name}
        type="password"
        autoComplete="new-password"
        minLength={SHORTEST_PASSWORD}
        maxLength={256}
        required
      />
    </label>
  );
}

function Failure({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p className="dialog-failure" role="alert">
      {text}
    </p>
  );
}

/** Sends a form once at a time; what goes wrong is told below it. */
function useForm(send: (form: FormData) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(undefined);
    await send(form).catch((error: Error) => setFailure(error.message));
    setBusy(false);
  };
  return { busy, failure, submit };
}
