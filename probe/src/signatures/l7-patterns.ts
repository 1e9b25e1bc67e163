// SPDX-License-Identifier: Apache-2.0
// Pattern files of l7-filter as applications and patterns of a set, for those who come from there.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Application, Pattern } from '@weir/native';
import { L7File, type L7Pattern } from './l7-file.js';
import type { Problem } from './signature-file-error.js';

/** What Weir calls an application, and what others do. */
export interface KnownApplication extends Application {
  readonly aliases: readonly string[];
}

export interface L7Set {
  /** With a known application's own selector and texts where one has the name. */
  readonly applications: readonly Application[];
  readonly patterns: readonly Pattern[];
  readonly problems: readonly Problem[];
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

/** The `.pat` files of a folder and of the folders in it, sorted; none where there is no folder. */
export function l7Files(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.pat'))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Reads files of l7-filter; `known` are the applications whose names and numbers they may take. */
export function readL7Files(files: readonly string[], known: readonly KnownApplication[]): L7Set {
  const opened = files.map((file) => new L7File(file, readFileSync(file, 'latin1')));
  const read = opened.flatMap((file) => file.read() ?? []);
  const problems = [...opened.flatMap((file) => file.problems), ...duplicates(read)];
  const named = read.filter(({ name }) => !PLACEHOLDERS.has(name));
  const applications = applicationsOf(named, known);
  return {
    applications: [...new Set(applications.values())],
    patterns: named.flatMap((one) => patternsOf(one, applications.get(one.name)?.selector ?? 0)),
    problems,
  };
}

function duplicates(read: readonly L7Pattern[]): Problem[] {
  const first = new Map<string, L7Pattern>();
  return read.flatMap((one) => {
    const earlier = first.get(one.name);
    if (earlier === undefined) {
      first.set(one.name, one);
      return [];
    }
    const { file, name, line } = one;
    const message = `is the name of ${earlier.file}, too`;
    return [{ code: 'DUPLICATE', file, line, column: 1, construct: name, message }];
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
function patternsOf({ file, line, name, regex, caseless }: L7Pattern, application: number) {
  return (['tcp', 'udp'] as const).flatMap((transport) =>
    (['client', 'server'] as const).map(
      (side): Pattern => ({
        regex,
        caseless,
        transport,
        side,
        application,
        protocol: application,
        ordinal: 0,
        isBehaviour: false,
        priority: L7_PRIORITY,
        minimumDatagramBytes: 0,
        maximumDatagramBytes: 0,
        source: `${file}:${line}: ${name}`,
      }),
    ),
  );
}
