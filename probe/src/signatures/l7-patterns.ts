// SPDX-License-Identifier: Apache-2.0
// Pattern files of l7-filter as the applications of a set, for those who come from there.
import type { Application } from '@weir/native';
import { L7File, type L7Pattern } from './l7-file.js';
import { type LoadedApplication, located } from './signature-file.js';
import type { Problem } from './signature-file-error.js';

/** What Weir calls an application, and what others do. */
export interface KnownApplication extends Application {
  readonly aliases: readonly string[];
}

/** Numbers of names that Weir does not know: in the order of the names. */
export const L7_SELECTORS_FROM = 900_000;

/** Below every signature of Weir's, so that in doubt the stricter one names the flow. */
const L7_PRIORITY = -1000;

/** What l7-filter itself says of a connection that no pattern names; no regexes to look for. */
const PLACEHOLDERS = new Set(['unknown', 'unset']);

const categoryOfGroup: Record<string, string> = {
  chat: 'messaging',
  file: 'file-transfer',
  game: 'game',
  mail: 'mail',
  monitoring: 'network-management',
  p2p: 'peer-to-peer',
  remote_access: 'remote-access',
  streaming_audio: 'streaming',
  streaming_video: 'streaming',
  voip: 'voip',
};

/** What pattern files say, in the terms of signature files. */
export interface L7Layer {
  readonly applications: readonly LoadedApplication[];
  readonly problems: readonly Problem[];
}

/** Reads files of l7-filter; `known` are the applications whose names and numbers they may take. */
export function readL7Files(files: readonly string[], known: readonly KnownApplication[]): L7Layer {
  const opened = files.map((file) => L7File.open(file));
  const read = opened.flatMap((file) => file.read() ?? []);
  for (const [one, earlier] of duplicates(read)) {
    one.source.report('DUPLICATE', [], `${one.name} is the name in ${earlier.source.file}, too`);
  }
  const named = read.filter(({ name }) => !PLACEHOLDERS.has(name));
  const applications = applicationsOf(named, known);
  return {
    applications: named.map((one) => loaded(one, applications.get(one.name) as Application)),
    problems: opened.flatMap((file) => file.problems),
  };
}

/** Each that has the name of an earlier one, which stands beside it. */
function duplicates(read: readonly L7Pattern[]): (readonly [L7Pattern, L7Pattern])[] {
  const first = new Map<string, L7Pattern>();
  return read.flatMap((one) => {
    const earlier = first.get(one.name);
    if (earlier !== undefined) return [[one, earlier] as const];
    first.set(one.name, one);
    return [];
  });
}

/** By the name in the file. */
function applicationsOf(
  read: readonly L7Pattern[],
  known: readonly KnownApplication[],
): Map<string, Application> {
  const byName = new Map<string, Application>();
  for (const { aliases, ...application } of known) {
    for (const alias of aliases) byName.set(alias.toLowerCase(), application);
  }
  for (const { aliases, ...application } of known) {
    byName.set(application.name.toLowerCase(), application);
  }
  const taken = new Set(known.map((one) => one.selector));
  let next = L7_SELECTORS_FROM;
  const sorted = [...read].sort((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(
    sorted.map((one) => {
      const { name, description, groups } = one;
      const match = byName.get(name.toLowerCase());
      if (match !== undefined) return [name, match];
      const category =
        groups.map((group) => categoryOfGroup[group]).find((group) => group) ?? 'network';
      while (taken.has(next)) next++;
      return [name, { selector: next++, name, description, category, ipProtocol: 0 }];
    }),
  );
}

/** l7-filter looks at both directions of either transport. */
function loaded(one: L7Pattern, application: Application): LoadedApplication {
  const { selector, name, description, category, ipProtocol } = application;
  const { regex, caseless } = one;
  const match = { direction: 'either', regex, caseless, priority: L7_PRIORITY } as const;
  return located(one.source, [], {
    name,
    id: selector,
    description,
    category,
    reference: "a pattern of l7-filter's",
    ...(ipProtocol > 0 ? { ipProtocol } : {}),
    ...(one.name.toLowerCase() === name.toLowerCase() ? {} : { aliases: [one.name] }),
    match: (['tcp', 'udp'] as const).map((transport) => ({ transport, ...match })),
  });
}
