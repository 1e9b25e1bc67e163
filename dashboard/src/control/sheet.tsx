// SPDX-License-Identifier: Apache-2.0
// Everything about one thing of a table, at the right of the page; it closes by Escape and by a click beside it.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icons';

export interface SheetProps {
  readonly title: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly testId: string;
  /** `by-button`: what it shows is shown only once. @default anyhow */
  readonly closes?: 'anyhow' | 'by-button';
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Sheet(props: SheetProps) {
  const { title, actions, testId, closes = 'anyhow', onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = () => dialog.current?.close();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={titleId}
      data-testid={testId}
      // A click beside it; browsers that do not know it have Escape and the button.
      {...{ closedby: closes === 'anyhow' ? 'any' : 'none' }}
      onClose={onClose}
    >
      <div class="sheet-content">
        <header class="sheet-header">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="button-icon" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {actions !== undefined && <div class="sheet-actions">{actions}</div>}
        {children}
      </div>
    </dialog>
  );
}

/** A part of a sheet under a heading of its own. */
export function SheetPart({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="sheet-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
