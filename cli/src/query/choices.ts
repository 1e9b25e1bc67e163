// SPDX-License-Identifier: Apache-2.0
// What a user asked for, out of words and options: as weir has them and as nfdump has them.
import {
  DIMENSIONS,
  type Dimension,
  FIELD_WORDS,
  FilterError,
  filterText,
  findDimension,
  findMetric,
  METRICS,
  type Metric,
  nearest,
  parseFilter,
  pointAt,
} from '@weir/wire';
import { durationMs } from '../duration.js';
import { CommandError } from '../errors.js';
import { FORMATS, type Format } from './table.js';
import { type TimeWindow, timeWindow } from './time-window.js';

export const QUESTIONS = [
  'top',
  'flows',
  'series',
  'matrix',
  'compare',
  'interfaces',
  'export',
  'applications',
  'behaviour',
  'exporters',
  'rules',
  'health',
] as const;
export type QuestionName = (typeof QUESTIONS)[number];

/** Options as commander gives them. */
export interface QueryFlags {
  readonly stat?: string;
  readonly aggregate?: string;
  readonly by?: string;
  readonly metric?: string;
  readonly limit?: number;
  readonly time?: string;
  readonly last?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly step?: string;
  readonly previous?: string;
  readonly sort?: string;
  readonly fields?: string;
  readonly application?: string;
  readonly host?: string;
}

export interface QueryChoices {
  readonly question: QuestionName;
  readonly window: TimeWindow;
  readonly by: readonly Dimension[] | undefined;
  readonly metric: Metric;
  readonly limit: number | undefined;
  readonly format: Format;
  readonly stepSeconds: number | undefined;
  readonly previous: string | undefined;
  readonly sort: string | undefined;
  readonly fields: readonly string[] | undefined;
  /** In the filter language; undefined: every flow. */
  readonly filter: string | undefined;
  readonly applicationName: string | undefined;
  readonly host: string | undefined;
}

function badChoice(message: string): CommandError {
  return new CommandError('WEIR_CLI_BAD_QUESTION', message);
}

/** @throws CommandError WEIR_CLI_BAD_QUESTION naming what was probably meant */
function dimensionOf(word: string): Dimension {
  const known = findDimension(word.trim());
  if (known !== undefined) return known;
  const meant = nearest(word, [...DIMENSIONS, ...FIELD_WORDS]);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  throw badChoice(
    `"${word}" is nothing to group by.${hint} There are e.g. app, ip, srcip, dstport, proto, country, network, exporter.`,
  );
}

/** @throws CommandError WEIR_CLI_BAD_QUESTION */
function metricOf(word: string): Metric {
  const metric = findMetric(word);
  if (metric !== undefined) return metric;
  throw badChoice(`"${word}" cannot be summed up. Write bytes, packets or flows.`);
}

function dimensionsOf(text: string): Dimension[] {
  return text.split(',').map(dimensionOf);
}

/** "ip/bytes", "srcip,dstport/packets", "app". */
function statOf(text: string): { readonly by: Dimension[]; readonly metric: Metric | undefined } {
  const [keys = '', metric] = text.split('/');
  return { by: dimensionsOf(keys), metric: metric === undefined ? undefined : metricOf(metric) };
}

function groupingOf(flags: QueryFlags): Pick<QueryChoices, 'by' | 'metric'> {
  const stat = flags.stat === undefined ? undefined : statOf(flags.stat);
  const keys = flags.aggregate ?? flags.by;
  const metric = flags.metric === undefined ? undefined : metricOf(flags.metric);
  return {
    by: stat?.by ?? (keys === undefined ? undefined : dimensionsOf(keys)),
    metric: stat?.metric ?? metric ?? METRICS[0],
  };
}

/** @throws CommandError WEIR_CLI_BAD_FILTER with a caret below the place */
function checkedFilter(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    return filterText(parseFilter(text));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const place = pointAt(text, error.at).replaceAll(/^/gm, '  ');
    throw new CommandError(
      'WEIR_CLI_BAD_FILTER',
      `the filter cannot be read: ${error.message}\n${place}`,
    );
  }
}

