// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { REST } from '../view/rest';
import { assignSlots, colourVariable, SLOT_COUNT, type Slots } from './slots';

/** For the whole page: what is shown in several places has one colour, on all pages. */
let slots: Slots = new Map();

/** CSS variable of each key's colour; the keys with the most first. With more keys than colours they come round again. */
export function useColours(keys: readonly string[]): (key: string) => string {
  const list = keys.join('\n');
  return useMemo(() => {
    const shown = list.split('\n');
    slots = assignSlots(slots, shown);
    const later = shown.filter((key) => !slots.has(key) && key !== REST && key !== 'unknown');
    const known = slots;
    return (key) => {
      const at = later.indexOf(key);
      return at < 0 ? colourVariable(known, key) : `--series-${at % SLOT_COUNT}`;
    };
  }, [list]);
}
