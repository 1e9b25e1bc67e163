// SPDX-License-Identifier: Apache-2.0
// Short messages about what was done, with a way back where there is one.
import { signal } from '@preact/signals';
import { Icon } from './icons';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
  readonly undo?: (() => void) | undefined;
}

const SHOWN_MS = 6_000;
/** Time enough to read, think, and reach the button by keyboard. */
const UNDO_MS = 12_000;
const MOST_SHOWN = 4;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Tells that something was done; with `undo` it can be taken back while the message is there. */
export function tellDone(text: string, undo?: () => void): void {
  show({ text, kind: 'done', undo }, undo === undefined ? SHOWN_MS : UNDO_MS);
}

/** Tells why something was not done. */
export function tellFailed(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  show({ text, kind: 'failed' }, UNDO_MS);
}

function show(toast: Omit<Toast, 'id'>, shownMs: number): void {
  const id = ++lastId;
  toasts.value = [...toasts.peek(), { id, ...toast }].slice(-MOST_SHOWN);
  setTimeout(() => remove(id), shownMs);
}

function remove(id: number): void {
  toasts.value = toasts.peek().filter((toast) => toast.id !== id);
}

/** Where the messages appear; once in the page. */
export function ToastHost() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastLine({ toast: { id, text, kind, undo } }: { readonly toast: Toast }) {
  const takeBack = () => {
    remove(id);
    undo?.();
  };
  return (
    <div class={`toast toast-${kind}`}>
      <span class="toast-text">{text}</span>
      {undo && (
        <button type="button" class="button button-quiet" onClick={takeBack}>
          Undo
        </button>
      )}
      <button type="button" class="button-icon" aria-label="Close" onClick={() => remove(id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
