// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom
// One of several: the list, and the buttons beside each other.

import { expect, it, vi } from 'vitest';
import { Segmented } from './segmented';
import { Select } from './select';
import { draw, fireEvent, screen } from './test-dom';

const CHOICES = [
  { value: 'flow', label: 'this flow only', title: 'Flow' },
  { value: 'host', label: 'the host', title: 'Host' },
] as const;

it('a list shows what is chosen, and tells the value and not its text', () => {
  const onChange = vi.fn();
  const again = draw(<Select label="Scope" value="host" choices={CHOICES} onChange={onChange} />);
  const select = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Scope' });
  const chosen = () => select.options[select.selectedIndex]?.textContent;
  expect(chosen()).toBe('the host');
  fireEvent.change(select, { target: { value: 'flow' } });
  expect(onChange).toHaveBeenCalledWith('flow');
  again(<Select label="Scope" value="flow" choices={CHOICES} onChange={onChange} />);
  expect(chosen()).toBe('this flow only');
});

it('buttons are radio buttons of one group, so that keys and readers know them', () => {
  const onChange = vi.fn();
  draw(
    <Segmented legend="Scope" value="host" choices={CHOICES} onChange={onChange} testId="scope" />,
  );
  const radios = screen.getAllByRole<HTMLInputElement>('radio');
  expect(radios.map(({ checked }) => checked)).toEqual([false, true]);
  expect(new Set(radios.map(({ name }) => name)).size).toBe(1);
  screen.getByRole('group', { name: 'Scope' });
  fireEvent.click(screen.getByRole('radio', { name: 'Flow' }));
  expect(onChange).toHaveBeenCalledWith('flow');
});
