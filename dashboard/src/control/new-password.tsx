// SPDX-License-Identifier: Apache-2.0

import { Field } from './field';
export const SHORTEST_PASSWORD = 10;

export interface NewPasswordProps {
  readonly name: string;
  readonly label: string;
}

/** A field for a password that is chosen here. */
export function NewPassword({ name, label }: NewPasswordProps) {
  return (
    <Field label={label}>
      <input
        name={name}
        type="password"
        autocomplete="new-password"
        minLength={SHORTEST_PASSWORD}
        maxLength={256}
        required
      />
    </Field>
  );
}
