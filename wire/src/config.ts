// SPDX-License-Identifier: Apache-2.0
// How a product declares its options: one TypeBox object. The command line derives the YAML keys,
// environment variables, flags, defaults and --help from it, so an option is declared once.
import Type, { type TObject, type TSchema } from 'typebox';

/** What the command line needs to know of an option beside its type. */
export interface OptionHints {
  /** Long flag with its value placeholder, e.g. "--idle-timeout <seconds>". Absent: file and environment only. */
  readonly flag?: string;
  readonly description: string;
  readonly default?: unknown;
}

/** A config key: any schema plus the hints. TypeBox marks optional schemas by a hidden property. */
export function option<Schema extends TSchema>(schema: Schema, hints: OptionHints): Schema {
  const described = Object.getOwnPropertyDescriptors({ ...hints });
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(schema), ...described },
  ) as Schema;
}

/** A config file's section: unknown keys are errors. */
export function section<Properties extends Record<string, TSchema>>(
  properties: Properties,
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}
