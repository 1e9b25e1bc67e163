// SPDX-License-Identifier: Apache-2.0

export interface SelectProps<Value extends string> {
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  /** For who does not see what the choices are about, and a tooltip for others; not needed in a field. */
  readonly label?: string;
  readonly testId?: string;
}

/** One of several: the browser's own, which every keyboard and screen reader knows. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, choices, onChange, label, testId } = props;
  return (
    <select
      class="select"
      aria-label={label}
      title={label}
      value={value}
      data-testid={testId}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
