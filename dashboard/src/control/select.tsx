// SPDX-License-Identifier: Apache-2.0

export interface SelectProps {
  /** For who does not see what the choices are about; a tooltip for others. */
  readonly label: string;
  readonly value: string;
  /** Values with what people read. */
  readonly choices: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
  readonly testId: string;
}

/** One of several: the browser's own, which every keyboard and screen reader knows. */
export function Select({ label, value, choices, onChange, testId }: SelectProps) {
  return (
    <select
      class="select"
      aria-label={label}
      title={label}
      value={value}
      data-testid={testId}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {Object.entries(choices).map(([choice, title]) => (
        <option key={choice} value={choice} selected={choice === value}>
          {title}
        </option>
      ))}
    </select>
  );
}
