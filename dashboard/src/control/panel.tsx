// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { ApiError } from '../api/client';

export interface PanelProps {
  readonly title: string;
  /** Small print beside the title: units, steps. */
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly testId: string;
  /** What is shown belongs to another view; the right data is on its way. */
  readonly outdated?: boolean | undefined;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, actions, testId, outdated, children }: PanelProps) {
  const headingId = useId();
  return (
    <section
      class={`panel panel-${testId}`}
      aria-labelledby={headingId}
      aria-busy={outdated === true}
      data-testid={testId}
    >
      <header class="panel-header">
        <h2 id={headingId}>{title}</h2>
        {note !== undefined && <span class="panel-note">{note}</span>}
        {actions !== undefined && <div class="panel-actions">{actions}</div>}
      </header>
      <div class={outdated ? 'panel-body outdated' : 'panel-body'}>{children}</div>
    </section>
  );
}

/** Why there is nothing to see, and what to do about it. */
export function Notice({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

/** Grey bars where data will stand. */
export function Skeleton({ rows, tall }: { readonly rows: number; readonly tall?: boolean }) {
  return (
    <div class={tall ? 'skeleton skeleton-tall' : 'skeleton'} role="status">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // The bars are alike and never move
        <div key={row} class="skeleton-bar" />
      ))}
    </div>
  );
}

/** What went wrong; what passes by itself is tried again without being asked. */
export function ErrorNotice({ error }: { readonly error: Error }) {
  const isRefused = error instanceof ApiError && error.status < 500;
  return (
    <Notice title={isRefused ? 'This cannot be answered' : 'No answer yet'}>
      <p role="alert">
        {error.message}
        {isRefused ? '' : ' This page tries again by itself.'}
      </p>
    </Notice>
  );
}
