// SPDX-License-Identifier: Apache-2.0
// Questions before something changes on the network.
import type { ApplicationRule as Rule, ApplicationRuleInput as RuleInput } from '@weir/wire';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { formatSpan } from '../format/time';

interface QuestionProps {
  readonly title: string;
  readonly confirm: string;
  readonly testId: string;
  /** Does it; the dialog stays open and says why when it rejects. */
  readonly onConfirm: (form: FormData) => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Question({ title, confirm, testId, onConfirm, onClose, children }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await onConfirm(form);
      dialog.current?.close();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby={titleId} data-testid={testId} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {failure && (
          <p className="dialog-failure" role="alert">
            {failure}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-danger"
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

const HOLD_SECONDS = [60, 600, 3600, 86_400];
const DEFAULT_HOLD_SECONDS = 600;

export interface BlockDialogProps {
  readonly application: string;
  readonly create: (input: RuleInput) => Promise<void>;
  readonly onClose: () => void;
}

export function BlockDialog({ application, create, onClose }: BlockDialogProps) {
  const onConfirm = (form: FormData) => {
    const comment = String(form.get('comment') ?? '').trim();
    return create({
      action: 'block',
      applicationName: application,
      holdSeconds: Number(form.get('holdSeconds')),
      ...(comment && { comment }),
    });
  };
  return (
    <Question
      title={`Block ${application}?`}
      confirm={`Block ${application}`}
      testId="block-dialog"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        Every flow named {application} is stopped in both directions on all gateways that follow
        this collector, as soon as it is named. Other flows go on.
      </p>
      <label className="field">
        <span className="field-label">Hold a block after the flow’s last record for</span>
        <select name="holdSeconds" defaultValue={DEFAULT_HOLD_SECONDS}>
          {HOLD_SECONDS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {formatSpan(seconds)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span className="field-label">Comment (optional)</span>
        <input name="comment" type="text" maxLength={200} placeholder="Why, and who asked for it" />
      </label>
    </Question>
  );
}

export interface DeleteDialogProps {
  readonly rule: Rule;
  readonly remove: (rule: Rule) => Promise<void>;
  readonly onClose: () => void;
}

export function DeleteDialog({ rule, remove, onClose }: DeleteDialogProps) {
  return (
    <Question
      title={`Allow ${rule.applicationName} again?`}
      confirm="Delete the rule"
      testId="delete-dialog"
      onConfirm={() => remove(rule)}
      onClose={onClose}
    >
      <p>The rule is deleted and its decisions are taken back on all gateways.</p>
    </Question>
  );
}
