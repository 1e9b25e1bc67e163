// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import { describe, expect, it, vi } from 'vitest';
import { Dialog, type DialogProps } from './dialog';
import { Field } from './field';
import { Sheet, SheetPart } from './sheet';
import { clear, draw, fireEvent, screen, waitFor, within } from './test-dom';

function show(onConfirm: DialogProps['onConfirm']) {
  const onClose = vi.fn();
  draw(
    <Dialog
      title="Rename the view"
      confirm="Rename"
      testId="rename"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Field label="Name" help="As others see it.">
        <input name="name" defaultValue="Uplink" />
      </Field>
    </Dialog>,
  );
  const dialog = screen.getByTestId<HTMLDialogElement>('rename');
  const send = () => fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
  return { dialog, onClose, send };
}

it('opens before the page under its title, with the field under its label', () => {
  const { dialog } = show(vi.fn());
  expect(dialog.open).toBe(true);
  const label = document.getElementById(dialog.getAttribute('aria-labelledby') ?? '');
  expect(label?.textContent).toBe('Rename the view');
  expect(screen.getByLabelText<HTMLInputElement>(/^Name/).value).toBe('Uplink');
});

it('does it with what is written, cannot be sent twice meanwhile, and closes', async () => {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const onConfirm = vi.fn((_form: FormData) => done);
  const { dialog, onClose, send } = show(onConfirm);
  send();
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('confirm').disabled).toBe(true));
  expect(onConfirm.mock.calls[0]?.[0].get('name')).toBe('Uplink');
  expect(dialog.open).toBe(true);
  finish();
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(dialog.open).toBe(false);
});

it('stays open and says why it could not be done, and can be sent again', async () => {
  const onConfirm = vi.fn().mockRejectedValueOnce(new Error('There is a view "Uplink" already.'));
  const { dialog, onClose, send } = show(onConfirm);
  send();
  expect((await screen.findByRole('alert')).textContent).toContain('"Uplink" already');
  expect([dialog.open, onClose.mock.calls.length]).toEqual([true, 0]);
  await waitFor(() =>
    expect(screen.getByTestId<HTMLButtonElement>('confirm').disabled).toBe(false),
  );
  send();
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(screen.queryByRole('alert')).toBeNull();
});

it('is left by Cancel with nothing done', () => {
  const onConfirm = vi.fn();
  const { dialog, onClose } = show(onConfirm);
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect([dialog.open, onClose.mock.calls.length, onConfirm.mock.calls.length]).toEqual([
    ...[false, 1, 0],
  ]);
});

describe('what is written', () => {
  function write() {
    const shown = show(vi.fn());
    const pressEscape = () => fireEvent.keyDown(shown.dialog, { key: 'Escape' });
    const input = screen.getByLabelText<HTMLInputElement>(/^Name/);
    input.focus();
    fireEvent.input(input, { target: { value: 'Uplink at night' } });
    return { ...shown, pressEscape, input };
  }

  it('is not lost by Escape: it asks, and goes back to where somebody wrote', () => {
    const { dialog, pressEscape, input, onClose } = write();
    pressEscape();
    expect(screen.getByRole('alert').textContent).toBe('What you wrote is not saved.');
    expect(document.activeElement?.textContent).toBe('Go on writing');
    fireEvent.click(screen.getByRole('button', { name: 'Go on writing' }));
    expect([dialog.open, input.value, document.activeElement]).toEqual([
      ...[true, 'Uplink at night', input],
    ]);
    // However often it is pressed.
    for (let press = 0; press < 3; press++) pressEscape();
    expect([dialog.open, onClose.mock.calls.length]).toEqual([true, 0]);
    fireEvent.click(screen.getByRole('button', { name: 'Throw it away' }));
    expect([dialog.open, onClose.mock.calls.length]).toEqual([false, 1]);
  });

  it('keeps the browser from leaving the page without a question, as long as it is there', () => {
    const { dialog } = write();
    const isHeld = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(isHeld()).toBe(true);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    clear();
    expect(isHeld()).toBe(false);
  });

  it('and where nothing is written Escape closes at once', () => {
    const { dialog, onClose } = show(vi.fn());
    fireEvent.keyDown(dialog, { key: 'Escape' });
    expect([dialog.open, onClose.mock.calls.length]).toEqual([false, 1]);
  });
});

it('a sheet opens under its title and closes by its button', () => {
  const onClose = vi.fn();
  draw(
    <Sheet title="192.0.2.7" testId="sheet" onClose={onClose} actions={<a href="x">Flows</a>}>
      <SheetPart title="What is missing">nothing</SheetPart>
    </Sheet>,
  );
  const sheet = screen.getByTestId<HTMLDialogElement>('sheet');
  expect(sheet.open).toBe(true);
  screen.getByRole('heading', { name: '192.0.2.7' });
  screen.getByRole('heading', { name: 'What is missing' });
  fireEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect([sheet.open, onClose.mock.calls.length]).toEqual([false, 1]);
});
