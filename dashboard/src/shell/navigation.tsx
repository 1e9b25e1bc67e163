// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { Icon, WeirMark } from '../control/icons';
import type { Page } from '../page/registry';
import { preferences, setPreferences } from '../view/preferences';
import type { View } from '../view/view';
import { HealthLink } from './health-link';
import { SavedViews } from './saved-views';

const GROUPS = ['Traffic', 'Control', 'System'] as const;

export interface NavigationProps {
  readonly pages: readonly Page[];
  readonly current: string;
  readonly view: View;
}

/** All pages, at the side; on a phone behind a button. */
export function Navigation({ pages, current, view }: NavigationProps) {
  const [isOpen, setOpen] = useState(false);
  // Another page or view closes it
  useEffect(() => setOpen(false), [current, view]);
  return (
    <header class="side" data-open={isOpen}>
      <div class="brand">
        <a href="./" class="brand-link" aria-label="Weir: overview">
          <WeirMark />
          <span class="brand-name">Weir</span>
        </a>
        <button
          type="button"
          class="button-icon side-toggle"
          aria-expanded={isOpen}
          aria-controls="navigation"
          aria-label="Pages"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
        </button>
      </div>
      <nav id="navigation" aria-label="Pages" class="side-content">
        {GROUPS.map((group) => (
          <Group key={group} title={group} pages={pages} current={current} view={view} />
        ))}
        <SavedViews view={view} />
        <div class="side-end">
          <HealthLink view={view} />
          <WidthButton />
        </div>
      </nav>
    </header>
  );
}

function Group({ title, pages, current, view }: NavigationProps & { readonly title: string }) {
  const shown = pages.filter(({ group }) => group === title);
  if (shown.length === 0) return null;
  return (
    <div class="side-group">
      <h2 class="side-title">{title}</h2>
      <ul>
        {shown.map(({ id, title: name, icon }) => (
          <li key={id}>
            <a
              class="side-link"
              href={view.link(id)}
              aria-current={id === current ? 'page' : undefined}
              title={name}
            >
              <Icon name={icon} />
              <span class="side-text">{name}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function WidthButton() {
  const isWide = preferences.value.navigation === 'wide';
  const title = isWide ? 'Narrow navigation' : 'Wide navigation';
  return (
    <button
      type="button"
      class="button-icon side-width"
      aria-label={title}
      title={title}
      onClick={() => setPreferences({ navigation: isWide ? 'narrow' : 'wide' })}
    >
      <Icon name={isWide ? 'left' : 'right'} />
    </button>
  );
}
