// SPDX-License-Identifier: Apache-2.0
import type { AuditEntry } from '@weir/wire';
import { Facts } from '../../control/facts';
import { Sheet, SheetPart } from '../../control/sheet';
import { momentText } from '../../view/shown';
import { deedText, placeText, subjectText } from './deeds';
import { type Difference, differences } from './differences';

/** One change: what was before beside what is now. */
export function AuditSheet({
  entry,
  onClose,
}: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}) {
  const { actor, action, subject, before, after } = entry;
  const changed = differences(before, after);
  return (
    <Sheet title={sentenceOf(entry)} testId="audit-sheet" onClose={onClose}>
      <Facts
        facts={[
          { term: 'When', value: momentText(entry.timeMilliseconds) },
          {
            term: 'Who',
            value: actor.kind === actor.name ? actor.name : `${actor.name} (${actor.kind})`,
          },
          { term: 'From', value: placeText(entry) },
          { term: 'Action', value: <code>{action}</code> },
          { term: 'Of', value: <code>{subject}</code> },
        ]}
      />
      {changed.length > 0 && (
        <SheetPart title={titleOf(entry)}>
          <DifferenceTable changed={changed} />
        </SheetPart>
      )}
    </Sheet>
  );
}

/** "olga made the rule No BitTorrent", "olga signed in". */
function sentenceOf(entry: AuditEntry): string {
  const { actor, action } = entry;
  const deed = `${actor.name} ${deedText(action)}`;
  return action.startsWith('session.') ? deed : `${deed} ${subjectText(entry)}`;
}

function titleOf({ before, after }: AuditEntry): string {
  if (before === undefined) return 'As it was made';
  return after === undefined ? 'As it was before' : 'What changed';
}

function DifferenceTable({ changed }: { readonly changed: readonly Difference[] }) {
  return (
    <dl class="differences">
      {changed.map(({ path, before, after }) => (
        <div key={path}>
          <dt>{path}</dt>
          <dd>
            {before !== undefined && (
              <del>
                <span class="visually-hidden">before: </span>
                {valueText(path, before)}
              </del>
            )}
            {after !== undefined && (
              <ins>
                <span class="visually-hidden">after: </span>
                {valueText(path, after)}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Times as people read them. */
function valueText(path: string, value: string): string {
  if (path.endsWith('Milliseconds') && /^\d{12,14}$/.test(value)) return momentText(Number(value));
  return value === '' ? '(empty)' : value;
}
