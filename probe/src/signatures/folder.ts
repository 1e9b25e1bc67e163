// SPDX-License-Identifier: Apache-2.0
// The files of a folder of signatures and of the folders in it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ProbeError } from '../errors.js';
import { YamlFile } from './yaml-file.js';

export const REGISTRY_NAME = 'registry.yaml';

/** Paths from `folder`. @throws ProbeError WEIR_PROBE_NO_SIGNATURES */
export function yamlNames(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw noSignatures(folder, (error as Error).message);
  }
  if (!names.includes(REGISTRY_NAME)) throw noSignatures(folder, `it holds no ${REGISTRY_NAME}`);
  return names.filter((name) => name.endsWith('.yaml'));
}

function noSignatures(folder: string, reason: string): ProbeError {
  return new ProbeError(
    'WEIR_PROBE_NO_SIGNATURES',
    `${folder} is no folder of signatures: ${reason}. Give another with --signatures, or leave it out for Weir's own.`,
  );
}

export function openYaml(folder: string, name: string): YamlFile {
  const file = path.join(folder, name);
  return new YamlFile(file, readFileSync(file, 'utf8'));
}
