// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom

import type { Selector } from '@weir/wire';
import { expect, it, vi } from 'vitest';
import { DecideDialog } from './decide-dialog';
import { DialogHost } from './dialog-host';
import {
  type Answering,
  type Asked,
  collectorThat,
  draw,
  fireEvent,
  screen,
  waitFor,
  within,
} from './test-dom';
import { ToastHost } from './toast';

const HOST: Selector = { kind: 'host', address: '192.0.2.7' };
const ENDPOINT: Selector = { kind: 'endpoint', address: '192.0.2.7', port: 6881 };

/** Makes every decision that it is asked for. */
const making = ({ method, body }: Asked): Answering =>
  method === 'POST' ? { status: 201, body: { id: 'd1', ...(body as object) } } : { body: null };

function show(selectors: readonly Selector[], answer = making) {
  const asked = collectorThat(answer);
  const [onClose, onDone] = [vi.fn(), vi.fn()];
  draw(
    <>
      <DecideDialog selectors={selectors} onClose={onClose} onDone={onDone} />
      <DialogHost />
      <ToastHost />
    </>,
  );
  const dialog = screen.getByTestId('decide');
  const field = (name: string) =>
    dialog.querySelector(`[name=${name}]`) as HTMLInputElement | HTMLSelectElement;
  const send = () => fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
  return { asked, field, send, onClose, onDone };
}

it('means the whole host where nothing else is chosen, blocks it for an hour, and can be undone', async () => {
  const { asked, send, onClose, onDone } = show([ENDPOINT, HOST]);
  send();
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(asked[0]).toMatchObject({
    ...{ method: 'POST', path: '/api/v1/decisions' },
    body: {
      ...{ selector: HOST, action: { kind: 'block', answer: 'drop' } },
      ...{ reason: 'by hand', seconds: 3600 },
    },
  });
  fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(2));
  expect(asked[1]).toMatchObject({ method: 'DELETE', path: '/api/v1/decisions/d1' });
});

it('has no end where it holds until it is lifted, and says the reason', async () => {
  const { asked, field, send, onClose } = show([HOST]);
  field('seconds').value = '0';
  field('reason').value = ' asked by the office ';
  send();
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(asked[0]?.body).toMatchObject({ reason: 'asked by the office' });
  expect(asked[0]?.body).not.toHaveProperty('seconds');
});

it('shapes to the rates that are written', async () => {
  const { asked, send, onClose } = show([HOST]);
  fireEvent.click(screen.getByRole('radio', { name: 'Shape' }));
  fireEvent.input(await screen.findByLabelText('Down, promised'), { target: { value: '5' } });
  send();
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(asked[0]?.body).toMatchObject({
    action: { kind: 'shape', downBitsPerSecond: 5_000_000 },
  });
});

it.each([
  ['2001:db8::/48', { kind: 'network', prefix: '2001:db8::/48' }],
  ['192.0.2.7:6881', { kind: 'endpoint', address: '192.0.2.7', port: 6881 }],
])('takes %s as it is typed', async (text, selector) => {
  const { asked, field, send, onClose } = show([]);
  field('target').value = text;
  send();
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(asked[0]?.body).toMatchObject({ selector });
});

it('asks nothing where the target is none, and says how to write one', async () => {
  const { asked, field, send, onClose } = show([]);
  field('target').value = 'the printer';
  send();
  expect((await screen.findByRole('alert')).textContent).toContain('192.0.2.7:6881');
  expect([asked.length, onClose.mock.calls.length]).toEqual([0, 0]);
});

it('stays open with the collector’s own words where it refuses', async () => {
  const error = { code: 'WEIR_API_PROTECTED', message: 'this address is protected' };
  const { send, onClose, onDone } = show([HOST], () => ({ status: 409, body: error }));
  send();
  expect((await screen.findByRole('alert')).textContent).toBe('this address is protected');
  expect([onClose.mock.calls.length, onDone.mock.calls.length]).toEqual([0, 0]);
});

async function secondYes(): Promise<HTMLDialogElement> {
  const question = await screen.findByTestId<HTMLDialogElement>('second-yes');
  await waitFor(() => expect(question.open).toBe(true));
  return question;
}

it('a network with many hosts takes a second yes, and nothing is done without', async () => {
  const error = {
    code: 'WEIR_API_NEEDS_CONFIRMATION',
    message: 'this would have hit 80 % of the hosts; choose a narrower prefix, or ask again',
  };
  const { asked, send, onClose, onDone } = show(
    [{ kind: 'network', prefix: '10.0.0.0/9' }],
    (one) => (one.query.get('confirm') === 'true' ? making(one) : { status: 409, body: error }),
  );
  send();
  const question = await secondYes();
  expect(question.textContent).toContain('This would have hit 80 % of the hosts.');
  fireEvent.click(within(question).getByRole('button', { name: 'Cancel' }));
  expect((await screen.findByRole('alert')).textContent).toContain('second yes');
  expect([asked.length, onClose.mock.calls.length]).toEqual([1, 0]);
  send();
  const again = await secondYes();
  fireEvent.submit(again.querySelector('form') as HTMLFormElement);
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(asked.at(-1)?.body).toMatchObject({ selector: { kind: 'network' } });
});