function formatOf({ output, json }: QueryFlags): Format {
  if (json) return 'json';
  const format = FORMATS.find((known) => known === (output ?? 'table'));
  if (format !== undefined) return format;
  throw badChoice(`"${output}" is no output format. Write one of: ${FORMATS.join(', ')}.`);
}

function isFilter(text: string): boolean {
  try {
    parseFilter(text);
    return true;
  } catch {
    return false;
  }
}

/** The first word may say what to ask for; all others are the filter, as with nfdump. */
function questionOf(
  words: readonly string[],
  flags: QueryFlags,
): { readonly question: QuestionName; readonly filter: string } {
  const [first, ...others] = words;
  const question = QUESTIONS.find((known) => known === first);
  if (question !== undefined) return { question, filter: others.join(' ') };
  const grouping = [flags.stat, flags.aggregate, flags.by, flags.metric];
  const groups = first === undefined || grouping.some((flag) => flag !== undefined);
  const meant = first === undefined ? undefined : nearest(first, QUESTIONS);
  if (others.length === 0 && meant !== undefined && !isFilter(first ?? '')) {
    throw badChoice(`there is no question "${first}". Did you mean "weir query ${meant}"?`);
  }
  return { question: groups ? 'top' : 'flows', filter: words.join(' ') };
}

export const DEFAULT_SPAN = '1h';
const GROUPED = ['top', 'series', 'matrix', 'compare'] as const;
/** The others tell of the collector as it is now: they have no filter and no time. */
const ABOUT_FLOWS = [...GROUPED, 'flows', 'interfaces', 'export'] as const;
/** Options that only some questions use: left aside in silence they would make another answer look like this one. */
const ONLY_FOR: Partial<Readonly<Record<keyof QueryFlags, readonly QuestionName[]>>> = {
  stat: GROUPED,
  aggregate: GROUPED,
  by: GROUPED,
  metric: GROUPED,
  step: ['series'],
  previous: ['series'],
  sort: ['flows'],
  fields: ['flows', 'export'],
  time: ABOUT_FLOWS,
  last: ABOUT_FLOWS,
  application: ABOUT_FLOWS,
  host: ABOUT_FLOWS,
  limit: [...ABOUT_FLOWS, 'behaviour'],
};

function refuseFilter(question: QuestionName, filter: string): void {
  const questions: readonly QuestionName[] = ABOUT_FLOWS;
  if (filter.trim() === '' || questions.includes(question)) return;
  throw badChoice(`"weir query ${question}" has no filter: it is for ${questions.join(', ')}.`);
}

function refuseUnused(question: QuestionName, flags: QueryFlags): void {
  for (const [flag, questions] of Object.entries(ONLY_FOR)) {
    if (flags[flag as keyof QueryFlags] === undefined || questions.includes(question)) continue;
    throw badChoice(
      `"weir query ${question}" has no --${flag}: it is for ${questions.join(', ')}.`,
    );
  }
}

/**
 * @param now ms since the epoch
 * @throws CommandError WEIR_CLI_BAD_QUESTION, WEIR_CLI_BAD_FILTER, WEIR_CLI_BAD_TIME, WEIR_CLI_BAD_DURATION
 */
export function readChoices(
  words: readonly string[],
  flags: QueryFlags,
  now: number,
): QueryChoices {
  const { question, filter } = questionOf(words, flags);
  refuseUnused(question, flags);
  refuseFilter(question, filter);
  const span = flags.time === undefined ? durationMs(flags.last ?? DEFAULT_SPAN) : undefined;
  return {
    question,
    window: span === undefined ? timeWindow(flags.time ?? '', now) : { from: now - span, to: now },
    ...groupingOf(flags),
    limit: flags.limit,
    format: formatOf(flags),
    stepSeconds: flags.step === undefined ? undefined : Math.ceil(durationMs(flags.step) / 1000),
    previous: flags.previous,
    sort: flags.sort,
    fields: flags.fields?.split(','),
    filter: checkedFilter(filter),
    applicationName: flags.application,
    host: flags.host,
  };
}
