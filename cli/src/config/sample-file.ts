// SPDX-License-Identifier: Apache-2.0
// A commented configuration file made from the same declarations as the flags.
import { stringify } from 'yaml';
import { type OptionSpec, optionSpecs } from './options.js';
import { SECTIONS, type SectionName } from './sections.js';

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

/** A section with all keys, their defaults and environment variables. */
export function sectionText(name: SectionName): string {
  const lines = optionSpecs(name, SECTIONS[name]).flatMap(keyLines);
  return `${name}:\n${lines.join('\n')}`;
}
