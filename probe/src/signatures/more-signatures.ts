// SPDX-License-Identifier: Apache-2.0
// A user's own signature files, which come on top of a set: they extend its applications, or add some.
import type { Application, SignatureSet } from '@weir/native';
import { Compile } from 'typebox/compile';
import { checkMore } from './check-folder.js';
import { openMore } from './folder.js';
import { MoreFamilyFile, MoreFile, type SignatureFile } from './schema.js';
import {
  checkContent,
  EVIDENCE,
  type LoadedApplication,
  type Located,
  located,
  once,
  readSamples,
} from './signature-file.js';
import { SignatureFileError } from './signature-file-error.js';
import { toSet } from './signature-set.js';
import type { YamlFile } from './yaml-file.js';

/** Numbers that Weir never gives to an application of its own. */
export const USERS_SELECTORS = { from: 500_000, to: 799_999 } as const;

/** As a user writes it, with what its family gives to new applications. */
interface Draft extends Located<MoreFile> {
  readonly shared: Pick<MoreFile, 'category' | 'reference'>;
}

export interface MoreSignatures {
  readonly set: SignatureSet;
  /** What others call applications of the set, as the files have it; by the application's name. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const validators = {
  signature: once(() => Compile(MoreFile)),
  family: once(() => Compile(MoreFamilyFile)),
};

/** None with problems noted in `yaml`. */
function readDrafts(yaml: YamlFile): Draft[] {
  if (!yaml.has('family')) {
    const content = yaml.read(validators.signature());
    return content === undefined ? [] : [{ ...located(yaml, [], content), shared: {} }];
  }
  const file = yaml.read(validators.family());
  return (file?.applications ?? []).map((member, index) => ({
    ...located(yaml, ['applications', index], member),
    shared: { category: file?.category, reference: file?.reference },
  }));
}

/** Notes what the file says otherwise than the application that it extends. */
function checkAgrees({ yaml, at, content }: Draft, extended: Application) {
  const { selector, name, description, category, ipProtocol } = extended;
  const given = { id: selector, description, category, ipProtocol };
  for (const key of ['id', 'description', 'category', 'ipProtocol'] as const) {
    if (content[key] === undefined || content[key] === given[key]) continue;
    const message =
      key === 'ipProtocol'
        ? `${name} is there already: its IP protocol cannot be changed`
        : `${name} is there already: its ${key} is ${given[key]}; leave it out, or take another name`;
    yaml.report('CONFLICT', [...at, key], message);
  }
}

function extension(draft: Draft, extended: Application): LoadedApplication {
  checkAgrees(draft, extended);
  const { selector: id, description, category } = extended;
  const content = { reference: extended.name, ...draft.content, id, description, category };
  const application = { ...draft, content };
  checkContent(application, [...EVIDENCE, 'aliases']);
  return application;
}

/** Undefined with problems noted in its file. */
function newApplication(draft: Draft, base: SignatureSet): LoadedApplication | undefined {
  const { yaml, at, content, shared } = draft;
  const { name, id, category = shared.category } = content;
  if (id === undefined) yaml.report('SCHEMA', at, `has no id, ${notThere(name, base)}`);
  if (category === undefined) yaml.report('SCHEMA', at, `has no category, ${notThere(name, base)}`);
  if (id === undefined || category === undefined) return undefined;
  const { from, to } = USERS_SELECTORS;
  if (id < from || id > to) {
    const message = `an application of your own has a number from ${from} to ${to}`;
    yaml.report('BOUNDS', [...at, 'id'], message);
  }
  const { description = name, reference = shared.reference ?? name } = content;
  const complete: SignatureFile = { ...content, id, category, description, reference };
  const application = { ...draft, content: complete };
  checkContent(application);
  return application;
}

function notThere(name: string, base: SignatureSet): string {
  const alike = base.applications.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const hint = alike === undefined ? '' : `. Did you mean ${alike.name}?`;
  return `and there is no application ${name} that it could extend${hint}`;
}

function aliasesOf(loaded: readonly LoadedApplication[]): MoreSignatures['aliases'] {
  const aliases = new Map<string, string[]>();
  for (const { content } of loaded) {
    aliases.set(content.name, [...(aliases.get(content.name) ?? []), ...(content.aliases ?? [])]);
  }
  return aliases;
}

/**
 * Reads the signature files of the folders and puts them on top of `base`.
 * @throws SignatureFileError with every problem in them; ProbeError WEIR_PROBE_NO_SIGNATURES
 */
export function addSignatures(base: SignatureSet, folders: readonly string[]): MoreSignatures {
  const yamls = folders.flatMap(openMore);
  const named = new Map(base.applications.map((one) => [one.name, one]));
  const loaded = yamls.flatMap(readDrafts).flatMap((draft) => {
    const extended = named.get(draft.content.name);
    return (extended ? extension(draft, extended) : newApplication(draft, base)) ?? [];
  });
  checkMore(loaded, base);
  for (const one of loaded) readSamples(one);
  const problems = yamls.flatMap((yaml) => yaml.problems);
  if (problems.length > 0) throw new SignatureFileError(problems);
  return { set: toSet(loaded, base), aliases: aliasesOf(loaded) };
}
