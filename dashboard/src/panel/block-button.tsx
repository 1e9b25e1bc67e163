// SPDX-License-Identifier: Apache-2.0
import { useApplications } from './applications';
import { BlockIcon } from './icons';

/** Asks whether to block an application; says "Blocked" once a rule does. */
export function BlockButton({ name }: { readonly name: string }) {
  const { block, isBlocked } = useApplications();
  if (isBlocked(name)) return <span className="badge badge-danger">Blocked</span>;
  return (
    <button
      type="button"
      className="button-icon"
      aria-label={`Block ${name}`}
      title={`Block ${name}`}
      data-testid="block"
      onClick={() => block(name)}
    >
      <BlockIcon />
    </button>
  );
}
