// SPDX-License-Identifier: Apache-2.0

/** The colour that a CSS variable has now, resolved as the browser shows it: a canvas cannot read variables. */
export function resolveColour(variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A resolved colour ("rgb(1, 2, 3)") with so much of it, 0 to 1. */
export function withOpacity(colour: string, opacity: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}
