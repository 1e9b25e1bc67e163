// SPDX-License-Identifier: Apache-2.0
// Rules that somebody has begun to write: kept by the browser for each user until they are saved or thrown away, so that
// it does no harm to look something up, to load the page again, or to have to sign in again.
import type { RuleInput } from '@weir/wire';
import { session } from '../../api/session';
import { linkTo } from '../../view/link';

/** Which editor it is: what its link says beside the view. */
export interface EditorPlace {
  readonly edit?: string | undefined;
  readonly from?: string | undefined;
  readonly new?: string | undefined;
}

export interface KeptDraft {
  readonly place: EditorPlace;
  readonly rule: RuleInput;
  /** Of the rule as it was when somebody began to change it; absent: there was none. */
  readonly revision?: number | undefined;
  readonly writtenMs: number;
}

/** The form in which they are kept is in the name: another Weir leaves these alone. */
const STORED = 'weir-rule-drafts-1';
/** The oldest go. */
const MOST = 20;

export const placeKey = ({ edit, from, new: filter }: EditorPlace): string =>
  linkTo('rules', { edit, from, new: filter });

function storedName(): string {
  const { value } = session;
  return `${STORED}:${value.status === 'in' ? value.session.name : ''}`;
}

/** The newest first. */
export function keptDrafts(): readonly KeptDraft[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(storedName()) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isDraft) : [];
  } catch {
    return [];
  }
}

/** What somebody has changed by hand is no draft. */
function isDraft(stored: Partial<KeptDraft> | null): stored is KeptDraft {
  const { place, rule, writtenMs } = stored ?? {};
  return (
    typeof writtenMs === 'number' &&
    typeof place === 'object' &&
    typeof rule?.name === 'string' &&
    typeof rule.filter === 'string' &&
    typeof rule.action?.kind === 'string'
  );
}

export function draftAt(place: EditorPlace): KeptDraft | undefined {
  return keptDrafts().find((draft) => placeKey(draft.place) === placeKey(place));
}

export function keepDraft(draft: KeptDraft): void {
  write([draft, ...others(draft.place)].slice(0, MOST));
}

export function dropDraft(place: EditorPlace): void {
  write(others(place));
}

const others = (place: EditorPlace): readonly KeptDraft[] =>
  keptDrafts().filter((draft) => placeKey(draft.place) !== placeKey(place));

function write(drafts: readonly KeptDraft[]): void {
  try {
    if (drafts.length === 0) window.localStorage.removeItem(storedName());
    else window.localStorage.setItem(storedName(), JSON.stringify(drafts));
  } catch {
    // Storage may be forbidden: then a draft lives as long as its page.
  }
}
