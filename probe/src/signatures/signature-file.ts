// SPDX-License-Identifier: Apache-2.0
// One signature file, or the registry: its text as content, and what can be checked without the others.
import { Compile } from 'typebox/compile';
import type { CheckedFiles } from './checked-files.js';
import { payloadOf } from './payload.js';
import type { Sample } from './sample.js';
import { type Match, RegistryFile, SignatureFile } from './schema.js';
import type { YamlFile } from './yaml-file.js';

const descriptionOctetsMax = 55;

export interface LoadedFile {
  readonly yaml: YamlFile;
  /** Without examples when it was found good before. */
  readonly content: SignatureFile;
  /** from 1, of each of `match` */
  readonly regexLines: readonly number[];
}

/** Made when a file must be parsed, which is seldom: see checked-files.ts. */
const validators = {
  signature: once(() => Compile(SignatureFile)),
  registry: once(() => Compile(RegistryFile)),
};

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Undefined with problems noted in `yaml`. */
export function loadFile(yaml: YamlFile, checked: CheckedFiles): LoadedFile | undefined {
  const known = checked.signatures.get(yaml.text);
  if (known !== undefined) return { yaml, ...known };
  const content = yaml.read(validators.signature());
  if (content === undefined) return undefined;
  const regexLines = (content.match ?? []).map((_, index) =>
    yaml.lineOf(['match', index, 'regex']),
  );
  return { yaml, content, regexLines };
}

/** Undefined with problems noted in `yaml`. */
export function loadRegistry(yaml: YamlFile, checked: CheckedFiles): RegistryFile | undefined {
  return checked.registries.get(yaml.text) ?? yaml.read(validators.registry());
}

function checkMatch(yaml: YamlFile, match: Match, index: number) {
  const { transport, minimumBytes, maximumBytes } = match;
  const bound = maximumBytes === undefined ? 'minimumBytes' : 'maximumBytes';
  if (minimumBytes === undefined && maximumBytes === undefined) return;
  if (transport === 'tcp') {
    yaml.report('BOUNDS', ['match', index, bound], 'the size of a TCP segment means nothing');
  } else if ((minimumBytes ?? 1) > (maximumBytes ?? Number.POSITIVE_INFINITY)) {
    yaml.report('BOUNDS', ['match', index, bound], 'no size is between minimum and maximum');
  }
}

/** Notes in `yaml` what the schema cannot say. */
export function checkContent({ yaml, content }: LoadedFile) {
  const { description, match, ipProtocol, announcedBy } = content;
  if (Buffer.byteLength(description) > descriptionOctetsMax) {
    yaml.report('TOO_LONG', ['description'], `longer than ${descriptionOctetsMax} octets`);
  }
  if (match === undefined && ipProtocol === undefined && announcedBy === undefined) {
    yaml.report('EMPTY', [], 'names no flow: give match, ipProtocol or announcedBy');
  }
  for (const [index, one] of (match ?? []).entries()) checkMatch(yaml, one, index);
}

/** Notes in `yaml` those that stand for no payload. */
export function readSamples({ yaml, content }: LoadedFile): Sample[] {
  const samples: Sample[] = [];
  for (const key of ['examples', 'nearMisses'] as const) {
    for (const [index, example] of (content[key] ?? []).entries()) {
      try {
        samples.push({
          application: content.name,
          transport: example.transport,
          side: example.direction,
          payload: payloadOf(example),
          matches: key === 'examples',
          source: `${yaml.file}:${yaml.lineOf([key, index])}`,
        });
      } catch (error) {
        yaml.report('PAYLOAD', [key, index], (error as Error).message);
      }
    }
  }
  return samples;
}
