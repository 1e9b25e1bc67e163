// SPDX-License-Identifier: Apache-2.0
// The files of a folder of signatures and of the folders in it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProbeError } from '../errors.js';
import { YamlFile } from './yaml-file.js';

export const REGISTRY_NAME = 'registry.yaml';

const advice = "Give another with --signatures, or leave it out for Weir's own.";
const adviceForMore = 'Give another with --more-signatures, or leave it out.';
const adviceForOwn = 'A folder of your own that comes on top goes with --more-signatures.';

/** Paths from `folder`. @throws ProbeError WEIR_PROBE_NO_SIGNATURES */
export function yamlNames(folder: string): string[] {
  const names = listed(folder, isYaml, advice);
  if (names.includes(REGISTRY_NAME)) return names;
  const whatToDo = names.length > 0 ? adviceForOwn : advice;
  throw noSignatures(folder, `it holds no ${REGISTRY_NAME}`, whatToDo);
}

/**
 * The files of a folder that comes on top of another; it needs no registry and has no use for one.
 * @throws ProbeError WEIR_PROBE_NO_SIGNATURES
 */
export function openMore(folder: string): YamlFile[] {
  return listed(folder, isYaml, adviceForMore)
    .filter((name) => name !== REGISTRY_NAME)
    .map((name) => openYaml(folder, name));
}

/** Whether a folder is a set of its own rather than one that comes on top of another. */
export function holdsRegistry(folder: string): boolean {
  return existsSync(path.join(folder, REGISTRY_NAME));
}

/** Whether there are signature files; none where there is no folder. */
export function holdsYaml(folder: string): boolean {
  return existsSync(folder) && namesIn(folder, isYaml).length > 0;
}

/** The `.pat` files of a folder and of the folders in it, sorted. Throws the system's error. */
export function l7Files(folder: string): string[] {
  return namesIn(folder, isL7).map((name) => path.join(folder, name));
}

/** Every file that a reload would read. Throws the system's error. */
export function signatureFiles(folder: string): string[] {
  return namesIn(folder, (name) => isYaml(name) || isL7(name)).map((name) =>
    path.join(folder, name),
  );
}

export function openYaml(folder: string, name: string): YamlFile {
  return YamlFile.open(path.join(folder, name));
}

type IsWanted = (name: string) => boolean;

const isYaml: IsWanted = (name) => /\.ya?ml$/.test(name);
const isL7: IsWanted = (name) => name.endsWith('.pat');

/** What begins with a dot is an editor's or a tool's, ".#ours.yaml" for one. */
const isHidden = (name: string): boolean =>
  name.split(path.sep).some((part) => part.startsWith('.'));

/** A link that leads nowhere is one that cannot be read, as who opens it will say. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return true;
  }
}

/** Paths from `folder`, sorted. Throws the system's error. */
function namesIn(folder: string, isWanted: IsWanted): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => isWanted(name) && !isHidden(name) && isFile(path.join(folder, name)))
    .sort();
}

function listed(folder: string, isWanted: IsWanted, whatToDo: string): string[] {
  try {
    return namesIn(folder, isWanted);
  } catch (error) {
    throw noSignatures(folder, (error as Error).message, whatToDo);
  }
}

function noSignatures(folder: string, reason: string, whatToDo: string): ProbeError {
  return new ProbeError(
    'WEIR_PROBE_NO_SIGNATURES',
    `${folder} is no folder of signatures: ${reason}. ${whatToDo}`,
  );
}
