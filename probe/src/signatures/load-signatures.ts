// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Application, Pattern, SignatureSet, StreamSide } from '@weir/native';
import { Compile } from 'typebox/compile';
import { ProbeError } from '../errors.js';
import { payloadOf } from './payload.js';
import type { Sample } from './sample.js';
import { type Match, RegistryFile, SignatureFile } from './schema.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';
import { YamlFile } from './yaml-file.js';

const registryName = 'registry.yaml';
const descriptionOctetsMax = 55;

const signatureValidator = Compile(SignatureFile);
const registryValidator = Compile(RegistryFile);

interface LoadedFile {
  yaml: YamlFile;
  content: SignatureFile;
}

interface LoadedFolder {
  files: LoadedFile[];
  samples: Sample[];
}

function openYaml(folder: string, name: string) {
  const file = path.join(folder, name);
  return new YamlFile(file, readFileSync(file, 'utf8'));
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

function checkContent({ yaml, content }: LoadedFile) {
  const { description, match, ipProtocol, announcedBy } = content;
  if (Buffer.byteLength(description) > descriptionOctetsMax) {
    yaml.report('TOO_LONG', ['description'], `longer than ${descriptionOctetsMax} octets`);
  }
  if (match === undefined && ipProtocol === undefined && announcedBy === undefined) {
    yaml.report('EMPTY', [], 'names no flow: give match, ipProtocol or announcedBy');
  }
  for (const [index, one] of (match ?? []).entries()) checkMatch(yaml, one, index);
}

function checkRegistry({ yaml, content }: LoadedFile, registry: RegistryFile) {
  const registered = Object.hasOwn(registry, content.name) ? registry[content.name] : undefined;
  if (registered === content.id) return;
  const message =
    registered === undefined
      ? `${content.name} has no line in ${registryName}; add "${content.name}: ${content.id}"`
      : `${registryName} gives ${content.name} the number ${registered}, which is permanent`;
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

function readSamples({ yaml, content }: LoadedFile): Sample[] {
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

/** @throws ProbeError WEIR_PROBE_NO_SIGNATURES */
function yamlNames(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  } catch (error) {
    throw noSignatures(folder, (error as Error).message);
  }
  if (!names.includes(registryName)) throw noSignatures(folder, `it holds no ${registryName}`);
  return names;
}

function noSignatures(folder: string, reason: string): ProbeError {
  return new ProbeError(
    'WEIR_PROBE_NO_SIGNATURES',
    `${folder} is no folder of signatures: ${reason}. Give another with --signatures, or leave it out for Weir's own.`,
  );
}

function loadFolder(folder: string): LoadedFolder {
  const names = yamlNames(folder);
  const registryYaml = openYaml(folder, registryName);
  const registry = registryYaml.read(registryValidator);
  if (registry !== undefined) checkRegistryUnique(registryYaml, registry);

  const yamls = [registryYaml];
  const files: LoadedFile[] = [];
  for (const name of names.filter((one) => one !== registryName).sort()) {
    const yaml = openYaml(folder, name);
    yamls.push(yaml);
    const content = yaml.read(signatureValidator);
    if (content !== undefined) files.push({ yaml, content });
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

function toPatterns({ yaml, content }: LoadedFile): Pattern[] {
  return (content.match ?? []).flatMap((match, index) => {
    const sides: StreamSide[] =
      match.direction === 'either' ? ['client', 'server'] : [match.direction];
    const line = yaml.lineOf(['match', index, 'regex']);
    return sides.map((side) => ({
      regex: match.regex,
      caseless: match.caseless ?? false,
      transport: match.transport,
      side,
      application: content.id,
      priority: match.priority ?? 0,
      minimumDatagramBytes: match.minimumBytes ?? 0,
      maximumDatagramBytes: match.maximumBytes ?? 0,
      source: `${yaml.file}:${line}: ${content.name}`,
    }));
  });
}

function toSet(files: readonly LoadedFile[]): SignatureSet {
  const selectors = new Map(files.map(({ content }) => [content.name, content.id]));
  const selector = (name: string) => selectors.get(name) ?? 0;
  return {
    applications: files.map(toApplication),
    patterns: files.flatMap(toPatterns),
    expected: {
      ftp: selector('FTP'),
      ftpData: selector('FTP-Data'),
      sip: selector('SIP'),
      rtp: selector('RTP'),
      rtcp: selector('RTCP'),
    },
  };
}

/**
 * Reads all signature files of a folder. Throws SignatureFileError with every problem in them;
 * whether an engine can take the regexes is for the native side to say.
 */
export function loadSignatures(folder: string): SignatureSet {
  return toSet(loadFolder(folder).files);
}

/** The examples and near misses of a folder's files. Throws like loadSignatures. */
export function loadSamples(folder: string): Sample[] {
  return loadFolder(folder).samples;
}
