// SPDX-License-Identifier: Apache-2.0
// Applications as a person looks them up: by name, alias, or the name of a server.
import { findServerName, type ServerNameRule, type SignatureSet } from '@weir/native';
import { nearest } from '@weir/wire';
import type { ProbeConfig } from '../config.js';
import { ProbeError } from '../errors.js';
import { signaturesOf } from '../probe.js';
import { NONE_CHECKED } from '../signatures/checked-files.js';
import type { SignatureFile } from '../signatures/schema.js';
import { type LoadedApplication, loadFile } from '../signatures/signature-file.js';
import { YamlFile } from '../signatures/yaml-file.js';

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
  /** Those in force: what another application has taken is not here. */
  readonly serverNames: readonly string[];
  readonly ports: readonly string[];
  readonly patterns: number;
  readonly file: string;
  /** from 1: of its first pattern or server name, 1 where it has neither */
  readonly line: number;
  /** "FILE:LINE" of files that add to it */
  readonly extendedBy: readonly string[];
}

export interface CatalogFilter {
  readonly category?: string | undefined;
  readonly kind?: ApplicationKind | undefined;
  /** part of a name, alias, description or server name; letters' case does not matter */
  readonly word?: string | undefined;
}

/** One application with all that its files say, and why it was found. */
export interface CatalogFinding {
  readonly entry: CatalogEntry;
  readonly content: SignatureFile;
  /** the rule that a server's name belongs to, "youtube.com"; undefined when asked by name */
  readonly byServerName: string | undefined;
}

/** An application, and the files that speak of it, the one that brings it first. */
interface Listed {
  readonly entry: CatalogEntry;
  readonly parts: readonly LoadedApplication[];
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

const spelt = ({ isExact, suffix }: ServerNameRule): string => `${isExact ? '=' : ''}${suffix}`;

const LISTS = ['aliases', 'match', 'serverNames', 'ports', 'examples', 'nearMisses'] as const;

/** What all files say of one application; lists that are in none stay out. */
function joined(contents: readonly SignatureFile[]): SignatureFile {
  const whole = { ...(contents[0] as SignatureFile) };
  for (const key of LISTS) {
    const all = contents.flatMap<unknown>((content) => content[key] ?? []);
    if (all.length > 0) Object.assign(whole, { [key]: all });
  }
  return whole;
}

const lineOf = ({ regexPlaces, namePlaces }: LoadedApplication): number =>
  Number.parseInt(regexPlaces[0] ?? namePlaces[0] ?? '1', 10);

function entryOf(
  parts: readonly LoadedApplication[],
  serverNames: readonly string[],
  ports: readonly string[],
): CatalogEntry {
  const content = joined(parts.map((part) => part.content));
  const { name, id, category, description, aliases = [] } = content;
  const [first, ...others] = parts as readonly [LoadedApplication, ...LoadedApplication[]];
  return {
    name,
    id,
    // As the exporters' options data says it.
    kind: serverNames.length > 0 ? 'service' : 'protocol',
    category,
    description,
    aliases,
    knownBy: knownBy({ ...content, serverNames: [...serverNames], ports: [...ports] }),
    serverNames,
    ports,
    patterns: content.match?.length ?? 0,
    file: first.source.file,
    line: lineOf(first),
    extendedBy: others.map((part) => `${part.source.file}:${lineOf(part)}`),
  };
}

function grouped<Value, Item>(
  values: readonly Value[],
  idOf: (value: Value) => number,
  itemOf: (value: Value) => Item,
): ReadonlyMap<number, readonly Item[]> {
  const groups = new Map<number, Item[]>();
  for (const value of values) {
    const group = groups.get(idOf(value));
    if (group === undefined) groups.set(idOf(value), [itemOf(value)]);
    else group.push(itemOf(value));
  }
  return groups;
}

const ofRule = ({ application }: { application: number }): number => application;

/** The applications of a set as its files have them. */
export class Catalog {
  readonly #set: SignatureSet;
  readonly #listed: readonly Listed[];

