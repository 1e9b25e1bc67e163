// SPDX-License-Identifier: Apache-2.0
// What all commands with a configuration share: flags derived from sections, --config and --check.
import { Command, Option } from 'commander';
import type { loadConfig } from '../config/load.js';
import { keyOf, type OptionSpec, optionSpecs, valueFromText } from '../config/options.js';
import { SECTIONS, type SectionName } from '../config/sections.js';

export type LoadedConfig = ReturnType<typeof loadConfig<typeof SECTIONS>>['config'];

export interface CommandContext {
  readonly config: LoadedConfig;
  /** Reads the configuration again: the file may have changed since. @throws as at the start */
  reread(): CommandContext;
  /** --check was given: build everything, change nothing. */
  readonly check: boolean;
  /** Whether a value was given anywhere, by "section.key", rather than being the default. */
  isGiven(key: string): boolean;
  /** Of the command itself, beside the sections' options. */
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SectionCommand {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Sections whose flags the command has. */
  readonly sections: readonly SectionName[];
  /** Only these of the sections' options, by "section.key"; all when left out. */
  readonly only?: readonly string[];
  /** Defaults of this command that are not the section's, by "section.key", as help shows them. */
  readonly otherDefaults?: Readonly<Record<string, string>>;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Adds the command's own arguments and options. */
  readonly extend?: (command: Command) => Command;
  run(context: CommandContext): Promise<void>;
}

interface FlagOption {
  readonly spec: OptionSpec;
  readonly option: Option;
}

function describeDefault({ defaultValue, kind }: OptionSpec): string {
  if (defaultValue === undefined || kind === 'boolean') return '';
  if (Array.isArray(defaultValue)) {
    return defaultValue.length > 0 ? ` (default: ${defaultValue.join(', ')})` : '';
  }
  return ` (default: ${String(defaultValue)})`;
}

function flagOption(spec: OptionSpec, otherDefault?: string): FlagOption | undefined {
  if (spec.flag === undefined) return undefined;
  const preset = otherDefault === undefined ? describeDefault(spec) : ` (default: ${otherDefault})`;
  const option = new Option(spec.flag, `${spec.description}${preset}`);
  if (spec.kind === 'array') {
    option.argParser((text: string, previous: unknown[] | undefined) => [
      ...(previous ?? []),
      ...(valueFromText(spec, text) as unknown[]),
    ]);
  } else if (spec.kind !== 'boolean') {
    option.argParser((text: string) => valueFromText(spec, text));
  }
  if (spec.choices.length > 0) option.argChoices = [...spec.choices];
  return { spec, option };
}

function givenFlags(flags: readonly FlagOption[], values: Record<string, unknown>) {
  const given = new Map<string, unknown>();
  for (const { spec, option } of flags) {
    const value = values[option.attributeName()];
    if (value !== undefined) given.set(keyOf(spec.section, spec.key), value);
  }
  return given;
}

function exampleText(examples: SectionCommand['examples']): string {
  const lines = examples.map(([command, meaning]) => `  ${meaning}:\n    ${command}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

function configurationText(sections: readonly SectionName[]): string {
  const [first = 'probe'] = sections;
  return `
Configuration:
  Each option can also stand in a YAML file (--config) or in the environment;
  flags win over the environment, the environment over the file.
  "weir config ${first}" shows all keys with their environment variables, those
  without a flag included.
`;
}

/** The commander command of `definition`. */
export function sectionCommand(definition: SectionCommand): Command {
  const { name, summary, description, sections, only, otherDefaults, examples, extend } =
    definition;
  const flags = sections
    .flatMap((section) => optionSpecs(section, SECTIONS[section]))
    .filter(({ section, key }) => only?.includes(keyOf(section, key)) ?? true)
    .map((spec) => flagOption(spec, otherDefaults?.[keyOf(spec.section, spec.key)]))
    .filter((flag) => flag !== undefined);
  const command = new Command(name).summary(summary).description(description);
  extend?.(command);
  for (const { option } of flags) command.addOption(option);
  command
    .option('--config <file>', 'YAML file with the options below their sections')
    .option('--check', 'build everything, change nothing; exit 0 when all is well')
    .addHelpText('after', exampleText(examples))
    .addHelpText('after', configurationText(sections))
    .action(async () => {
      const values = command.opts();
      const given = givenFlags(flags, values);
      const sources = {
        file: values.config as string | undefined,
        environment: process.env,
        flags: given,
      };
      const { loadConfig } = await import('../config/load.js');
      const read = (): CommandContext => {
        const { config, given: origins, doubts } = loadConfig(SECTIONS, sources);
        for (const doubt of doubts) process.stderr.write(`weir: ${doubt}\n`);
        return {
          config,
          reread: read,
          check: values.check === true,
          isGiven: (key) => origins.has(key),
          arguments: command.args,
          options: values,
        };
      };
      await definition.run(read());
    });
  return command;
}
