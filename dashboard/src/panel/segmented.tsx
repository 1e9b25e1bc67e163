// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useId } from 'react';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly title: string;
}

export interface SegmentedProps<Value extends string> {
  readonly legend: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly testId: string;
}

/** One of a few: radio buttons, so that arrow keys and screen readers work as people know them. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="segmented" data-testid={props.testId}>
      <legend className="visually-hidden">{props.legend}</legend>
      {props.choices.map(({ value, label, title }) => (
        <label key={value} title={title}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            value={value}
            aria-label={title}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
