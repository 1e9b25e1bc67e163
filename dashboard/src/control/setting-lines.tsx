// SPDX-License-Identifier: Apache-2.0
import { type Preferences, preferences, setPreferences } from '../view/preferences';
import { type Choice, Segmented } from './segmented';

type Setting = Exclude<keyof Preferences, 'navigation'>;

const SETTINGS: {
  readonly [Name in Setting]: { title: string; choices: readonly Choice<Preferences[Name]>[] };
} = {
  theme: {
    title: 'Theme',
    choices: [
      { value: 'auto', label: 'Auto', title: 'Theme of the system' },
      { value: 'light', label: 'Light', title: 'Light theme' },
      { value: 'dark', label: 'Dark', title: 'Dark theme' },
    ],
  },
  zone: {
    title: 'Times',
    choices: [
      { value: 'local', label: 'Local', title: 'Local time' },
      { value: 'utc', label: 'UTC', title: 'UTC' },
    ],
  },
  rate: {
    title: 'Rates',
    choices: [
      { value: 'bits', label: 'bit/s', title: 'Bits per second' },
      { value: 'octets', label: 'B/s', title: 'Octets per second' },
    ],
  },
  prefix: {
    title: 'Prefixes',
    choices: [
      { value: 'decimal', label: 'k M G', title: 'Decimal: 1 k is 1000' },
      { value: 'binary', label: 'Ki Mi Gi', title: 'Binary: 1 Ki is 1024' },
    ],
  },
};

/** Every preference with its choices. */
export function SettingLines() {
  const names = Object.keys(SETTINGS) as Setting[];
  return (
    <>
      {names.map((name) => (
        <SettingLine key={name} name={name} />
      ))}
    </>
  );
}

function SettingLine({ name }: { readonly name: Setting }) {
  const { title, choices } = SETTINGS[name];
  return (
    <div class="account-line">
      <span aria-hidden="true">{title}</span>
      <Segmented<string>
        legend={title}
        choices={choices}
        value={preferences.value[name]}
        onChange={(value) => setPreferences({ [name]: value })}
        testId={`setting-${name}`}
      />
    </div>
  );
}
