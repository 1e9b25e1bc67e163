// SPDX-License-Identifier: Apache-2.0
import type { SignatureSet } from '@weir/native';
import { checkFolder } from './check-folder.js';
import { type CheckedFiles, NONE_CHECKED, readCheckedFiles } from './checked-files.js';
import { openYaml, REGISTRY_NAME, yamlNames } from './folder.js';
import type { Sample } from './sample.js';
import {
  checkContent,
  type LoadedApplication,
  loadFile,
  loadRegistry,
  readSamples,
} from './signature-file.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';
import { toSet } from './signature-set.js';

/** What could be read of files, and what is wrong with them. */
export interface Layer {
  readonly applications: readonly LoadedApplication[];
  readonly samples: readonly Sample[];
  readonly problems: readonly Problem[];
}

/** Throws only when there is no such folder: WEIR_PROBE_NO_SIGNATURES. */
export function readFolder(folder: string, checked: CheckedFiles): Layer {
  const names = yamlNames(folder);
  const registryYaml = openYaml(folder, REGISTRY_NAME);
  const registry = loadRegistry(registryYaml, checked);
  const yamls = names.filter((one) => one !== REGISTRY_NAME).map((name) => openYaml(folder, name));
  const applications = yamls.flatMap((yaml) => loadFile(yaml, checked));
  for (const application of applications) checkContent(application);
  checkFolder(applications, registry === undefined ? undefined : { yaml: registryYaml, registry });
  const samples = applications.flatMap(readSamples);
  const problems = [registryYaml, ...yamls].flatMap((yaml) => yaml.problems);
  return { applications, samples, problems };
}

function loadFolder(folder: string, checked: CheckedFiles): Layer {
  const read = readFolder(folder, checked);
  if (read.problems.length > 0) throw new SignatureFileError(read.problems);
  return read;
}

/**
 * Reads all signature files of a folder. Throws SignatureFileError with every problem in them;
 * whether an engine can take the regexes is for the native side to say.
 */
export function loadSignatures(
  folder: string,
  checked: CheckedFiles = readCheckedFiles(),
): SignatureSet {
  return toSet(loadFolder(folder, checked).applications);
}

/** The examples and near misses of a folder's files. Throws like loadSignatures. */
export function loadSamples(folder: string): readonly Sample[] {
  return loadFolder(folder, NONE_CHECKED).samples;
}
