// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { canonicalAddress } from '../../view/address';
import type { View } from '../../view/view';

/** Goes to the story of an address that is typed. */
export function HostForm({
  view,
  wrong,
}: {
  readonly view: View;
  readonly wrong?: string | undefined;
}) {
  const [problem, setProblem] = useState(wrong !== undefined);
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const address = canonicalAddress(String(new FormData(event.currentTarget).get('address')));
    setProblem(address === undefined);
    if (address !== undefined) view.go(view.link('hosts', { host: address }));
  };
  return (
    <form class="host-form" onSubmit={submit}>
      <input
        name="address"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="Address"
        aria-label="Address of a host"
        aria-invalid={problem}
        aria-describedby={problem ? 'host-form-problem' : undefined}
        defaultValue={wrong ?? ''}
        data-testid="host-address"
      />
      <button type="submit" class="button">
        Open
      </button>
      {problem && (
        <p id="host-form-problem" class="host-form-problem" role="alert">
          No address. Write it like 192.0.2.7 or 2001:db8::7.
        </p>
      )}
    </form>
  );
}
