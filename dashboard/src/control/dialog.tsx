// SPDX-License-Identifier: Apache-2.0
// A question in front of the page: a form that is sent or left.
import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  /** What the button that sends the form says. */
  readonly confirm: string;
  /** Of the confirming button: red for what takes something away. */
  readonly tone?: 'normal' | 'danger';
  readonly testId: string;
  /** Does it; the dialog stays open and says why when it rejects. */
  readonly onConfirm: (form: FormData) => Promise<void> | void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Dialog(props: DialogProps) {
  const { title, confirm, tone = 'normal', testId, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = () => dialog.current?.close();
  const { busy, failure, submit } = useForm(async (form) => {
    await props.onConfirm(form);
    close();
  });
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={titleId} data-testid={testId} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        <Failure text={failure} />
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button
            type="submit"
            class={tone === 'danger' ? 'button button-danger' : 'button button-primary'}
            data-testid="confirm"
            disabled={busy}
          >
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

export function Failure({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="dialog-failure" role="alert">
      {text}
    </p>
  );
}

/** Sends a form once at a time; `failure` is why it could not be sent. */
export function useForm(send: (form: FormData) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(undefined);
    await send(form).catch((error: Error) => setFailure(error.message));
    setBusy(false);
  };
  return { busy, failure, submit };
}
