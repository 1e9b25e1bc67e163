// SPDX-License-Identifier: Apache-2.0
// Puts a configuration together: defaults, then the file, then the environment, then flags. Each
// error names where the value came from; unknown keys are errors.
import { readFileSync } from 'node:fs';
import { nearest } from '@weir/wire';
import type { Static, TObject } from 'typebox';
import { Errors } from 'typebox/value';
import { isMap, LineCounter, type Pair, parseDocument, type Scalar } from 'yaml';
import { CommandError } from '../errors.js';
import { keyOf, type OptionSpec, optionSpecs, valueFromText } from './options.js';

/** Sections by name, e.g. { probe: ProbeConfig, collector: CollectorConfig }. */
export type Sections = Readonly<Record<string, TObject>>;

export interface Sources {
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** by section and key, already of the right type where the text allowed it */
  readonly flags: ReadonlyMap<string, unknown>;
}

interface Placed {
  readonly value: unknown;
  /** "weir.yaml:3:5", "WEIR_PROBE_LANES" or "--lanes" */
  readonly origin: string;
}

type PlacedValues = Map<string, Placed>;

function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `Known: ${known.join(', ')}.` : `Did you mean "${near}"?`;
}

function unknownKey(origin: string, key: string, known: readonly string[]): CommandError {
  return new CommandError(
    'WEIR_CLI_UNKNOWN_KEY',
    `${origin}: unknown key "${key}". ${suggestion(key.split('.').at(-1) ?? key, known)}`,
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_CANNOT_READ_CONFIG',
      `cannot read the configuration file ${path}: ${(error as Error).message}`,
    );
  }
}

/** Values of a YAML file with their positions. All sections of Weir may stand in one file. */
function fileValues(path: string, sections: Sections): PlacedValues {
  const lines = new LineCounter();
  const document = parseDocument(readFile(path), { lineCounter: lines });
  const origin = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [problem] = document.errors;
  if (problem) {
    throw new CommandError(
      'WEIR_CLI_MALFORMED_CONFIG',
      `${origin(problem.pos[0])}: ${problem.message}`,
    );
  }
  const entries = (node: unknown): [string, Pair<Scalar>, string][] =>
    isMap(node)
      ? node.items.map((pair) => {
          const key = pair.key as Scalar;
          return [String(key.value), pair as Pair<Scalar>, origin(key.range?.[0] ?? 0)];
        })
      : [];
  if (document.contents !== null && !isMap(document.contents)) {
    throw new CommandError(
      'WEIR_CLI_MALFORMED_CONFIG',
      `${path}:1:1: expected sections (${Object.keys(sections).join(', ')}), each with its keys.`,
    );
  }
  const values: PlacedValues = new Map();
  for (const [section, sectionPair, sectionOrigin] of entries(document.contents)) {
    const schema = sections[section];
    if (!schema) throw unknownKey(sectionOrigin, section, Object.keys(sections));
    const content = sectionPair.value as { toJSON?(): unknown } | null;
    if (!isMap(content) && (content?.toJSON?.() ?? null) !== null) {
      throw new CommandError(
        'WEIR_CLI_MALFORMED_CONFIG',
        `${sectionOrigin}: "${section}" is a section: its keys stand below it, indented.`,
      );
    }
    for (const [key, pair, keyOrigin] of entries(sectionPair.value)) {
      if (!(key in schema.properties)) {
        throw unknownKey(keyOrigin, keyOf(section, key), Object.keys(schema.properties));
      }
      const node = pair.value as { toJSON(): unknown } | null;
      values.set(keyOf(section, key), { value: node?.toJSON(), origin: keyOrigin });
    }
  }
  return values;
}

/** What has no default may stand in a file without a value, as `weir config` prints it. */
function filledIn(specs: readonly OptionSpec[], values: PlacedValues): PlacedValues {
  const optional = new Set(
    specs
      .filter(({ defaultValue }) => defaultValue === undefined)
      .map(({ section, key }) => keyOf(section, key)),
  );
  return new Map([...values].filter(([key, { value }]) => value !== null || !optional.has(key)));
}

function environmentValues(specs: readonly OptionSpec[], { environment }: Sources): PlacedValues {
  const values: PlacedValues = new Map();
  for (const spec of specs) {
    const text = environment[spec.environment];
    if (text === undefined) continue;
    values.set(keyOf(spec.section, spec.key), {
      value: valueFromText(spec, text),
      origin: spec.environment,
    });
  }
  return values;
}

