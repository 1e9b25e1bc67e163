// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { formatView, parseView, type View } from './view';

const VIEW_CHANGED = 'weir-view-changed';

/** The view that the URL names, and how to change it. Each change is an entry of the browser's history. */
export function useView(): [View, (change: Partial<View>) => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const view = useMemo(() => parseView(search), [search]);
  const change = useCallback((changed: Partial<View>) => {
    const current = parseView(window.location.search);
    const next = formatView({ ...current, ...changed });
    if (next === formatView(current)) return;
    window.history.pushState(null, '', `${window.location.pathname}${next}${window.location.hash}`);
    window.dispatchEvent(new Event(VIEW_CHANGED));
  }, []);
  return [view, change];
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('popstate', onChange);
  window.addEventListener(VIEW_CHANGED, onChange);
  return () => {
    window.removeEventListener('popstate', onChange);
    window.removeEventListener(VIEW_CHANGED, onChange);
  };
}
