// SPDX-License-Identifier: Apache-2.0
import type { Application, Pattern, SignatureSet, StreamSide } from '@weir/native';
import { type CheckedFiles, NONE_CHECKED, readCheckedFiles } from './checked-files.js';
import { openYaml, REGISTRY_NAME, yamlNames } from './folder.js';
import type { Sample } from './sample.js';
import type { RegistryFile } from './schema.js';
import {
  checkContent,
  type LoadedFile,
  loadFile,
  loadRegistry,
  readSamples,
} from './signature-file.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';
import type { YamlFile } from './yaml-file.js';

interface LoadedFolder {
  files: LoadedFile[];
  samples: Sample[];
}

function checkRegistry({ yaml, content }: LoadedFile, registry: RegistryFile) {
  const registered = Object.hasOwn(registry, content.name) ? registry[content.name] : undefined;
  if (registered === content.id) return;
  const message =
    registered === undefined
      ? `${content.name} has no line in ${REGISTRY_NAME}; add "${content.name}: ${content.id}"`
      : `${REGISTRY_NAME} gives ${content.name} the number ${registered}, which is permanent`;
  yaml.report('REGISTRY', ['id'], message);
}

function checkUnique(files: readonly LoadedFile[]) {
  for (const key of ['name', 'id', 'ipProtocol'] as const) {
    const seen = new Map<string | number, string>();
    for (const { yaml, content } of files) {
      const value = content[key];
      if (value === undefined) continue;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, yaml.file);
      else yaml.report('DUPLICATE', [key], `${value} is taken by ${first}`);
    }
  }
}

function checkRegistryUnique(yaml: YamlFile, registry: RegistryFile) {
  const names = new Map<number, string>();
  for (const [name, id] of Object.entries(registry)) {
    const first = names.get(id);
    if (first === undefined) names.set(id, name);
    else yaml.report('DUPLICATE', [name], `${id} is the number of ${first}`);
  }
}

function loadFolder(folder: string, checked: CheckedFiles): LoadedFolder {
  const names = yamlNames(folder);
  const registryYaml = openYaml(folder, REGISTRY_NAME);
  const registry = loadRegistry(registryYaml, checked);
  if (registry !== undefined) checkRegistryUnique(registryYaml, registry);

  const yamls = [registryYaml];
  const files: LoadedFile[] = [];
  for (const name of names.filter((one) => one !== REGISTRY_NAME).sort()) {
    const yaml = openYaml(folder, name);
    yamls.push(yaml);
    const file = loadFile(yaml, checked);
    if (file !== undefined) files.push(file);
  }
  for (const file of files) {
    checkContent(file);
    if (registry !== undefined) checkRegistry(file, registry);
  }
  checkUnique(files);
  const samples = files.flatMap(readSamples);
  const problems: Problem[] = yamls.flatMap((yaml) => yaml.problems);
  if (problems.length > 0) throw new SignatureFileError(problems);
  return { files, samples };
}

function toApplication({ content }: LoadedFile): Application {
  const { id, name, description, category, ipProtocol = 0 } = content;
  return { selector: id, name, description, category, ipProtocol };
}

function toPatterns({ yaml, content, regexLines }: LoadedFile): Pattern[] {
  return (content.match ?? []).flatMap((match, index) => {
    const sides: StreamSide[] =
      match.direction === 'either' ? ['client', 'server'] : [match.direction];
    return sides.map((side) => ({
      regex: match.regex,
      caseless: match.caseless ?? false,
      transport: match.transport,
      side,
      application: content.id,
      priority: match.priority ?? 0,
      minimumDatagramBytes: match.minimumBytes ?? 0,
      maximumDatagramBytes: match.maximumBytes ?? 0,
      source: `${yaml.file}:${regexLines[index]}: ${content.name}`,
    }));
  });
}

function toSet(files: readonly LoadedFile[]): SignatureSet {
  const selectors = new Map(files.map(({ content }) => [content.name, content.id]));
  const selector = (name: string) => selectors.get(name) ?? 0;
  return {
    applications: files.map(toApplication),
    patterns: files.flatMap(toPatterns),
    known: {
      ftp: selector('FTP'),
      ftpData: selector('FTP-Data'),
      sip: selector('SIP'),
      rtp: selector('RTP'),
      rtcp: selector('RTCP'),
      tls: selector('TLS'),
      dtls: selector('DTLS'),
      quic: selector('QUIC'),
      http: selector('HTTP'),
      dns: selector('DNS'),
    },
  };
}

/**
 * Reads all signature files of a folder. Throws SignatureFileError with every problem in them;
 * whether an engine can take the regexes is for the native side to say.
 */
export function loadSignatures(
  folder: string,
  checked: CheckedFiles = readCheckedFiles(),
): SignatureSet {
  return toSet(loadFolder(folder, checked).files);
}

/** The examples and near misses of a folder's files. Throws like loadSignatures. */
export function loadSamples(folder: string): Sample[] {
  return loadFolder(folder, NONE_CHECKED).samples;
}
