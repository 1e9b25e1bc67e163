// SPDX-License-Identifier: Apache-2.0
import type { ShownList } from '@weir/wire';
import { Facts } from '../../control/facts';
import { Sheet, SheetPart } from '../../control/sheet';
import { formatCount, formatCounted } from '../../format/quantity';
import { actionText } from '../../format/rule-texts';
import { formatSpan } from '../../format/time';
import { momentText } from '../../view/shown';

/** What was read of a list, and what could not be. */
export function ListSheet({
  list,
  onClose,
}: {
  readonly list: ShownList;
  readonly onClose: () => void;
}) {
  const { name, url, file, format, refreshSeconds = 3600, action, owner, reason, state } = list;
  const { problem, entries, refusedCount, refusedLines, refreshedMilliseconds: read } = state;
  return (
    <Sheet title={name} testId="list-sheet" onClose={onClose}>
      {problem !== undefined && <p class="advice">{problem} What was read before still counts.</p>}
      <Facts
        facts={[
          { term: 'From', value: url ?? file },
          { term: 'Format', value: format },
          { term: 'Read', value: read === undefined ? 'not yet' : momentText(read) },
          { term: 'Read again each', value: formatSpan(refreshSeconds) },
          { term: 'Action', value: actionText(action) },
          { term: 'Entries', value: formatCount(entries) },
          { term: 'By', value: owner },
          ...(reason === undefined ? [] : [{ term: 'Reason', value: reason }]),
        ]}
      />
      {refusedCount > 0 && (
        <SheetPart title={`${formatCounted(refusedCount, 'line')} without an address`}>
          <Facts
            facts={refusedLines.map((line) => ({
              term: `Line ${line.line}`,
              value: line.reason,
            }))}
          />
        </SheetPart>
      )}
    </Sheet>
  );
}
