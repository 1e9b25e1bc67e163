// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { expect, it, vi } from 'vitest';
import { FilterInput, type FilterInputProps } from './filter-input';
import { collectorThat, draw, fireEvent, screen, waitFor } from './test-dom';

const FIELDS = ['src', 'srcport', 'size'];

/** Offers fields for the last word; `app =` has no value, `sorc` is a mistake. */
function startCollector() {
  return collectorThat(({ path, query }) => {
    const text = query.get('text') ?? '';
    if (path.endsWith('/filter')) {
      const error = { message: 'at 1: did you mean "src"?', at: { from: 0, to: 4 } };
      return { body: text.startsWith('sorc') ? { error } : {} };
    }
    const from = text.lastIndexOf(' ') + 1;
    const word = text.slice(from);
    const items = FIELDS.filter((field) => word !== '' && field.startsWith(word)).map((field) => ({
      ...{ text: field, kind: 'field', about: 'a field' },
    }));
    return { body: { at: { from, to: text.length }, items } };
  });
}

function show(props: Partial<FilterInputProps> = {}) {
  const onChange = vi.fn();
  draw(<FilterInput value="" label="Filter" onChange={onChange} {...props} />);
  const input = screen.getByRole<HTMLInputElement>('combobox', { name: 'Filter' });
  input.focus();
  const type = (text: string) => {
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    fireEvent.input(input);
  };
  const press = (key: string) => fireEvent.keyDown(input, { key });
  return { input, onChange, type, press };
}

const options = () => screen.queryAllByRole('option').map(({ textContent }) => textContent);

it('offers what could be written, and the keys go through it and take it', async () => {
  startCollector();
  const { input, onChange, type, press } = show();
  type('app = SSH and s');
  await screen.findByRole('option', { name: /srcport/ });
  expect(options()).toEqual(['srca field', 'srcporta field', 'sizea field']);
  expect(input.getAttribute('aria-expanded')).toBe('true');
  press('ArrowDown');
  press('ArrowDown');
  const chosen = screen.getByRole('option', { selected: true });
  expect(chosen.textContent).toContain('srcport');
  expect(input.getAttribute('aria-activedescendant')).toBe(chosen.id);
  press('Enter');
  await waitFor(() => expect(input.value).toBe('app = SSH and srcport '));
  expect(onChange).not.toHaveBeenCalled();
});

it('goes round at the ends of the list, and Escape leaves it before it leaves the text', async () => {
  startCollector();
  const { input, type, press } = show({ value: 'app = DNS' });
  type('s');
  await screen.findByRole('option', { name: /size/ });
  press('ArrowUp');
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('size');
  press('ArrowDown');
  expect(screen.getByRole('option', { selected: true }).textContent).toBe('srca field');
  press('Escape');
  expect(options()).toEqual([]);
  expect(input.value).toBe('s');
  press('Escape');
  await waitFor(() => expect(input.value).toBe('app = DNS'));
});

it('Enter asks whether it can be read, and takes it without the spaces around it', async () => {
  const asked = startCollector();
  const { onChange, type, press } = show();
  type('  app = SSH ');
  press('Enter');
  await waitFor(() => expect(onChange).toHaveBeenCalledWith('app = SSH'));
  const checks = asked.filter(({ path }) => path.endsWith('/filter'));
  expect(checks.map(({ query }) => query.get('text'))).toEqual(['app = SSH']);
});

it('says where it is wrong until somebody goes on writing', async () => {
  startCollector();
  const { input, onChange, type, press } = show();
  type('sorc = 1');
  press('Enter');
  const problem = await screen.findByRole('alert');
  expect(problem.textContent).toContain('did you mean "src"');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(input.getAttribute('aria-describedby')).toBe(problem.id);
  expect(onChange).not.toHaveBeenCalled();
  type('src = 1');
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  expect(input.getAttribute('aria-invalid')).toBe('false');
});

it('is emptied by its button, also of what does not count yet', async () => {
  startCollector();
  const { input, onChange, type } = show();
  type('half a fil');
  fireEvent.click(await screen.findByRole('button', { name: 'Clear the filter' }));
  await waitFor(() => expect(input.value).toBe(''));
  expect(onChange).toHaveBeenCalledWith('');
});

it('counts with each key where a form has its own button', async () => {
  startCollector();
  const { onChange, type } = show({ counts: 'typing' });
  type('app');
  expect(onChange).toHaveBeenCalledWith('app');
  expect(screen.queryByRole('button', { name: /Apply/ })).toBeNull();
});

it('is taken unread where nobody answers: the page says what is wrong then', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  const { onChange, type, press } = show();
  type('app = SSH');
  press('Enter');
  await waitFor(() => expect(onChange).toHaveBeenCalledWith('app = SSH'));
});
