// SPDX-License-Identifier: Apache-2.0
// Views with names, kept by the collector: one list for the whole page.
import { signal } from '@preact/signals';
import type { SavedView, SavedViewInput } from '@weir/wire';
import { api, ask } from './client';

/** Own and shared ones, by name; undefined while nobody has asked. */
export const savedViews = signal<readonly SavedView[] | undefined>(undefined);

/** @throws ApiError, UnreachableError; so do the others */
export async function loadSavedViews(): Promise<void> {
  savedViews.value = (await ask('/api/v1/views', {})).views;
}

export async function createSavedView(body: SavedViewInput): Promise<SavedView> {
  const { data } = await api.POST('/api/v1/views', { body });
  await loadSavedViews();
  return data as SavedView;
}

export async function replaceSavedView(id: string, body: SavedViewInput): Promise<void> {
  await api.PUT('/api/v1/views/{id}', { params: { path: { id } }, body });
  await loadSavedViews();
}

export async function deleteSavedView(id: string): Promise<void> {
  await api.DELETE('/api/v1/views/{id}', { params: { path: { id } } });
  await loadSavedViews();
}
