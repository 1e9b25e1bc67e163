// SPDX-License-Identifier: Apache-2.0
// Applications as a person looks them up: by name, alias, or the name of a server.
import { findServerName } from '@weir/native';
import { ProbeError } from '../errors.js';
import { NONE_CHECKED } from '../signatures/checked-files.js';
import { loadApplications, readFolder } from '../signatures/load-signatures.js';
import type { SignatureFile } from '../signatures/schema.js';
import type { LoadedApplication } from '../signatures/signature-file.js';
import { toSet } from '../signatures/signature-set.js';

/** Known by payload or behaviour, or by the names of its servers. */
export type ApplicationKind = 'protocol' | 'service';

export interface CatalogEntry {
  readonly name: string;
  readonly id: number;
  readonly kind: ApplicationKind;
  readonly category: string;
  readonly description: string;
  readonly aliases: readonly string[];
  /** What flows are known by, in few words: "tcp", "udp", "3 server names", "IP protocol 47". */
  readonly knownBy: readonly string[];
  readonly serverNames: readonly string[];
  readonly ports: readonly string[];
  readonly patterns: number;
  readonly file: string;
  /** from 1: of its first pattern or server name, 1 where it has neither */
  readonly line: number;
}

export interface CatalogFilter {
  readonly category?: string | undefined;
  readonly kind?: ApplicationKind | undefined;
  /** part of a name, alias, description or server name; letters' case does not matter */
  readonly word?: string | undefined;
}

/** One application with all that its file says, and why it was found. */
export interface CatalogFinding {
  readonly entry: CatalogEntry;
  readonly content: SignatureFile;
  /** the rule that a server's name belongs to, "youtube.com"; undefined when asked by name */
  readonly byServerName: string | undefined;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count > 1 ? 's' : ''}`;

function knownBy(content: SignatureFile): string[] {
  const transports = new Set((content.match ?? []).map(({ transport }) => transport));
  const within = new Set((content.match ?? []).flatMap((match) => match.within ?? []));
  const { serverNames = [], ipProtocol, announcedBy, match, ports = [] } = content;
  return [
    ...[...transports].sort(),
    ...[...within].map((name) => `within ${name}`),
    ...(serverNames.length > 0 ? [plural(serverNames.length, 'server name')] : []),
    ...(ipProtocol === undefined ? [] : [`IP protocol ${ipProtocol}`]),
    ...(announcedBy === undefined ? [] : [`announced by ${announcedBy}`]),
    ...(match === undefined && serverNames.length === 0 && ports.length > 0
      ? [plural(ports.length, 'port hint')]
      : []),
  ];
}

function entryOf({ yaml, content, regexLines, nameLines }: LoadedApplication): CatalogEntry {
  const { name, id, category, description, aliases = [], serverNames = [], ports = [] } = content;
  return {
    name,
    id,
    // As the exporters' options data says it.
    kind: serverNames.length > 0 ? 'service' : 'protocol',
    category,
    description,
    aliases,
    knownBy: knownBy(content),
    serverNames,
    ports,
    patterns: content.match?.length ?? 0,
    file: yaml.file,
    line: regexLines[0] ?? nameLines[0] ?? 1,
  };
}

function holdsWord(entry: CatalogEntry, word: string): boolean {
  const { name, aliases, description, serverNames } = entry;
  const texts = [name, description, ...aliases, ...serverNames];
  return texts.some((text) => text.toLowerCase().includes(word));
}

/** By name. @throws as loadSignatures */
export function listCatalog(folder: string, filter: CatalogFilter = {}): CatalogEntry[] {
  const word = filter.word?.toLowerCase();
  return loadApplications(folder)
    .map(entryOf)
    .filter(({ category }) => filter.category === undefined || category === filter.category)
    .filter(({ kind }) => filter.kind === undefined || kind === filter.kind)
    .filter((entry) => word === undefined || holdsWord(entry, word))
    .sort((left, right) => left.name.localeCompare(right.name, 'en'));
}

function byName(applications: readonly LoadedApplication[], wanted: string) {
  const word = wanted.toLowerCase();
  const isName = ({ content }: LoadedApplication): boolean => content.name.toLowerCase() === word;
  const isAlias = ({ content }: LoadedApplication): boolean =>
    content.aliases?.some((alias) => alias.toLowerCase() === word) ?? false;
  return applications.find(isName) ?? applications.find(isAlias);
}

interface ServerFinding {
  readonly application: LoadedApplication;
  readonly rule: string;
}

function byServerName(
  applications: readonly LoadedApplication[],
  host: string,
): ServerFinding | undefined {
  const set = toSet(applications);
  const index = findServerName(set, host.toLowerCase());
  const rule = index === null ? undefined : set.serverNames[index];
  if (rule === undefined) return undefined;
  const application = applications.find(({ content }) => content.id === rule.application);
  return application && { application, rule: `${rule.isExact ? '=' : ''}${rule.suffix}` };
}

/** With its examples, which are not kept of files that the build has checked. */
function wholeContent(folder: string, { yaml, content }: LoadedApplication): SignatureFile {
  const whole = readFolder(folder, NONE_CHECKED, (file) => file === yaml.file);
  return whole.applications.find((one) => one.content.id === content.id)?.content ?? content;
}

/** The name of the application that `wanted` is, whatever its case, or is an alias of. */
export function canonicalName(folder: string, wanted: string): string | undefined {
  return byName(loadApplications(folder), wanted)?.content.name;
}

/**
 * @param wanted a name, an alias, or a server's name
 * @throws ProbeError WEIR_PROBE_NO_SUCH_APPLICATION, and as loadSignatures
 */
export function findInCatalog(folder: string, wanted: string): CatalogFinding {
  const applications = loadApplications(folder);
  const named = byName(applications, wanted);
  const served = named || !wanted.includes('.') ? undefined : byServerName(applications, wanted);
  const application = named ?? served?.application;
  if (application === undefined) {
    throw new ProbeError(
      'WEIR_PROBE_NO_SUCH_APPLICATION',
      wanted.includes('.')
        ? `no application is called ${wanted}, and no service has a server of that name.`
        : `no application is called ${wanted}. "weir signatures list ${wanted}" looks for it in all names.`,
    );
  }
  return {
    entry: entryOf(application),
    content: wholeContent(folder, application),
    byServerName: served?.rule,
  };
}
