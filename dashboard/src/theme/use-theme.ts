// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState, useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';

const STORAGE_KEY = 'weir-theme';
const PREFERS_DARK = window.matchMedia('(prefers-color-scheme: dark)');

/** The chosen theme, remembered by the browser. `auto` follows the system. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme);
  const choose = useCallback((chosen: Theme) => {
    applyTheme(chosen);
    storeTheme(chosen);
    setTheme(chosen);
  }, []);
  return [theme, choose];
}

/** To be called before the first paint, and before anything reads a colour of the new theme. */
export function applyTheme(theme: Theme = readTheme()): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Light or dark as it is shown, also when the system changes its mind. */
export function useShownTheme(theme: Theme): 'light' | 'dark' {
  const prefersDark = useSyncExternalStore(subscribe, () => PREFERS_DARK.matches);
  if (theme !== 'auto') return theme;
  return prefersDark ? 'dark' : 'light';
}

/** The colour that a CSS variable has now, resolved as the browser shows it: a canvas cannot read variables. */
export function resolveColour(variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function subscribe(onChange: () => void): () => void {
  PREFERS_DARK.addEventListener('change', onChange);
  return () => PREFERS_DARK.removeEventListener('change', onChange);
}

function readTheme(): Theme {
  try {
    const stored = window.localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'auto';
  } catch {
    return 'auto'; // Storage may be forbidden; the page works without a memory.
  }
}

function storeTheme(theme: Theme): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // As above.
  }
}
