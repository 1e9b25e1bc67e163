// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { API, type Missing } from '@weir/wire';
import { ask, download, type QueryParameters } from '../api-client.js';
import type { QueryConfig } from '../config/sections.js';
import { healthText } from '../health-text.js';
import { terminalWidth } from '../terminal.js';
import {
  applicationsTable,
  behaviourTable,
  compareTable,
  exportersTable,
  flowsTable,
  interfacesTable,
  matrixTable,
  missingNotes,
  rulesTable,
  seriesTable,
  topTable,
} from './answer-tables.js';
import type { QueryChoices, QuestionName } from './choices.js';
import { type AnswerTable, answerText } from './table.js';

interface Asked {
  readonly route: string;
  readonly parameters: (choices: QueryChoices) => QueryParameters;
  readonly table: (answer: never, choices: QueryChoices, width: number) => AnswerTable | string;
}

function subject({ window, filter, applicationName, host }: QueryChoices): QueryParameters {
  return { ...window, filter, applicationName, host };
}

function grouping(choices: QueryChoices): QueryParameters {
  const { by, metric, limit } = choices;
  return { ...subject(choices), by, metric, limit };
}

const NOTHING = (): QueryParameters => ({});
const TOP_ROWS = 20;
const PLOT_COLUMNS = 100;

const ASKED: Readonly<Record<QuestionName, Asked>> = {
  top: {
    route: API.top,
    parameters: (choices) => ({ ...grouping(choices), limit: choices.limit ?? TOP_ROWS }),
    table: topTable,
  },
  flows: {
    route: API.flows,
    parameters: (choices) => ({
      ...subject(choices),
      limit: choices.limit ?? TOP_ROWS,
      sort: choices.sort,
      fields: choices.fields,
    }),
    table: (answer, { fields }) => flowsTable(answer, fields),
  },
  series: {
    route: API.series,
    parameters: (choices) => ({
      ...grouping(choices),
      stepSeconds: choices.stepSeconds,
      previous: choices.previous,
    }),
    table: (answer, _choices, width) => seriesTable(answer, width),
  },
  matrix: { route: API.matrix, parameters: grouping, table: matrixTable },
  compare: { route: API.compare, parameters: grouping, table: compareTable },
  interfaces: {
    route: API.interfaces,
    parameters: (choices) => ({ ...subject(choices), limit: choices.limit }),
    table: interfacesTable,
  },
  export: {
    route: API.export,
    parameters: (choices) => ({
      ...subject(choices),
      fields: choices.fields,
      limit: choices.limit,
      format: choices.format === 'json' ? 'ndjson' : 'csv',
    }),
    table: () => '',
  },
  applications: { route: API.applications, parameters: NOTHING, table: applicationsTable },
  behaviour: {
    route: API.behaviourHosts,
    parameters: ({ limit }) => ({ limit }),
    table: behaviourTable,
  },
  exporters: { route: API.exporters, parameters: NOTHING, table: exportersTable },
  rules: { route: API.rules, parameters: NOTHING, table: rulesTable },
  health: { route: API.health, parameters: NOTHING, table: healthText },
};

export function routeOf(question: QuestionName): string {
  return ASKED[question].route;
}

/** Asks and writes the answer to standard output. @throws CommandError */
export async function runQuery(choices: QueryChoices, config: QueryConfig): Promise<void> {
  const { route, parameters, table } = ASKED[choices.question];
  if (choices.question === 'export') {
    const { missing, octets } = await download(config, route, parameters(choices));
    process.stderr.write(lines(missingNotes(missing)));
    return copy(octets);
  }
  const answer = await ask<never>(config, route, parameters(choices));
  if (choices.format === 'json') {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const width = terminalWidth();
  const made = table(answer, choices, Number.isFinite(width) ? width : PLOT_COLUMNS);
  // A csv has rows only, but nobody should take half an answer for a whole one.
  if (choices.format === 'csv') process.stderr.write(lines(missingNotes(missingOf(answer))));
  process.stdout.write(typeof made === 'string' ? made : answerText(made, choices.format, width));
}

function missingOf(answer: { readonly missing?: Missing }): Missing {
  return answer.missing ?? [];
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

async function copy(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const octets of chunks) {
    if (!process.stdout.write(octets)) await once(process.stdout, 'drain');
  }
}
