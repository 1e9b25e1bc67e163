// SPDX-License-Identifier: Apache-2.0
// Lists of addresses as others write them. Text in, networks out; what cannot be read is told by its line.
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

/** Of one list. */
export const MOST_ENTRIES = 200_000;
const SHOWN_REFUSALS = 20;

type Refuse = (line: number, reason: string) => void;
type Take = (line: number, text: string, more?: Omit<ListEntry, 'network'>) => void;

/** @throws SyntaxError for CrowdSec's format that is no JSON */
export function readList(text: string, format: ListInput['format']): ListContent {
  const entries = new Map<string, ListEntry>();
  const refusedLines: { line: number; reason: string }[] = [];
  let refusedCount = 0;
  const refuse: Refuse = (line, reason) => {
    refusedCount++;
    if (refusedLines.length < SHOWN_REFUSALS) refusedLines.push({ line, reason });
  };
  const take: Take = (line, written, more = {}) => {
    const network = parseNetwork(written);
    if (network === undefined) refuse(line, 'this is no address or prefix');
    // Nobody means all addresses: a list that says so is broken, or hostile.
    else if (network.prefixLength === 0) refuse(line, 'this is every address there is');
    else if (entries.size >= MOST_ENTRIES) refuse(line, `beyond ${MOST_ENTRIES} entries`);
    else entries.set(`${network.address}/${network.prefixLength}`, { network, ...more });
  };
  READERS[format](text, take, refuse);
  return { entries: [...entries.values()], refusedLines, refusedCount };
}

const READERS: Readonly<
  Record<ListInput['format'], (text: string, take: Take, refuse: Refuse) => void>
> = {
  plain: (text, take) => {
    eachLine(text, (line, number) => {
      const [word] = line.split(/[\s#;]/, 1);
      if (word) take(number, word);
    });
  },
  csv: readCsv,
  crowdsec: readCrowdsec,
};

function eachLine(text: string, read: (line: string, number: number) => void): void {
  text.split(/\r?\n/).forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed !== '' && !/^[#;]/.test(trimmed)) read(trimmed, i + 1);
  });
}

const COLUMN_NAMES = ['ip', 'address', 'network', 'prefix', 'cidr', 'value', 'range'];

function readCsv(text: string, take: Take): void {
  let column: number | undefined;
  eachLine(text, (line, number) => {
    const fields = fieldsOf(line);
    if (column === undefined) {
      const named = fields.findIndex((field) => COLUMN_NAMES.includes(field.toLowerCase()));
      column = Math.max(0, named);
      if (named >= 0) return;
    }
    take(number, fields[column] ?? '');
  });
}

/** Fields may stand in quotes, with quotes doubled in them (RFC 4180). */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|[,;\t])(?:\s*"((?:[^"]|"")*)"\s*|([^,;\t]*))/g)].map(
    ([, quoted, plain = '']) => (quoted?.replaceAll('""', '"') ?? plain).trim(),
  );
}

interface CrowdsecDecision {
  readonly value?: unknown;
  readonly scope?: unknown;
  readonly type?: unknown;
  readonly duration?: unknown;
  readonly scenario?: unknown;
}

/** Decisions; alerts with decisions in them (cscli); or an object with `new` (the API's stream). */
function readCrowdsec(text: string, take: Take, refuse: Refuse): void {
  const content = JSON.parse(text) as unknown;
  const isStream = content !== null && typeof content === 'object' && 'new' in content;
  const items = (isStream ? content.new : content) ?? [];
  if (!Array.isArray(items)) {
    refuse(1, 'a list of decisions is expected');
    return;
  }
  const decisions = items.flatMap(
    (item: { decisions?: unknown } | null) => (item?.decisions as unknown[]) ?? [item],
  ) as (CrowdsecDecision | null)[];
  decisions.forEach((decision, i) => {
    const { value, duration, scenario } = decision ?? {};
    const fault = crowdsecFault(decision ?? {});
    const seconds = secondsOf(String(duration)) ?? 0;
    if (fault !== undefined) refuse(i + 1, fault);
    // One that is over is no mistake: the list is older than its end.
    else if (seconds > 0) take(i + 1, String(value), { seconds, ...aboutOf(scenario) });
  });
}

function crowdsecFault({ scope, type, duration }: CrowdsecDecision): string | undefined {
  if (!/^(?:ip|range)$/i.test(String(scope))) return 'its scope is not Ip or Range';
  if (String(type).toLowerCase() !== 'ban') return 'its type is not ban';
  return secondsOf(String(duration)) === undefined ? 'its duration cannot be read' : undefined;
}

function aboutOf(scenario: unknown): Pick<ListEntry, 'about'> {
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

/** "3h59m12.5s", as Go writes durations. */
function secondsOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|µs|us|ns|m|s)/g)];
  const sign = text.startsWith('-') ? -1 : 1;
  if (parts.map(([part]) => part).join('') !== text.replace(/^[-+]/, '') || parts.length === 0) {
    return undefined;
  }
  return sign * parts.reduce((sum, [, n, unit = 's']) => sum + Number(n) * (UNITS[unit] ?? 0), 0);
}
