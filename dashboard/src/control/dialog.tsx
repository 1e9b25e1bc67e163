// SPDX-License-Identifier: Apache-2.0
// A question in front of the page: a form that is sent or left. What is written in it is not lost by a slip.
import type { ComponentChildren, TargetedKeyboardEvent, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

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
  const writing = useWriting(close);
  const { busy, failure, submit } = useForm(async (form) => {
    await props.onConfirm(form);
    close();
  });
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      data-testid={testId}
      onClose={onClose}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        writing.leave();
      }}
      onKeyDown={writing.leaveByKey}
    >
      <form onSubmit={submit} onInput={writing.begin}>
        <h2 id={titleId}>{title}</h2>
        {children}
        <Failure text={failure} />
        {writing.isLeaving && <Leaving onLeave={close} onStay={writing.stay} />}
        <div class="dialog-buttons" hidden={writing.isLeaving}>
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

/** Whether something is written, and what comes of leaving by Escape, by a gesture, or with the whole page. */
function useWriting(close: () => void) {
  const isWritten = useRef(false);
  const [isLeaving, setLeaving] = useState(false);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => isWritten.current && event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
  const begin = () => {
    isWritten.current = true;
  };
  const leave = () => (isWritten.current ? setLeaving((before) => !before) : close());
  // A browser lets a second Escape through whatever a page says to the closing.
  const leaveByKey = (event: TargetedKeyboardEvent<HTMLDialogElement>) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  };
  return { isLeaving, begin, leave, leaveByKey, stay: () => setLeaving(false) };
}

interface LeavingProps {
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

/** Instead of the buttons, where Escape would take away what somebody has written. */
function Leaving({ onLeave, onStay }: LeavingProps) {
  const stay = useRef<HTMLButtonElement>(null);
  // At once: the next key must find what is focused inside of the dialog.
  useLayoutEffect(() => {
    const writing = document.activeElement;
    stay.current?.focus();
    return () => {
      if (writing instanceof HTMLElement) writing.focus();
    };
  }, []);
  return (
    <div class="dialog-leaving" data-testid="leaving">
      <p role="alert">What you wrote is not saved.</p>
      <div class="dialog-buttons">
        <button type="button" class="button button-danger" onClick={onLeave}>
          Throw it away
        </button>
        <button ref={stay} type="button" class="button button-primary" onClick={onStay}>
          Go on writing
        </button>
      </div>
    </div>
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
