// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: ComponentChildren;
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
    <fieldset class="segmented" data-testid={props.testId}>
      <legend class="visually-hidden">{props.legend}</legend>
      {props.choices.map(({ value, label, title }) => (
        <label key={value} title={title}>
          <input
            type="radio"
            class="visually-hidden"
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
