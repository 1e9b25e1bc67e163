// SPDX-License-Identifier: Apache-2.0
// Lists of addresses as others write them. Text in, networks out; what cannot be read is told by its line.
// Others may write anything: no line costs more than its length.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ListInput, type NetworkText, parseNetwork } from '@weir/wire';

export interface ListEntry {
  readonly network: NetworkText;
  /** How long it holds from now on; absent: as long as it stands in the list. */
  readonly seconds?: number;
  /** What the list says of it. */
  readonly about?: string;
}

export interface ListContent {
  readonly entries: readonly ListEntry[];
  /** The first ones. */
  readonly refusedLines: readonly { readonly line: number; readonly reason: string }[];
  readonly refusedCount: number;
}

export interface WrittenList {
  readonly text: string;
  readonly format: ListInput['format'];
  /** Why an entry is not taken; undefined: it is. */
  readonly refusalOf?: (network: NetworkText) => string | undefined;
}

/** Of one list. */
export const MOST_ENTRIES = 200_000;
/** A list with a shorter prefix is broken, or hostile: nobody means so much of the internet. */
export const LEAST_LENGTH = 8;
const SHOWN_REFUSALS = 20;
/** Lines read at a stretch: then others have their turn. */
const READ_AT_ONCE = 2000;

/** What stands in a line, or why it says nothing. */
type Line =
  | { readonly line: number; readonly written: string; readonly more?: Omit<ListEntry, 'network'> }
  | { readonly line: number; readonly reason: string };

const NO_ADDRESS = 'this is no address or prefix';

/** @throws Error where nothing of it can be read: what a server says instead of a list must not end it */
export async function readList({ text, format, refusalOf }: WrittenList): Promise<ListContent> {
  const entries = new Map<string, ListEntry>();
  const refusedLines: { line: number; reason: string }[] = [];
  let refusedCount = 0;
  let illegible = 0;
  let read = 0;
  for (const line of READERS[format](text)) {
    const found = 'reason' in line ? line : entryOf(line, entries.size, refusalOf);
    if ('network' in found) entries.set(keyOf(found.network), found);
    else {
      refusedCount++;
      if (found.reason === NO_ADDRESS) illegible++;
      if (refusedLines.length < SHOWN_REFUSALS) refusedLines.push(found);
    }
    read++;
    if (read % READ_AT_ONCE === 0) await nextTurn();
  }
  if (read > 0 && illegible === read) throw new Error('nothing in it is an address or prefix');
  return { entries: [...entries.values()], refusedLines, refusedCount };
}

const keyOf = ({ address, prefixLength }: NetworkText): string => `${address}/${prefixLength}`;

function entryOf(
  { line, written, more }: Extract<Line, { written: string }>,
  taken: number,
  refusalOf: WrittenList['refusalOf'],
): ListEntry | { line: number; reason: string } {
  const network = parseNetwork(written);
  if (network === undefined) return { line, reason: NO_ADDRESS };
  if (network.prefixLength < LEAST_LENGTH) {
    return { line, reason: `prefixes shorter than /${LEAST_LENGTH} are too much of the internet` };
  }
  const reason = refusalOf?.(network);
  if (reason !== undefined) return { line, reason };
  if (taken >= MOST_ENTRIES) return { line, reason: `beyond ${MOST_ENTRIES} entries` };
  return { network, ...more };
}

const READERS: Readonly<Record<ListInput['format'], (text: string) => Iterable<Line>>> = {
  plain: readPlain,
  csv: readCsv,
  crowdsec: readCrowdsec,
};

