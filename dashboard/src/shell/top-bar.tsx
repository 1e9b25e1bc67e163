// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { FilterInput } from '../control/filter-input';
import { Icon } from '../control/icons';
import { TimeControl } from '../control/time-control';
import { tellDone, tellFailed } from '../control/toast';
import type { Page } from '../page/registry';
import type { View } from '../view/view';
import { AccountMenu } from './account-menu';
import { SaveViewButton } from './saved-views';

export interface TopBarProps {
  readonly page: Page | undefined;
  readonly view: View;
}

/** What the page is about: its name, the filter and the time, as far as they mean something there. */
export function TopBar({ page, view }: TopBarProps) {
  const without = page?.without ?? [];
  useSlashKey();
  return (
    <section class="top" aria-label="What is shown">
      <h1 class="top-title">{page?.title ?? 'Weir'}</h1>
      <div class="top-filter">
        {page !== undefined && !without.includes('filter') && (
          <FilterInput
            label="Filter"
            placeholder="Filter: app = TLS and dst in 10.0.0.0/8   ( / )"
            value={view.filter}
            onChange={(filter) => view.change({ filter })}
          />
        )}
      </div>
      {page !== undefined && !without.includes('time') && <TimeControl view={view} />}
      <div class="top-end">
        <SaveViewButton view={view} />
        <CopyLinkButton />
        <AccountMenu />
      </div>
    </section>
  );
}

function CopyLinkButton() {
  // A page without TLS on another machine has no clipboard.
  if (navigator.clipboard === undefined) return null;
  const copy = () =>
    navigator.clipboard
      .writeText(location.href)
      .then(() => tellDone('Copied the link'), tellFailed);
  return (
    <button
      type="button"
      class="button button-square"
      aria-label="Copy the link to this view"
      title="Copy the link to this view"
      onClick={copy}
    >
      <Icon name="link" />
    </button>
  );
}

/** "/" goes to the filter, as in other tools, unless somebody is writing. */
function useSlashKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isWriting = (event.target as Element).matches(
        'input, textarea, select, [contenteditable]',
      );
      if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey) return;
      const input = document.querySelector<HTMLInputElement>('.top-filter input');
      if (input === null) return;
      event.preventDefault();
      input.focus();
      input.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
