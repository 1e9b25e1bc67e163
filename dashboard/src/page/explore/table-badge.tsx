// SPDX-License-Identifier: Apache-2.0
import { withMissing } from '../../format/missing';
import { formatSpan } from '../../format/time';
import type { Explored } from './use-explored';

/** Which table of the store has answered: single records, or sums, and how fine they are. */
export function TableBadge({ explored: { response } }: { readonly explored: Explored }) {
  const { table, stepSeconds, missing } = response;
  const about =
    table === 'flows'
      ? 'answered from single flow records'
      : 'answered from sums, so it is fast and reaches far back';
  return (
    <>
      <span class="badge" title={about} data-testid="table-badge">
        {table}
      </span>{' '}
      {withMissing(`steps of ${formatSpan(stepSeconds)}`, missing)}
    </>
  );
}
