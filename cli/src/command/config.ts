// SPDX-License-Identifier: Apache-2.0
import { Argument, Command } from 'commander';
import { SECTIONS, type SectionName } from '../config/sections.js';

export function configCommand(): Command {
  const names = Object.keys(SECTIONS) as SectionName[];
  return new Command('config')
    .summary('print a configuration file with all keys, their defaults and environment variables')
    .description(
      'Prints a YAML file in which every key stands as a comment with its default. Save it, take the ' +
        '# away from what you change, and give it to the other commands with --config.',
    )
    .addArgument(new Argument('[section]', 'only this section').choices(names))
    .action(async (section: SectionName | undefined) => {
      const { sectionText } = await import('../config/sample-file.js');
      const sections = section === undefined ? names : [section];
      process.stdout.write(`${sections.map(sectionText).join('\n')}`);
    });
}
