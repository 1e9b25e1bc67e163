// SPDX-License-Identifier: Apache-2.0
// Changes of rules, lists and decisions. All reject with ApiError or UnreachableError.
import type {
  AddressList,
  Decision,
  DecisionInput,
  ListInput,
  Rule,
  RuleInput,
  RulePreview,
} from '@weir/wire';
import { api } from './client';

/** The second yes to what would hit a large share of the hosts. */
export type Confirmation = 'asked' | 'given';

const confirmation = (given: Confirmation) => ({ query: { confirm: given === 'given' } });
const ifRevision = (revision: number) => ({ headers: { 'if-match': `"${revision}"` } });

export async function createRule(body: RuleInput, given: Confirmation = 'asked'): Promise<Rule> {
  const { data } = await api.POST('/api/v1/rules', { params: confirmation(given), body });
  return data as Rule;
}

/** A rule that was deleted comes back as it was, under its id. */
export async function restoreRule(id: string, body: RuleInput): Promise<void> {
  await api.POST('/api/v1/rules', { params: { query: { confirm: true, id } }, body });
}

/** `before`: as it was when somebody began to change it; refused where it is another by now. */
export async function changeRule(
  { id, revision }: Pick<Rule, 'id' | 'revision'>,
  body: RuleInput,
  given: Confirmation = 'asked',
): Promise<Rule> {
  const params = { path: { id }, ...confirmation(given) };
  const { data } = await api.PUT('/api/v1/rules/{id}', { params, body, ...ifRevision(revision) });
  return data as Rule;
}

export async function deleteRule(id: string): Promise<void> {
  await api.DELETE('/api/v1/rules/{id}', { params: { path: { id } } });
}

export interface PreviewQuestion {
  readonly rule: RuleInput;
  readonly from: number;
  readonly to: number;
}

export async function previewRule(
  body: PreviewQuestion,
  signal: AbortSignal,
): Promise<RulePreview> {
  const { data } = await api.POST('/api/v1/rules/preview', { body, signal });
  return data as RulePreview;
}

export async function createList(body: ListInput): Promise<AddressList> {
  const { data } = await api.POST('/api/v1/lists', { body });
  return data as AddressList;
}

export async function changeList({ id, revision }: AddressList, body: ListInput): Promise<void> {
  const params = { path: { id } };
  await api.PUT('/api/v1/lists/{id}', { params, body, ...ifRevision(revision) });
}

export async function deleteList(id: string): Promise<void> {
  await api.DELETE('/api/v1/lists/{id}', { params: { path: { id } } });
}

export async function refreshList(id: string): Promise<void> {
  await api.POST('/api/v1/lists/{id}/refresh', { params: { path: { id } } });
}

export async function createDecision(
  body: DecisionInput,
  given: Confirmation = 'asked',
): Promise<Decision> {
  const { data } = await api.POST('/api/v1/decisions', { params: confirmation(given), body });
  return data as Decision;
}

export async function deleteDecision(id: string): Promise<void> {
  await api.DELETE('/api/v1/decisions/{id}', { params: { path: { id } } });
}
