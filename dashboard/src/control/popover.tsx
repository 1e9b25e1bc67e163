// SPDX-License-Identifier: Apache-2.0
// A button that opens a panel below it; it closes by Escape and by a click elsewhere.
import type { ComponentChildren, TargetedToggleEvent } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface PopoverProps {
  readonly label: ComponentChildren;
  /** For who does not see the label, and as a tooltip. */
  readonly title?: string;
  readonly buttonClass?: string;
  readonly testId: string;
  /** Side of the button that the panel is flush with. */
  readonly align?: 'left' | 'right';
  readonly children: (close: () => void) => ComponentChildren;
}

const EDGE_PX = 8;

export function Popover(props: PopoverProps) {
  const { label, title, buttonClass = 'button', testId, align = 'left', children } = props;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    panel.current?.hidePopover();
    button.current?.focus();
  };
  const onToggle = (event: TargetedToggleEvent<HTMLDivElement>) => {
    setOpen(event.newState === 'open');
    if (event.newState === 'open') place(panel.current, button.current, align);
  };
  useLayoutEffect(() => {
    // Who opens a panel with a text field wants to write.
    if (isOpen) panel.current?.querySelector<HTMLElement>('[type=search], [type=text]')?.focus();
  }, [isOpen]);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={buttonClass}
        popovertarget={id}
        aria-expanded={isOpen}
        aria-label={title}
        title={title}
        data-testid={testId}
      >
        {label}
      </button>
      <div ref={panel} id={id} popover="auto" class="popover" onToggle={onToggle}>
        {isOpen && children(close)}
      </div>
    </>
  );
}

function place(
  panel: HTMLElement | null,
  button: HTMLElement | null,
  align: 'left' | 'right',
): void {
  if (panel === null || button === null) return;
  const { left, right, bottom } = button.getBoundingClientRect();
  panel.style.top = `${bottom + 4}px`;
  panel.style.maxHeight = `${innerHeight - bottom - 4 - EDGE_PX}px`;
  if (align === 'right') {
    panel.style.right = `${Math.max(EDGE_PX, document.documentElement.clientWidth - right)}px`;
    panel.style.left = 'auto';
  } else {
    panel.style.left = `${Math.max(EDGE_PX, left)}px`;
  }
}
