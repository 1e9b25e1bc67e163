// SPDX-License-Identifier: Apache-2.0
// Deeds of the audit log in people's words.
import type { AuditEntry, Selector } from '@weir/wire';
import { selectorText } from '../../format/rule-texts';

const DEEDS: Readonly<Record<string, string>> = {
  'rule.create': 'made the rule',
  'rule.change': 'changed the rule',
  'rule.delete': 'deleted the rule',
  'list.create': 'follows the list',
  'list.change': 'changed the list',
  'list.delete': 'deleted the list',
  'list.refresh': 'read the list again',
  'decision.create': 'decided by hand',
  'decision.delete': 'undid the decision',
  'user.create': 'invited the user',
  'user.invite': 'invited anew the user',
  'user.password': 'set the password of',
  'user.role': 'changed the role of',
  'user.remove': 'removed the user',
  'key.create': 'made the key',
  'key.remove': 'removed the key',
  'session.begin': 'signed in',
  'session.end': 'signed out',
  'view.create': 'saved the view',
  'view.change': 'changed the view',
  'view.delete': 'deleted the view',
};

/** Kinds of deeds that can be chosen, by the part of the action before its dot. */
export const DEED_KINDS = [
  { value: '', label: 'All changes' },
  { value: 'rule', label: 'Rules' },
  { value: 'list', label: 'Lists' },
  { value: 'decision', label: 'Decisions' },
  { value: 'user', label: 'Users' },
  { value: 'key', label: 'API keys' },
  { value: 'session', label: 'Sessions' },
  { value: 'view', label: 'Saved views' },
] as const;
export type DeedKind = (typeof DEED_KINDS)[number]['value'];

export const deedText = (action: string): string => DEEDS[action] ?? action;

/** The name of what was changed, where it has one; the log's subject may be an id. */
export function subjectText({ subject, before, after }: AuditEntry): string {
  for (const thing of [after, before]) {
    const { name, selector } = (thing ?? {}) as { name?: unknown; selector?: Selector };
    if (typeof name === 'string' && name !== '') return name;
    if (selector !== undefined) return selectorText(selector);
  }
  return subject;
}

/** Where a change came from; empty on the collector's own machine. */
export const placeText = ({ actor, address }: AuditEntry): string =>
  address === '' ? (actor.kind === 'terminal' ? 'terminal' : 'this machine') : address;
