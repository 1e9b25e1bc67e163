// SPDX-License-Identifier: Apache-2.0
// `weir config`: a commented configuration file made from the same declarations as the flags.
import { Argument, Command } from 'commander';
import { stringify } from 'yaml';
import { type OptionSpec, optionSpecs } from '../config/options.js';
import { SECTIONS, type SectionName } from '../config/sections.js';

function keyLines(spec: OptionSpec): string[] {
  const names = [spec.flag?.split(' ')[0], spec.environment].filter((name) => name !== undefined);
  const choices = spec.choices.length > 0 ? ` One of: ${spec.choices.join(', ')}.` : '';
  const value =
    spec.defaultValue === undefined
      ? ''
      : stringify(spec.defaultValue, { collectionStyle: 'flow' }).trim();
  return [
    `  # ${spec.description}.${choices}`,
    `  # ${names.join(', ')}`,
    `  #${spec.key}: ${value}`,
    '',
  ];
}

function sectionText(name: SectionName): string {
  const lines = optionSpecs(name, SECTIONS[name]).flatMap(keyLines);
  return `${name}:\n${lines.join('\n')}`;
}

export function configCommand(): Command {
  const names = Object.keys(SECTIONS) as SectionName[];
  return new Command('config')
    .summary('print a configuration file with all keys, their defaults and environment variables')
    .description(
      'Prints a YAML file in which every key stands as a comment with its default. Save it, take the ' +
        '# away from what you change, and give it to the other commands with --config.',
    )
    .addArgument(new Argument('[section]', 'only this section').choices(names))
    .action((section: SectionName | undefined) => {
      const sections = section === undefined ? names : [section];
      process.stdout.write(`${sections.map(sectionText).join('\n')}`);
    });
}
