// SPDX-License-Identifier: Apache-2.0
import { confidenceOf } from '../format/confidence';
import { openValueMenu } from './value-menu';

const STEPS = [1, 2, 3] as const;

/** How sure a name is: a word, and as many bars as it deserves. Opens the menu about it. */
export function ConfidenceMark({ value }: { readonly value: string }) {
  const { word, about } = confidenceOf(value);
  const keys = [{ dimension: 'applicationConfidence' as const, key: value }];
  return (
    <button
      type="button"
      class="value-button"
      aria-haspopup="menu"
      title={about}
      onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
    >
      <ConfidenceBars value={value} />
      <span class="value-text">{word}</span>
    </button>
  );
}

/** The bars alone, beside a word. */
export function ConfidenceBars({ value }: { readonly value: string }) {
  const { strength } = confidenceOf(value);
  return (
    <svg class="confidence" viewBox="0 0 14 12" aria-hidden="true" focusable="false">
      {STEPS.map((step) => (
        <rect
          key={step}
          class={step <= strength ? 'confidence-on' : 'confidence-off'}
          x={(step - 1) * 5}
          y={9 - step * 3}
          width="4"
          height={3 + step * 3}
          rx="1"
        />
      ))}
    </svg>
  );
}
