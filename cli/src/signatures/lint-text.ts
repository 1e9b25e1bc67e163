// SPDX-License-Identifier: Apache-2.0
// A lint report as compilers write theirs: a line for each problem, so that editors can jump there.
import path from 'node:path';
import { describeProblem, type LintReport, type Problem } from '@weir/probe';

interface LintView {
  readonly showsWarnings: boolean;
  readonly width: number;
}

/** Paths from where the user is, when that is shorter. */
function nearby(problem: Problem): Problem {
  const relative = path.relative(process.cwd(), problem.file);
  return relative.length < problem.file.length ? { ...problem, file: relative } : problem;
}

const line = (kind: string, problem: Problem): string =>
  `${describeProblem(nearby(problem))} [${kind} ${problem.code}]\n`;

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

function byCode(warnings: readonly Problem[]): string {
  const codes = new Map<string, number>();
  for (const { code } of warnings) codes.set(code, (codes.get(code) ?? 0) + 1);
  if (codes.size === 0) return '';
  const parts = [...codes].sort().map(([code, number]) => `${code} ${number}`);
  return ` (${parts.join(', ')})`;
}

export function lintText(report: LintReport, { showsWarnings }: LintView): string {
  const { applications, patterns, samples, errors, warnings } = report;
  const sum =
    `${count(applications, 'application')}, ${count(patterns, 'pattern')}, ` +
    `${count(samples, 'sample')}: ${count(errors.length, 'error')}, ` +
    `${count(warnings.length, 'warning')}${byCode(warnings)}\n`;
  const shown = showsWarnings ? warnings : [];
  return [
    ...errors.map((problem) => line('error', problem)),
    ...shown.map((problem) => line('warning', problem)),
    sum,
  ].join('');
}
