// SPDX-License-Identifier: Apache-2.0

export interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  /** In words, with units. */
  readonly text: string;
}

/** Share from which on a limit is near. */
const NEARLY = 0.9;

/** How much of a limit is used. */
export function Meter({ label, value, most, text }: MeterProps) {
  return (
    <div class="meter-line">
      <span>{label}</span>
      <span class="meter-text">{text}</span>
      <meter
        aria-label={label}
        aria-valuetext={text}
        max={Math.max(most, 1)}
        high={most * NEARLY}
        value={value}
      />
    </div>
  );
}
