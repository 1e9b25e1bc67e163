// SPDX-License-Identifier: Apache-2.0
// What goes on, on standard error: tables are standard output.

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
