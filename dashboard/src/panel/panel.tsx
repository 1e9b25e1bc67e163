// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useId } from 'react';

export interface PanelProps {
  readonly title: string;
  /** Small print beside the title: units, steps. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly testId: string;
  /** What is shown belongs to another view; the right data is on its way. */
  readonly outdated?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, note, actions, testId, outdated, children }: PanelProps) {
  const headingId = useId();
  return (
    <section
      className={`panel panel-${testId}`}
      aria-labelledby={headingId}
      aria-busy={outdated === true}
      data-testid={testId}
    >
      <header className="panel-header">
        <h2 id={headingId}>{title}</h2>
        {note !== undefined && <span className="panel-note">{note}</span>}
        {actions !== undefined && <div className="panel-actions">{actions}</div>}
      </header>
      <div className={outdated ? 'panel-body outdated' : 'panel-body'}>{children}</div>
    </section>
  );
}

/** Why there is nothing to see, and what to do about it. */
export function Notice({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="notice">
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}

/** Grey bars where data will stand. */
export function Skeleton({ rows, tall }: { readonly rows: number; readonly tall?: boolean }) {
  return (
    <div className={tall ? 'skeleton skeleton-tall' : 'skeleton'} role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are alike and never move
        <div key={row} className="skeleton-bar" />
      ))}
    </div>
  );
}

export function ErrorNotice({ error }: { readonly error: Error }) {
  return (
    <Notice title="No answer to show">
      <p>{error.message} Trying again by itself.</p>
    </Notice>
  );
}
