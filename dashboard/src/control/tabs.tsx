// SPDX-License-Identifier: Apache-2.0
// Parts of a page, each with a link of its own.
import type { View } from '../view/view';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** Beside the title: how many there are. */
  readonly count?: number | undefined;
}

export interface TabsProps<Id extends string> {
  readonly label: string;
  /** The first is what the page shows without a choice. */
  readonly tabs: readonly Tab<Id>[];
  readonly current: Id;
  readonly view: View;
}

/** Name of the parameter in links. */
const TAB = 'tab';

export function Tabs<Id extends string>({ label, tabs, current, view }: TabsProps<Id>) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, title, count }, index) => (
        <a
          key={id}
          class="tab"
          href={view.link(view.page, { [TAB]: index === 0 ? undefined : id })}
          aria-current={id === current ? 'page' : undefined}
        >
          {title}
          {count !== undefined && <span class="tab-count">{count}</span>}
        </a>
      ))}
    </nav>
  );
}

/** The tab that the link names; the first where it names none of them. */
export function tabOf<Id extends string>({ parameters }: View, tabs: readonly Tab<Id>[]): Id {
  const found = tabs.find(({ id }) => id === parameters[TAB]);
  return (found ?? (tabs[0] as Tab<Id>)).id;
}
