// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import type { KeyOf } from '../view/filter-edit';
import { knownPages } from '../view/known-pages';
import type { View } from '../view/view';
import { Icon } from './icons';
import { openValueMenu } from './value-menu';

export interface StoryHeadProps {
  readonly view: View;
  /** Of what the page tells the story: its name, and the name that it is looked up by elsewhere. */
  readonly title: string;
  readonly name?: string | undefined;
  /** Where all others of its kind are. */
  readonly back: { readonly page: string; readonly title: string };
  /** The view's filter narrowed to it. */
  readonly filter: string;
  readonly about: KeyOf;
  readonly testId: string;
  /** What it belongs to, in short. */
  readonly children: ComponentChildren;
}

/** The head of a page about one thing: a way back, what it is, and what can be done about it. */
export function StoryHead(props: StoryHeadProps) {
  const { view, title, name, back, testId, children } = props;
  return (
    <header class="story-head" data-testid={testId}>
      <a
        class="button button-square"
        href={view.link(back.page)}
        aria-label={back.title}
        title={back.title}
      >
        <Icon name="left" />
      </a>
      <div class="story-title">
        <h2>{title}</h2>
        {name !== undefined && <span class="story-name">{name}</span>}
      </div>
      <p class="story-facts">{children}</p>
      <Actions {...props} />
    </header>
  );
}

function Actions({ view, filter, about }: StoryHeadProps) {
  return (
    <div class="story-actions">
      {knownPages.value.has('flows') && (
        <a class="button" href={view.link('flows', { filter })}>
          <Icon name="flows" />
          Raw flows
        </a>
      )}
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        data-testid="act"
        onClick={(event) => openValueMenu({ keys: [about] }, event.currentTarget)}
      >
        <Icon name="more" />
        Act on it
      </button>
    </div>
  );
}
