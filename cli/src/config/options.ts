// SPDX-License-Identifier: Apache-2.0
// Options as the sections declare them: one TypeBox property gives a YAML key, an environment
// variable, a flag, a default and a line of help.
import type { OptionHints } from '@weir/wire';
import type { TObject, TSchema } from 'typebox';

type ValueKind = 'string' | 'number' | 'integer' | 'boolean' | 'array';

export interface OptionSpec {
  readonly section: string;
  readonly key: string;
  /** e.g. WEIR_PROBE_IDLE_TIMEOUT_SECONDS */
  readonly environment: string;
  readonly flag: string | undefined;
  readonly description: string;
  readonly defaultValue: unknown;
  readonly kind: ValueKind;
  /** The allowed words, where only some are. */
  readonly choices: readonly string[];
}

interface DescribedSchema extends Partial<OptionHints>, Choice {
  readonly type?: ValueKind;
  readonly items?: Choice;
}

interface Choice {
  readonly const?: string;
  readonly anyOf?: readonly Choice[];
}

export const keyOf = (section: string, key: string): string => `${section}.${key}`;

function environmentName(section: string, key: string): string {
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `WEIR_${section}_${snake}`.toUpperCase();
}

/** The words that a schema allows, besides others that only follow a pattern. */
function wordsOf({ const: word, anyOf = [] }: Choice): string[] {
  return [...(word === undefined ? [] : [word]), ...anyOf.flatMap(wordsOf)];
}

function optionSpec(section: string, key: string, schema: TSchema): OptionSpec {
  const described = schema as DescribedSchema;
  return {
    section,
    key,
    environment: environmentName(section, key),
    flag: described.flag,
    description: described.description ?? '',
    defaultValue: described.default,
    kind: described.type ?? 'string',
    choices: wordsOf(described.items ?? described),
  };
}

/** The options of one section in the order of their declaration. */
export function optionSpecs(section: string, schema: TObject): OptionSpec[] {
  return Object.entries(schema.properties).map(([key, property]) =>
    optionSpec(section, key, property as TSchema),
  );
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/** Text of a flag or an environment variable as the option's type; what does not fit stays text. */
export function valueFromText(spec: OptionSpec, text: string): unknown {
  switch (spec.kind) {
    case 'number':
    case 'integer':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'boolean':
      return BOOLEANS[text.toLowerCase()] ?? text;
    case 'array':
      return text.split(',').map((part) => part.trim());
    default:
      return text;
  }
}
