// SPDX-License-Identifier: Apache-2.0
// Numbers with a unit that is chosen beside them.
import { useState } from 'preact/hooks';

interface Unit {
  readonly label: string;
  /** How much of the value one of it is. */
  readonly size: number;
}

export interface QuantityInputProps {
  readonly label: string;
  readonly value: number | undefined;
  /** Undefined: the field is empty. */
  readonly onChange: (value: number | undefined) => void;
}

/** The largest unit that says a value without a fraction of more than two digits. */
export function fittingUnit(value: number | undefined, units: readonly Unit[]): Unit {
  const largest = [...units].sort((a, b) => b.size - a.size);
  const fits = largest.find(
    ({ size }) => value !== undefined && value >= size && Number.isInteger((value * 100) / size),
  );
  return fits ?? (units[0] as Unit);
}

function UnitInput({
  label,
  value,
  onChange,
  units,
}: QuantityInputProps & { readonly units: readonly Unit[] }) {
  const [chosen, setChosen] = useState<Unit>();
  const unit = chosen ?? fittingUnit(value, units);
  return (
    <div class="field">
      <span class="field-label" aria-hidden="true">
        {label}
      </span>
      <span class="unit-input">
        <input
          type="number"
          aria-label={label}
          min={0}
          step="any"
          value={value === undefined ? '' : value / unit.size}
          onInput={({ currentTarget: { value: text, valueAsNumber } }) =>
            onChange(
              text === '' || !(valueAsNumber >= 0)
                ? undefined
                : Math.round(valueAsNumber * unit.size),
            )
          }
        />
        <select
          aria-label={`Unit of: ${label}`}
          value={unit.label}
          onChange={(event) => {
            const next = units.find((one) => one.label === event.currentTarget.value) as Unit;
            setChosen(next);
            // The number stays as it is written.
            if (value !== undefined) onChange(Math.round((value / unit.size) * next.size));
          }}
        >
          {units.map((one) => (
            <option key={one.label} value={one.label}>
              {one.label}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

const RATE_UNITS: readonly Unit[] = [
  { label: 'Mbit/s', size: 1e6 },
  { label: 'kbit/s', size: 1e3 },
  { label: 'Gbit/s', size: 1e9 },
];
/** Bits per second. */
export const RateInput = (props: QuantityInputProps) => <UnitInput {...props} units={RATE_UNITS} />;

const AMOUNT_UNITS: readonly Unit[] = [
  { label: 'MB', size: 1e6 },
  { label: 'kB', size: 1e3 },
  { label: 'GB', size: 1e9 },
  { label: 'TB', size: 1e12 },
];
/** Octets. */
export const AmountInput = (props: QuantityInputProps) => (
  <UnitInput {...props} units={AMOUNT_UNITS} />
);

const SPAN_UNITS: readonly Unit[] = [
  { label: 's', size: 1 },
  { label: 'min', size: 60 },
  { label: 'h', size: 3600 },
  { label: 'd', size: 86_400 },
];
/** Seconds. */
export const SpanInput = (props: QuantityInputProps) => <UnitInput {...props} units={SPAN_UNITS} />;

const COUNT_UNITS: readonly Unit[] = [
  { label: '×1', size: 1 },
  { label: '×1000', size: 1000 },
];
/** Packets, flows, peers. */
export const CountInput = (props: QuantityInputProps) => (
  <UnitInput {...props} units={COUNT_UNITS} />
);
