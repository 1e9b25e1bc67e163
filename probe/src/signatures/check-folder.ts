// SPDX-License-Identifier: Apache-2.0
// What can only be checked between the files of a folder: numbers, and what may be said only once.
import type { SignatureSet } from '@weir/native';
import { REGISTRY_NAME } from './folder.js';
import type { RegistryFile } from './schema.js';
import type { LoadedApplication } from './signature-file.js';
import { hintFor } from './signature-file-error.js';
import type { Path } from './source-file.js';
import type { YamlFile } from './yaml-file.js';

export interface LoadedRegistry {
  readonly yaml: YamlFile;
  readonly registry: RegistryFile;
}

function checkRegistered({ source, at, content }: LoadedApplication, registry: RegistryFile) {
  const registered = Object.hasOwn(registry, content.name) ? registry[content.name] : undefined;
  if (registered === content.id) return;
  const message =
    registered === undefined
      ? `${content.name} has no line in ${REGISTRY_NAME}; add "${content.name}: ${content.id}"`
      : `${REGISTRY_NAME} gives ${content.name} the number ${registered}, which is permanent`;
  source.report('REGISTRY', [...at, 'id'], message);
}

function checkRegistryUnique({ yaml, registry }: LoadedRegistry) {
  const names = new Map<number, string>();
  for (const [name, id] of Object.entries(registry)) {
    const first = names.get(id);
    if (first === undefined) names.set(id, name);
    else yaml.report('DUPLICATE', [name], `${id} is the number of ${first}`);
  }
}

/** Something that one application alone can have, and where it says so. */
interface Claim {
  readonly value: string | number;
  readonly path: Path;
}

const single =
  (key: 'name' | 'id' | 'ipProtocol') =>
  ({ content }: LoadedApplication): Claim[] => {
    const value = content[key];
    return value === undefined ? [] : [{ value, path: [key] }];
  };

const listed =
  (key: 'serverNames' | 'ports') =>
  ({ content }: LoadedApplication): Claim[] =>
    (content[key] ?? []).map((value, index) => ({ value, path: [key, index] }));

const name = single('name');
const id = single('id');
const ipProtocol = single('ipProtocol');
const flowsOf = [listed('serverNames'), listed('ports')];

/** Who has a value, in words. */
type Owners = ReadonlyMap<string | number, string>;

function checkUnique(
  applications: readonly LoadedApplication[],
  claimsOf: (application: LoadedApplication) => Claim[],
  taken: Owners = new Map(),
) {
  const owners = new Map(taken);
  for (const application of applications) {
    const { source, at, content } = application;
    for (const { value, path } of claimsOf(application)) {
      const owner = owners.get(value);
      if (owner === undefined) owners.set(value, `${content.name} in ${source.file}`);
      else source.report('DUPLICATE', [...at, ...path], `${value} is taken by ${owner}`);
    }
  }
}

function checkWithin(applications: readonly LoadedApplication[], others: readonly string[] = []) {
  const names = new Set([...others, ...applications.map(({ content }) => content.name)]);
  for (const { source, at, content } of applications) {
    for (const [index, { within }] of (content.match ?? []).entries()) {
      if (within === undefined || names.has(within)) continue;
      const place = [...at, 'match', index, 'within'];
      const message = `there is no application ${within}${hintFor(within, [...names])}`;
      source.report('UNKNOWN_APPLICATION', place, message);
    }
  }
}

/** Names that only the case of their letters tells apart: nobody could ask for the one or the other. */
function checkCase(applications: readonly LoadedApplication[], others: readonly string[] = []) {
  const spelt = new Map(others.map((name) => [name.toLowerCase(), name]));
  for (const { source, at, content } of applications) {
    const twin = spelt.get(content.name.toLowerCase());
    if (twin === undefined) spelt.set(content.name.toLowerCase(), content.name);
    if (twin === undefined || twin === content.name) continue;
    const wayOut = others.includes(twin) ? `write ${twin} to extend it, or ` : '';
    const message = `is ${twin} but for the case of its letters: ${wayOut}take another name`;
    source.report('DUPLICATE', [...at, 'name'], message);
  }
}

/** Notes the problems in the files in which they are; `registry` is undefined if it cannot be read. */
export function checkFolder(
  applications: readonly LoadedApplication[],
  registry: LoadedRegistry | undefined,
) {
  if (registry !== undefined) {
    checkRegistryUnique(registry);
    for (const one of applications) checkRegistered(one, registry.registry);
  }
  for (const claimsOf of [name, id, ipProtocol, ...flowsOf]) checkUnique(applications, claimsOf);
  checkCase(applications);
  checkWithin(applications);
}

/**
 * Like checkFolder for what comes on top of `base`. A server's name or a port of an application of
 * the base may be given to another; its name makes an extension of it.
 */
export function checkMore(applications: readonly LoadedApplication[], base: SignatureSet) {
  const names = new Set(base.applications.map((one) => one.name));
  const added = applications.filter(({ content }) => !names.has(content.name));
  checkUnique(added, name);
  checkCase(added, [...names]);
  checkUnique(added, id, new Map(base.applications.map((one) => [one.selector, one.name])));
  const ofProtocols = base.applications.filter((one) => one.ipProtocol > 0);
  checkUnique(added, ipProtocol, new Map(ofProtocols.map((one) => [one.ipProtocol, one.name])));
  for (const claimsOf of flowsOf) checkUnique(applications, claimsOf);
  checkWithin(applications, [...names]);
}
