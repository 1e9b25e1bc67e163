// SPDX-License-Identifier: Apache-2.0
// What the kernel lacks and has too much, for people.
import type { Transaction } from './enforce/kernel-table.js';
import { numberedHashOf } from './plan/effect-numbers.js';
import { SLOTS } from './plan/level.js';
import type { SetElement } from './plan/set-element.js';
import type { Wanted } from './plan/wanted.js';

export interface Difference {
  /** One for each thing that differs, beginning with "+" (missing), "-" (too much) or "!" (changed). */
  readonly lines: readonly string[];
  /** What nft and tc would be told to mend it. */
  readonly script: string;
  readonly tcLines: readonly string[];
}

export interface Found {
  readonly step: Transaction | undefined;
  readonly script: string;
  readonly tcLines: readonly string[];
  readonly wanted: Wanted;
}

export function differenceOf({ step, script, tcLines, wanted }: Found): Difference {
  const lines = [
    ...(step ? tableLines(step, wanted) : []),
    ...tcLines.map((line) => `${line.includes(' del ') ? '-' : '+'} tc ${line}`),
  ];
  return { lines, script, tcLines };
}

function tableLines(step: Transaction, wanted: Wanted): string[] {
  if (step.kind === 'build')
    return [
      '+ the table, with everything in it',
      ...shown(step.elements.values()).map((one) => `+ ${elementText(one, wanted)}`),
    ];
  if (step.kind !== 'change') return [];
  const effects = step.chains.filter(({ name }) => numberedHashOf(name));
  const rules = step.chains.filter(({ name }) => !numberedHashOf(name));
  return [
    ...rules.map(({ name }) => `! chain ${name}`),
    ...effects.map(({ name }) => `+ chain ${name} (${effectText(name, wanted)})`),
    ...step.changes.flatMap(({ kind, element }) =>
      shown([element]).map((one) => `${kind === 'put' ? '+' : '-'} ${elementText(one, wanted)}`),
    ),
  ];
}

/** Without what only speeds up the kernel's look-up. */
function shown(elements: Iterable<SetElement>): SetElement[] {
  return [...elements].filter(({ map }) => map !== SLOTS);
}

function elementText({ map, key, chain }: SetElement, wanted: Wanted): string {
  return `${map} ${key} (${effectText(chain, wanted)})`;
}

function effectText(chain: string, { effects }: Wanted): string {
  const effect = effects.get(chain);
  if (!effect) return 'nothing that is decided';
  const { action, owner } = effect;
  return `${action.kind}, ${owner.kind} ${owner.id}`;
}
