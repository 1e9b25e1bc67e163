// SPDX-License-Identifier: Apache-2.0
// The files of a folder of signatures and of the folders in it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ProbeError } from '../errors.js';
import { YamlFile } from './yaml-file.js';

export const REGISTRY_NAME = 'registry.yaml';

const advice = "Give another with --signatures, or leave it out for Weir's own.";
const adviceForMore = 'Give another with --more-signatures, or leave it out.';

/** Paths from `folder`. @throws ProbeError WEIR_PROBE_NO_SIGNATURES */
export function yamlNames(folder: string): string[] {
  const names = namesIn(folder, advice);
  if (names.includes(REGISTRY_NAME)) return names.filter((name) => name.endsWith('.yaml'));
  throw noSignatures(folder, `it holds no ${REGISTRY_NAME}`, advice);
}

/**
 * The files of a folder that comes on top of another; it needs no registry and has no use for one.
 * @throws ProbeError WEIR_PROBE_NO_SIGNATURES
 */
export function openMore(folder: string): YamlFile[] {
  const names = namesIn(folder, adviceForMore);
  return names
    .filter((name) => name.endsWith('.yaml') && name !== REGISTRY_NAME)
    .sort()
    .map((name) => openYaml(folder, name));
}

/** Every file that a reload would read. Throws the system's error. */
export function signatureFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') || name.endsWith('.pat'))
    .map((name) => path.join(folder, name));
}

function namesIn(folder: string, whatToDo: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
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

export function openYaml(folder: string, name: string): YamlFile {
  const file = path.join(folder, name);
  return new YamlFile(file, readFileSync(file, 'utf8'));
}