  /** @throws as loadSet */
  constructor(config: ProbeConfig) {
    const { set, base, more } = signaturesOf(config);
    const serverNames = grouped(set.serverNames, ofRule, spelt);
    const ports = grouped(set.ports, ofRule, ({ transport, port }) => `${transport}/${port}`);
    const parts = grouped(
      [...base, ...more],
      ({ content }) => content.id,
      (one) => one,
    );
    this.#set = set;
    this.#listed = [...parts].map(([id, of]) => ({
      entry: entryOf(of, serverNames.get(id) ?? [], ports.get(id) ?? []),
      parts: of,
    }));
  }

  /** By name. */
  list({ category, kind, word }: CatalogFilter = {}): CatalogEntry[] {
    return this.#listed
      .map(({ entry }) => entry)
      .filter((entry) => category === undefined || entry.category === category)
      .filter((entry) => kind === undefined || entry.kind === kind)
      .filter((entry) => word === undefined || holdsWord(entry, word.toLowerCase()))
      .sort((left, right) => left.name.localeCompare(right.name, 'en'));
  }

  /** The name of the application that `wanted` is, or is an alias of. @throws as find */
  nameOf(wanted: string): string {
    const named = this.#byName(wanted);
    if (named === undefined) throw this.#notFound(wanted);
    return named.entry.name;
  }

  /**
   * @param wanted a name, an alias, or a server's name
   * @throws ProbeError WEIR_PROBE_NO_SUCH_APPLICATION
   */
  find(wanted: string): CatalogFinding {
    const named = this.#byName(wanted);
    const served = named || !wanted.includes('.') ? undefined : this.#byServerName(wanted);
    const found = named ?? served?.found;
    if (found === undefined) throw this.#notFound(wanted);
    const { entry, parts } = found;
    const content = joined(parts.map(wholeContent));
    return { entry, content, byServerName: served?.rule };
  }

  /** As it is spelt, before any other spelling; a name before an alias. */
  #byName(wanted: string): Listed | undefined {
    const word = wanted.toLowerCase();
    return (
      this.#listed.find(({ entry }) => entry.name === wanted) ??
      this.#listed.find(({ entry }) => entry.name.toLowerCase() === word) ??
      this.#listed.find(({ entry }) => entry.aliases.includes(wanted)) ??
      this.#listed.find(({ entry }) => entry.aliases.some((one) => one.toLowerCase() === word))
    );
  }

  #byServerName(host: string): { readonly found: Listed; readonly rule: string } | undefined {
    const index = findServerName(this.#set, host.toLowerCase());
    const rule = index === null ? undefined : this.#set.serverNames[index];
    const found = this.#listed.find(({ entry }) => entry.id === rule?.application);
    return rule && found && { found, rule: spelt(rule) };
  }

  #notFound(wanted: string): ProbeError {
    const names = this.#listed.flatMap(({ entry }) => [entry.name, ...entry.aliases]);
    const near = nearest(wanted, names);
    const wayOut =
      near === undefined
        ? `"weir signatures list ${wanted}" looks for it in all names.`
        : `Did you mean ${near}? "weir signatures list" shows all.`;
    return new ProbeError(
      'WEIR_PROBE_NO_SUCH_APPLICATION',
      wanted.includes('.')
        ? `no application is called ${wanted}, and no service has a server of that name.`
        : `no application is called ${wanted}. ${wayOut}`,
    );
  }
}

function holdsWord(entry: CatalogEntry, word: string): boolean {
  const { name, aliases, description, serverNames } = entry;
  const texts = [name, description, ...aliases, ...serverNames];
  return texts.some((text) => text.toLowerCase().includes(word));
}

/** With its examples, which are not kept of files that the build has checked. */
function wholeContent({ source, content }: LoadedApplication): SignatureFile {
  if (!(source instanceof YamlFile)) return content;
  const whole = loadFile(new YamlFile(source.file, source.text), NONE_CHECKED);
  return whole.find((one) => one.content.name === content.name)?.content ?? content;
}