/** Lines with something in them, without comments. */
function* linesOf(text: string): Generator<{ line: number; trimmed: string }, void> {
  let line = 0;
  for (let begin = 0; begin < text.length; ) {
    const feed = text.indexOf('\n', begin);
    const end = feed < 0 ? text.length : feed;
    const trimmed = text.slice(begin, end).trim();
    line++;
    begin = end + 1;
    if (trimmed !== '' && !/^[#;]/.test(trimmed)) yield { line, trimmed };
  }
}

function* readPlain(text: string): Generator<Line, void> {
  for (const { line, trimmed } of linesOf(text)) {
    const [written] = trimmed.split(/[\s#;]/, 1);
    if (written) yield { line, written };
  }
}

const COLUMN_NAMES = ['ip', 'address', 'network', 'prefix', 'cidr', 'value', 'range'];

function* readCsv(text: string): Generator<Line, void> {
  let column: number | undefined;
  for (const { line, trimmed } of linesOf(text)) {
    const fields = fieldsOf(trimmed);
    if (column === undefined) {
      const named = fields.findIndex((field) => COLUMN_NAMES.includes(field.toLowerCase()));
      column = Math.max(0, named);
      if (named >= 0) continue;
    }
    yield { line, written: fields[column] ?? '' };
  }
}

/** In quotes, with quotes doubled in it (RFC 4180), or up to the next separator. */
const FIELD = /[^\S\t]*"((?:[^"]|"")*)"[^\S\t]*(?=[,;\t]|$)|[^,;\t]*/y;

function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= line.length; at++) {
    FIELD.lastIndex = at;
    const [whole = '', quoted] = FIELD.exec(line) ?? [];
    fields.push((quoted?.replaceAll('""', '"') ?? whole).trim());
    at += whole.length;
  }
  return fields;
}

interface CrowdsecDecision {
  readonly value?: unknown;
  readonly scope?: unknown;
  readonly type?: unknown;
  readonly duration?: unknown;
  readonly scenario?: unknown;
  readonly simulated?: unknown;
}

/** Decisions; alerts with decisions in them (cscli); or an object with `new` (the API's stream). */
function* readCrowdsec(text: string): Generator<Line, void> {
  const content = JSON.parse(text) as unknown;
  const isStream = content !== null && typeof content === 'object' && 'new' in content;
  const items = (isStream ? content.new : content) ?? [];
  if (!Array.isArray(items)) throw new Error('a list of decisions is expected');
  let line = 0;
  for (const item of items as ({ decisions?: unknown } | null)[]) {
    for (const decision of [item?.decisions ?? item].flat()) {
      line++;
      const found = crowdsecLine((decision ?? {}) as CrowdsecDecision, line);
      if (found !== undefined) yield found;
    }
  }
}

/** Undefined: it is over, which is no mistake: the list is older than its end. */
function crowdsecLine(decision: CrowdsecDecision, line: number): Line | undefined {
  const reason = crowdsecFault(decision);
  if (reason !== undefined) return { line, reason };
  const seconds = secondsOf(String(decision.duration)) ?? 0;
  if (seconds <= 0) return undefined;
  return { line, written: String(decision.value), more: { seconds, ...aboutOf(decision) } };
}

function crowdsecFault({ scope, type, duration, simulated }: CrowdsecDecision): string | undefined {
  if (!/^(?:ip|range)$/i.test(String(scope))) return 'its scope is not Ip or Range';
  if (String(type).toLowerCase() !== 'ban') return 'its type is not ban';
  // CrowdSec blocks nobody by it, but tells of it.
  if (simulated === true) return 'it is simulated';
  return secondsOf(String(duration)) === undefined ? 'its duration cannot be read' : undefined;
}

function aboutOf({ scenario }: CrowdsecDecision): Pick<ListEntry, 'about'> {
  return typeof scenario === 'string' ? { about: scenario.slice(0, 200) } : {};
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
  µs: 1e-6,
  us: 1e-6,
  ns: 1e-9,
};
/** Of what Go writes nothing is longer. */
const LONGEST_DURATION = 40;

/** "3h59m12.5s", as Go writes durations. */
function secondsOf(text: string): number | undefined {
  if (text.length > LONGEST_DURATION) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|µs|us|ns|m|s)/g)];
  const sign = text.startsWith('-') ? -1 : 1;
  if (parts.map(([part]) => part).join('') !== text.replace(/^[-+]/, '') || parts.length === 0) {
    return undefined;
  }
  return sign * parts.reduce((sum, [, n, unit = 's']) => sum + Number(n) * (UNITS[unit] ?? 0), 0);
}
