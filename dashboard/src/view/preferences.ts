// SPDX-License-Identifier: Apache-2.0
// How somebody wants to see things: kept by the browser, for each user.
import { computed, effect, signal } from '@preact/signals';
import type { PrefixKind } from '../format/quantity';

const CHOICES = {
  theme: ['auto', 'light', 'dark'],
  zone: ['local', 'utc'],
  /** Rates of octets as bits, as lines are sold, or as octets, as disks are. */
  rate: ['bits', 'octets'],
  prefix: ['decimal', 'binary'],
  navigation: ['wide', 'narrow'],
} as const;

export type Preferences = {
  readonly [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name][number];
};

const PRESET: Preferences = {
  theme: 'auto',
  zone: 'local',
  rate: 'bits',
  prefix: 'decimal',
  navigation: 'wide',
};

/** Of whoever was here last, so that the page has the right colours before anybody has signed in. */
const LAST = 'weir-preferences';

const owner = signal('');
export const preferences = signal<Preferences>(read(LAST) ?? PRESET);
export const prefixKind = computed((): PrefixKind => preferences.value.prefix);

export function setPreferences(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  const text = JSON.stringify(preferences.value);
  write(LAST, text);
  write(keyOf(owner.value), text);
}

/** To be called when it is known who looks: takes what this user chose here before. */
export function preferencesOf(user: string): void {
  owner.value = user;
  preferences.value = read(keyOf(user)) ?? preferences.value;
}

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<'light' | 'dark'>(prefersDark.matches ? 'dark' : 'light');
prefersDark.addEventListener('change', ({ matches }) => {
  systemTheme.value = matches ? 'dark' : 'light';
});

/** Light or dark as it is shown, also when the system changes its mind. */
export const shownTheme = computed((): 'light' | 'dark' => {
  const { theme } = preferences.value;
  return theme === 'auto' ? systemTheme.value : theme;
});

/** Keeps the document in the chosen theme; to be called before the first paint. */
export function applyTheme(): void {
  effect(() => {
    const { theme } = preferences.value;
    const { dataset } = document.documentElement;
    if (theme === 'auto') delete dataset.theme;
    else dataset.theme = theme;
  });
}

const keyOf = (user: string): string => `${LAST}:${user}`;

/** What another version wrote, or somebody by hand, counts as far as it is understood. */
function read(key: string): Preferences | undefined {
  try {
    const stored = JSON.parse(window.localStorage.getItem(key) ?? '') as Record<string, unknown>;
    const names = Object.keys(CHOICES) as (keyof Preferences)[];
    const known = names.filter((name) =>
      (CHOICES[name] as readonly unknown[]).includes(stored[name]),
    );
    return { ...PRESET, ...Object.fromEntries(known.map((name) => [name, stored[name]])) };
  } catch {
    return undefined;
  }
}

function write(key: string, text: string): void {
  try {
    window.localStorage.setItem(key, text);
  } catch {
    // Storage may be forbidden; the page works without a memory.
  }
}
