// SPDX-License-Identifier: Apache-2.0
// All that the folders say, in either form: signature files, pattern files of l7-filter, or both.
import type { SignatureSet } from '@weir/native';
import { type CheckedFiles, readCheckedFiles } from './checked-files.js';
import { holdsYaml, l7Files, openMore } from './folder.js';
import { type KnownApplication, readL7Files } from './l7-patterns.js';
import { type Layer, readFolder } from './load-signatures.js';
import { readMore } from './more-signatures.js';
import { type LoadedApplication, readSamples } from './signature-file.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';
import { toApplication, toSet } from './signature-set.js';

export interface SignatureFolders {
  readonly base: string;
  /** They extend what the base holds. */
  readonly more: readonly string[];
  /** Weir's, whose names and numbers l7-filter's patterns take when theirs holds no signature files. */
  readonly own: string;
}

/** The set, and the files' applications of which it is made, in its order. */
export interface LoadedSignatures {
  readonly set: SignatureSet;
  readonly base: readonly LoadedApplication[];
  /** Several may have one name, and that of one of the base. */
  readonly more: readonly LoadedApplication[];
}

/** As much as could be read. */
export interface ReadSignatures {
  readonly set: SignatureSet;
  readonly base: Layer;
  /** Empty where the base has problems: what it extends is not known then. */
  readonly more: Layer;
}

const EMPTY_LAYER: Layer = { applications: [], samples: [], problems: [] };

/** Empty for a folder that cannot be read: what is wrong with it the reader of YAML says. */
function l7FilesIn(folder: string): string[] {
  try {
    return l7Files(folder);
  } catch {
    return [];
  }
}

/** Those known by payload: a service that is known by its servers may share its name with something else. */
function knownByPayload(loaded: readonly LoadedApplication[]): KnownApplication[] {
  const byName = new Map<string, LoadedApplication[]>();
  for (const one of loaded) {
    byName.set(one.content.name, [...(byName.get(one.content.name) ?? []), one]);
  }
  return [...byName.values()]
    .filter((parts) => parts.some(({ content }) => content.match !== undefined))
    .map((parts) => ({
      ...toApplication(parts[0] as LoadedApplication),
      aliases: parts.flatMap(({ content }) => content.aliases ?? []),
    }));
}

/** `known`: from which the patterns take names. */
function withPatterns(
  layer: Layer,
  files: readonly string[],
  known: () => readonly LoadedApplication[],
): Layer {
  if (files.length === 0) return layer;
  const read = readL7Files(files, knownByPayload(known()));
  return {
    applications: [...layer.applications, ...read.applications],
    samples: layer.samples,
    problems: [...layer.problems, ...read.problems],
  };
}

function readMoreLayer(folders: readonly string[], base: SignatureSet): Layer {
  const yamls = folders.flatMap(openMore);
  const applications = readMore(yamls, base);
  const samples = applications.flatMap(readSamples);
  return { applications, samples, problems: yamls.flatMap((yaml) => yaml.problems) };
}

/** @throws ProbeError WEIR_PROBE_NO_SIGNATURES for what is no folder of signatures */
export function readSet(
  { base, more, own }: SignatureFolders,
  checked: CheckedFiles = readCheckedFiles(),
): ReadSignatures {
  const patterns = l7FilesIn(base);
  const isPatternsOnly = patterns.length > 0 && !holdsYaml(base);
  const yamls = isPatternsOnly ? EMPTY_LAYER : readFolder(base, checked);
  const names = (): readonly LoadedApplication[] =>
    isPatternsOnly ? readFolder(own, readCheckedFiles()).applications : yamls.applications;
  const below = withPatterns(yamls, patterns, names);
  const set = toSet(below.applications);
  if (below.problems.length > 0) return { set, base: below, more: EMPTY_LAYER };
  const added = readMoreLayer(more, set);
  const above = withPatterns(added, more.flatMap(l7FilesIn), () => [
    ...names(),
    ...below.applications,
    ...added.applications,
  ]);
  return { set: toSet(above.applications, set), base: below, more: above };
}

export function problemsOf({ base, more }: ReadSignatures): readonly Problem[] {
  return [...base.problems, ...more.problems];
}

/** @throws SignatureFileError with every problem in the files; ProbeError WEIR_PROBE_NO_SIGNATURES */
export function loadSet(folders: SignatureFolders, checked?: CheckedFiles): LoadedSignatures {
  const read = readSet(folders, checked);
  const problems = problemsOf(read);
  if (problems.length > 0) throw new SignatureFileError(problems);
  return { set: read.set, base: read.base.applications, more: read.more.applications };
}
