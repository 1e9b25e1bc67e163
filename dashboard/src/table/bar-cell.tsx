// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

export interface BarCellProps {
  /** Length of the bar, 0 to 1; 0: there is none. */
  readonly part: number;
  /** CSS variable. @default --bar */
  readonly colour?: string;
  readonly children: ComponentChildren;
}

/** A cell with a bar behind it that shows how its row compares with the largest; the numbers stand beside it. */
export function BarCell({ part, colour = '--bar', children }: BarCellProps) {
  return (
    <span class="cell-bar">
      {part > 0 && (
        <span
          class="bar"
          aria-hidden="true"
          style={{ width: `${Math.min(1, part) * 100}%`, background: `var(${colour})` }}
        />
      )}
      {children}
    </span>
  );
}
