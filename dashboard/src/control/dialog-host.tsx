// SPDX-License-Identifier: Apache-2.0
// A dialog that something outside of a page opens: a menu, a message.
import { signal } from '@preact/signals';
import type { VNode } from 'preact';

/** Draws the dialog; `close` is for its `onClose`. */
export type DrawDialog = (close: () => void) => VNode;

/** A dialog may ask something before it closes: the later ones lie above the earlier. */
const opened = signal<readonly DrawDialog[]>([]);

export function openDialog(draw: DrawDialog): void {
  opened.value = [...opened.peek(), draw];
}

/** Where such dialogs appear; once in the page. */
export function DialogHost() {
  return (
    <>
      {opened.value.map((draw) => (
        <Opened key={draw} draw={draw} />
      ))}
    </>
  );
}

function Opened({ draw }: { readonly draw: DrawDialog }) {
  return draw(() => {
    opened.value = opened.peek().filter((one) => one !== draw);
  });
}
