// SPDX-License-Identifier: Apache-2.0
// A command of a command: `weir user add`, `weir rules list`.
import type { Command } from 'commander';
import { type CommandContext, type SectionCommand, sectionCommand } from './section-command.js';

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly example: readonly [command: string, meaning: string];
  readonly extend?: (command: Command) => Command;
  readonly run: (context: CommandContext) => Promise<void>;
}

/** What all subcommands of one command have in common. */
export interface Common extends Pick<SectionCommand, 'sections' | 'only'> {
  /** Stands behind the summary in the help of each. */
  readonly about?: string;
}

export function subcommandOf(
  { name, summary, example, extend, run }: Subcommand,
  { about, ...common }: Common,
): Command {
  const sentence = `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
  return sectionCommand({
    ...{ name, summary, run },
    ...common,
    description: about === undefined ? sentence : `${sentence} ${about}`,
    examples: [example],
    ...(extend && { extend }),
  });
}
