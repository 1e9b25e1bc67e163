// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

export interface FieldProps {
  readonly label: string;
  readonly help?: ComponentChildren;
  readonly problem?: string | undefined;
  /** The input. */
  readonly children: ComponentChildren;
}

/** An input with its name above, and below it what helps or what is wrong. */
export function Field({ label, help, problem, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span class="field-label">{label}</span>
      {children}
      {problem === undefined ? (
        help !== undefined && <span class="field-help">{help}</span>
      ) : (
        <span class="field-problem" role="alert">
          {problem}
        </span>
      )}
    </label>
  );
}
