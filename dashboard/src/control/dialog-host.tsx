// SPDX-License-Identifier: Apache-2.0
// A dialog that something outside of a page opens: a menu, a message.
import { signal } from '@preact/signals';
import type { VNode } from 'preact';

/** Draws the dialog; `close` is for its `onClose`. */
export type DrawDialog = (close: () => void) => VNode;

const opened = signal<DrawDialog | undefined>(undefined);

export function openDialog(draw: DrawDialog): void {
  opened.value = draw;
}

/** Where such a dialog appears; once in the page. */
export function DialogHost() {
  const draw = opened.value;
  if (draw === undefined) return null;
  return draw(() => {
    if (opened.peek() === draw) opened.value = undefined;
  });
}