function flagValues(specs: readonly OptionSpec[], { flags }: Sources): PlacedValues {
  const values: PlacedValues = new Map();
  for (const { section, key, flag } of specs) {
    const value = flags.get(keyOf(section, key));
    if (value === undefined || flag === undefined) continue;
    values.set(keyOf(section, key), { value, origin: flag.split(' ')[0] ?? flag });
  }
  return values;
}

function defaultValues(specs: readonly OptionSpec[]): PlacedValues {
  const given = specs.filter(({ defaultValue }) => defaultValue !== undefined);
  return new Map(
    given.map(({ section, key, defaultValue }) => [
      keyOf(section, key),
      { value: defaultValue, origin: 'default' },
    ]),
  );
}

interface ValidationError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Of a pattern nobody reads what is meant: the default is an example. */
function allowedText({ keyword, message }: ValidationError, spec: OptionSpec | undefined): string {
  const { choices = [], defaultValue } = spec ?? {};
  if (choices.length > 0) return `must be one of ${choices.join(', ')}`;
  const isLike = keyword === 'pattern' && typeof defaultValue === 'string';
  return isLike ? `must be written like ${defaultValue}` : message;
}

function badValue(
  error: ValidationError,
  section: string,
  values: PlacedValues,
  specs: readonly OptionSpec[],
): CommandError {
  const key = error.instancePath.split('/')[1] ?? '';
  const placed = values.get(keyOf(section, key));
  const spec = specs.find((one) => one.section === section && one.key === key);
  return new CommandError(
    'WEIR_CLI_BAD_VALUE',
    `${placed?.origin ?? section}: ${keyOf(section, key)} ${allowedText(error, spec)}, not ${JSON.stringify(placed?.value)}.`,
  );
}

export interface Loaded<Known extends Sections> {
  readonly config: { readonly [Name in keyof Known]: Static<Known[Name]> };
  /** "section.key" of all values that are not defaults. */
  readonly given: ReadonlySet<string>;
  /** A sentence for each environment variable that is nearly one of an option, and so does nothing. */
  readonly doubts: readonly string[];
}

/** Not errors, and only what is near: WEIR_COLLECTOR_SERVICE_HOST may be there because others set it. */
function misspelt(specs: readonly OptionSpec[], { environment }: Sources): string[] {
  const known = specs.map((spec) => spec.environment);
  const prefixes = new Set(specs.map(({ section }) => `WEIR_${section.toUpperCase()}_`));
  return Object.keys(environment)
    .filter((name) => [...prefixes].some((prefix) => name.startsWith(prefix)))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const near = nearest(
        name.replace(/^WEIR_/, ''),
        known.map((word) => word.replace(/^WEIR_/, '')),
      );
      return near === undefined ? [] : [`${name} is no option. Did you mean "WEIR_${near}"?`];
    });
}

/**
 * The configuration of the named sections.
 * @throws CommandError WEIR_CLI_UNKNOWN_KEY, WEIR_CLI_BAD_VALUE, WEIR_CLI_CANNOT_READ_CONFIG,
 *   WEIR_CLI_MALFORMED_CONFIG
 */
export function loadConfig<Known extends Sections>(
  sections: Known,
  sources: Sources,
): Loaded<Known> {
  const specs = Object.entries(sections).flatMap(([name, schema]) => optionSpecs(name, schema));
  const given: PlacedValues = new Map([
    ...(sources.file === undefined ? [] : filledIn(specs, fileValues(sources.file, sections))),
    ...environmentValues(specs, sources),
    ...flagValues(specs, sources),
  ]);
  const values: PlacedValues = new Map([...defaultValues(specs), ...given]);
  const loaded = Object.entries(sections).map(([name, schema]) => {
    const keys = Object.keys(schema.properties).filter((key) => values.has(keyOf(name, key)));
    const section = Object.fromEntries(
      keys.map((key) => [key, values.get(keyOf(name, key))?.value]),
    );
    // Not compiled first: it is used once.
    const [error] = Errors(schema, section);
    if (error) throw badValue(error as ValidationError, name, values, specs);
    return [name, section] as const;
  });
  const config = Object.fromEntries(loaded) as Loaded<Known>['config'];
  return { config, given: new Set(given.keys()), doubts: misspelt(specs, sources) };
}
