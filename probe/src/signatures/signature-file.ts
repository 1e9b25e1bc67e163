// SPDX-License-Identifier: Apache-2.0
// One signature file, or the registry: its text as content, and what can be checked without the others.
import { Compile } from 'typebox/compile';
import type { CheckedFiles } from './checked-files.js';
import { payloadOf } from './payload.js';
import type { Sample } from './sample.js';
import { FamilyFile, type Match, RegistryFile, SignatureFile } from './schema.js';
import type { Path, SourceFile } from './source-file.js';
import type { YamlFile } from './yaml-file.js';

const descriptionOctetsMax = 55;
const portMax = 65_535;

/** An application as its file has it. */
export interface Located<Content> {
  readonly source: SourceFile;
  /** where in the file; empty: the file is this application */
  readonly at: Path;
  /** Without examples when it was found good before. */
  readonly content: Content;
  /** "LINE:COLUMN" of each of `match` */
  readonly regexPlaces: readonly string[];
  /** of each of `serverNames` */
  readonly namePlaces: readonly string[];
}
export type LoadedApplication = Located<SignatureFile>;

/** Made when a file must be parsed, which is seldom: see checked-files.ts. */
const validators = {
  signature: once(() => Compile(SignatureFile)),
  family: once(() => Compile(FamilyFile)),
  registry: once(() => Compile(RegistryFile)),
};

export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The file's one application, or those of a family; none with problems noted in `yaml`. */
export function loadFile(yaml: YamlFile, checked: CheckedFiles): LoadedApplication[] {
  const known = checked.signatures.get(yaml.text);
  if (known !== undefined) return known.map((one) => ({ source: yaml, ...one }));
  if (yaml.has('family')) return loadFamily(yaml);
  const content = yaml.read(validators.signature());
  return content === undefined ? [] : [located(yaml, [], content)];
}

function loadFamily(yaml: YamlFile): LoadedApplication[] {
  const file = yaml.read(validators.family());
  return (file?.applications ?? []).flatMap((member, index) => {
    const at = ['applications', index];
    const { category = file?.category, reference = file?.reference } = member;
    if (category !== undefined && reference !== undefined) {
      return located(yaml, at, { ...member, category, reference });
    }
    const missing = category === undefined ? 'category' : 'reference';
    yaml.report('SCHEMA', at, `has no ${missing}, nor has the family`);
    return [];
  });
}

export function located<Content extends Pick<SignatureFile, 'match' | 'serverNames'>>(
  source: SourceFile,
  at: Path,
  content: Content,
): Located<Content> {
  const { match = [], serverNames = [] } = content;
  return {
    source,
    at,
    content,
    regexPlaces: match.map((_, index) => source.placeOf([...at, 'match', index, 'regex'])),
    namePlaces: serverNames.map((_, index) => source.placeOf([...at, 'serverNames', index])),
  };
}

/** Undefined with problems noted in `yaml`. */
export function loadRegistry(yaml: YamlFile, checked: CheckedFiles): RegistryFile | undefined {
  return checked.registries.get(yaml.text) ?? yaml.read(validators.registry());
}

function checkMatch({ source, at }: LoadedApplication, match: Match, index: number) {
  const { transport, minimumBytes, maximumBytes } = match;
  const bound = maximumBytes === undefined ? 'minimumBytes' : 'maximumBytes';
  if (minimumBytes === undefined && maximumBytes === undefined) return;
  const place = [...at, 'match', index, bound];
  if (transport === 'tcp') {
    source.report('BOUNDS', place, 'the size of a TCP segment means nothing');
  } else if ((minimumBytes ?? 1) > (maximumBytes ?? Number.POSITIVE_INFINITY)) {
    source.report('BOUNDS', place, 'no size is between minimum and maximum');
  }
}

function checkPorts({ source, at, content }: LoadedApplication) {
  for (const [index, port] of (content.ports ?? []).entries()) {
    if (Number(port.slice(port.indexOf('/') + 1)) <= portMax) continue;
    source.report(
      'BOUNDS',
      [...at, 'ports', index],
      `the highest port is ${portMax}, the lowest 1`,
    );
  }
}

/** What an application can be known by. */
export const EVIDENCE = ['match', 'serverNames', 'ports', 'ipProtocol', 'announcedBy'] as const;

/** Notes in the file what the schema cannot say; one of the keys `wanted` must be there. */
export function checkContent(
  application: LoadedApplication,
  wanted: readonly (keyof SignatureFile)[] = EVIDENCE,
) {
  const { source, at, content } = application;
  if (Buffer.byteLength(content.description) > descriptionOctetsMax) {
    source.report('TOO_LONG', [...at, 'description'], `longer than ${descriptionOctetsMax} octets`);
  }
  if (wanted.every((key) => content[key] === undefined)) {
    source.report('EMPTY', at, `names no flow: give one of ${wanted.join(', ')}`);
  }
  for (const [index, one] of (content.match ?? []).entries()) checkMatch(application, one, index);
  checkPorts(application);
}

/** Notes in the file those that stand for no payload. */
export function readSamples({ source, at, content }: LoadedApplication): Sample[] {
  const samples: Sample[] = [];
  for (const key of ['examples', 'nearMisses'] as const) {
    for (const [index, example] of (content[key] ?? []).entries()) {
      const place = [...at, key, index];
      try {
        samples.push({
          application: content.name,
          transport: example.transport,
          side: example.direction,
          payload: payloadOf(example),
          matches: key === 'examples',
          source: `${source.file}:${source.placeOf(place)}`,
          problem: (code, message) => source.problemAt(code, place, message),
        });
      } catch (error) {
        source.report('PAYLOAD', place, (error as Error).message);
      }
    }
  }
  return samples;
}
