// SPDX-License-Identifier: Apache-2.0
// What can be shown where standard output goes.

/** Columns of the terminal; Infinity where it is none. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function takesColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}

/** Text in lines of at most `width`, each behind `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => `${indent}${one}`.trimEnd()).join('\n');
}
