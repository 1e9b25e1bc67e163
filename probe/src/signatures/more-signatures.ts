// SPDX-License-Identifier: Apache-2.0
// A user's own signature files, which come on top of a set: they extend its applications, or add some.
import type { Application, SignatureSet } from '@weir/native';
import { Compile } from 'typebox/compile';
import { checkMore } from './check-folder.js';
import { MoreFamilyFile, MoreFile, type SignatureFile } from './schema.js';
import {
  checkContent,
  EVIDENCE,
  type LoadedApplication,
  type Located,
  located,
  once,
} from './signature-file.js';
import { hintFor } from './signature-file-error.js';
import type { YamlFile } from './yaml-file.js';

/** Numbers that Weir never gives to an application of its own. */
export const USERS_SELECTORS = { from: 500_000, to: 799_999 } as const;

/** As a user writes it, with what its family gives to new applications. */
interface Draft extends Located<MoreFile> {
  readonly shared: Pick<MoreFile, 'category' | 'reference'>;
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
function checkAgrees({ source, at, content }: Draft, extended: Application) {
  const { selector, name, description, category, ipProtocol } = extended;
  const given = { id: selector, description, category, ipProtocol };
  for (const key of ['id', 'description', 'category', 'ipProtocol'] as const) {
    if (content[key] === undefined || content[key] === given[key]) continue;
    const what = given[key] === 0 ? `it has no ${key}` : `its ${key} is ${given[key]}`;
    const message = `${name} is there already: ${what}; leave it out, or take another name`;
    source.report('CONFLICT', [...at, key], message);
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
  const { source, at, content, shared } = draft;
  const { name, id, category = shared.category } = content;
  const { from, to } = USERS_SELECTORS;
  if (id === undefined || category === undefined) {
    const missing = [
      ...(id === undefined ? [`no id (${from} to ${to} are yours)`] : []),
      ...(category === undefined ? ['no category'] : []),
    ];
    source.report('SCHEMA', at, `has ${missing.join(' and ')}, ${notThere(name, base)}`);
    return undefined;
  }
  if (id < from || id > to) {
    const message = `an application of your own has a number from ${from} to ${to}`;
    source.report('BOUNDS', [...at, 'id'], message);
  }
  const { description = name, reference = shared.reference ?? name } = content;
  const complete: SignatureFile = { ...content, id, category, description, reference };
  const application = { ...draft, content: complete };
  checkContent(application);
  return application;
}

function notThere(name: string, base: SignatureSet): string {
  const names = base.applications.map((one) => one.name);
  return `and there is no application ${name} that it could extend${hintFor(name, names)}`;
}

/** The applications of files that come on top of `base`; problems are noted in the files. */
export function readMore(yamls: readonly YamlFile[], base: SignatureSet): LoadedApplication[] {
  const named = new Map(base.applications.map((one) => [one.name, one]));
  const loaded = yamls.flatMap(readDrafts).flatMap((draft) => {
    const extended = named.get(draft.content.name);
    return (extended ? extension(draft, extended) : newApplication(draft, base)) ?? [];
  });
  checkMore(loaded, base);
  return loaded;
}
