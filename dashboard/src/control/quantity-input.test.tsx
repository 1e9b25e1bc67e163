// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { useState } from 'preact/hooks';
import { describe, expect, it, vi } from 'vitest';
import { AmountInput, fittingUnit, RateInput, SpanInput } from './quantity-input';
import { draw, fireEvent, screen } from './test-dom';

type Input = typeof RateInput;

/** A form that keeps what it is told, as pages do. */
function show(Quantity: Input, preset: number | undefined) {
  const onChange = vi.fn();
  function Form() {
    const [value, setValue] = useState(preset);
    onChange.mockImplementation(setValue);
    return <Quantity label="Rate" value={value} onChange={onChange} />;
  }
  draw(<Form />);
  const number = screen.getByLabelText<HTMLInputElement>('Rate');
  const unit = screen.getByLabelText<HTMLSelectElement>('Unit of: Rate');
  const type = (text: string) => fireEvent.input(number, { target: { value: text } });
  const choose = (label: string) => fireEvent.change(unit, { target: { value: label } });
  return { number, unit, type, choose, last: () => onChange.mock.lastCall?.[0] };
}

describe('shows a value in the unit that says it shortest', () => {
  it.each([
    ['2', 'Mbit/s', RateInput, 2_000_000],
    ['64', 'kbit/s', RateInput, 64_000],
    ['2.5', 'Gbit/s', RateInput, 2.5e9],
    ['5', 'GB', AmountInput, 5e9],
    ['1.5', 'min', SpanInput, 90],
    ['1', 'd', SpanInput, 86_400],
    ['7', 's', SpanInput, 7],
  ])('%s %s', (text, label, Quantity, value) => {
    const { number, unit } = show(Quantity, value);
    expect([number.value, unit.value]).toEqual([text, label]);
  });
});

it('tells what is typed in the smallest unit, whole, and nothing where nothing stands', () => {
  const { type, last } = show(RateInput, 2_000_000);
  type('3.5');
  expect(last()).toBe(3_500_000);
  type('');
  expect(last()).toBeUndefined();
  type('-1');
  expect(last()).toBeUndefined();
});

it('the number stays as it is written when another unit is chosen', () => {
  const { number, unit, choose, last } = show(RateInput, 2_000_000);
  choose('Gbit/s');
  expect([last(), number.value, unit.value]).toEqual([2e9, '2', 'Gbit/s']);
});

it('no value has the usual unit', () => {
  const units = [
    { label: 'M', size: 1e6 },
    { label: 'k', size: 1e3 },
  ];
  expect([undefined, 0, 1].map((value) => fittingUnit(value, units).label)).toEqual([
    ...['M', 'M', 'M'],
  ]);
});
