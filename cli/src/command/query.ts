// SPDX-License-Identifier: Apache-2.0
// `weir query`: the collector's API at a terminal.
import {
  API,
  type ApplicationsResponse,
  DIMENSIONS,
  type ExportersResponse,
  type Flow,
  type FlowsResponse,
  METRICS,
  type RulesResponse,
  type TopResponse,
} from '@weir/wire';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ask, type QueryParameters } from '../api-client.js';
import { durationMs } from '../duration.js';
import { healthText } from '../health-text.js';
import { textTable } from '../text-table.js';
import { type CommandContext, sectionCommand } from './section-command.js';

function rows(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

const QUESTIONS = ['top', 'flows', 'applications', 'exporters', 'rules', 'health'] as const;
type Question = (typeof QUESTIONS)[number];

interface Choices {
  readonly by: string;
  readonly metric: string;
  readonly limit: number;
  readonly last: string;
  readonly application?: string;
  readonly host?: string;
  readonly json?: boolean;
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function flowRow(flow: Flow): (string | number)[] {
  return [
    time(flow.flowEndMilliseconds),
    flow.applicationName,
    flow.protocolIdentifier,
    endpoint(flow.sourceAddress, flow.sourceTransportPort),
    endpoint(flow.destinationAddress, flow.destinationTransportPort),
    flow.packets,
    flow.octets,
  ];
}

interface Asked {
  readonly route: string;
  readonly parameters: (choices: Choices) => QueryParameters;
  /** The answer as text for people. */
  readonly show: (answer: never) => string;
}

function window({ last, application, host }: Choices): QueryParameters {
  const to = Date.now();
  return { from: to - durationMs(last), to, applicationName: application, host };
}

const NOTHING = (): QueryParameters => ({});

const ASKED: Readonly<Record<Question, Asked>> = {
  top: {
    route: API.top,
    parameters: (choices) => ({
      ...window(choices),
      by: choices.by,
      metric: choices.metric,
      limit: choices.limit,
    }),
    show: ({ by, rows, total }: TopResponse) =>
      textTable(
        [by.join(', '), 'octets', 'packets', 'flows'],
        [
          ...rows.map(({ key, octets, packets, flows }) => [key, octets, packets, flows]),
          ['(all)', total.octets, total.packets, total.flows],
        ],
      ),
  },
  flows: {
    route: API.flows,
    parameters: (choices) => ({ ...window(choices), limit: choices.limit }),
    show: ({ flows }: FlowsResponse) =>
      textTable(
        ['end (UTC)', 'application', 'protocol', 'source', 'destination', 'packets', 'octets'],
        flows.map(flowRow),
      ),
  },
  applications: {
    route: API.applications,
    parameters: NOTHING,
    show: ({ applications }: ApplicationsResponse) =>
      textTable(
        ['id', 'name', 'description'],
        applications.map((row) => [
          row.applicationId,
          row.applicationName,
          row.applicationDescription,
        ]),
      ),
  },
  exporters: {
    route: API.exporters,
    parameters: NOTHING,
    show: ({ exporters }: ExportersResponse) =>
      textTable(
        ['exporter', 'version', 'domain', 'datagrams', 'records', 'lost', 'last seen (UTC)'],
        exporters.map((row) => [
          row.exporterAddress,
          row.version,
          row.observationDomainId,
          row.datagrams,
          row.records,
          row.lostUnits,
          time(row.lastSeenMilliseconds),
        ]),
      ),
  },
  rules: {
    route: API.rules,
    parameters: NOTHING,
    show: ({ rules }: RulesResponse) =>
      textTable(
        ['id', 'action', 'application', 'hold s', 'comment'],
        rules.map((row) => [row.id, row.action, row.applicationName, row.holdSeconds, row.comment]),
      ),
  },
  health: {
    route: API.health,
    parameters: NOTHING,
    show: healthText,
  },
};

async function runQuery(
  question: Question,
  choices: Choices,
  { config, check }: CommandContext,
): Promise<void> {
  const { route, parameters, show } = ASKED[question];
  const asked = parameters(choices);
  if (check) {
    process.stderr.write(`weir: would ask ${config.query.collector}${route}.\n`);
    return;
  }
  const answer = await ask<never>(config.query, route, asked);
  process.stdout.write(choices.json ? `${JSON.stringify(answer)}\n` : show(answer));
}

export function queryCommand(): Command {
  return sectionCommand({
    name: 'query',
    summary: 'ask a collector: top talkers, flows, exporters, health',
    description: "Asks a collector's API and shows the answer as a table, or as JSON with --json.",
    sections: ['query'],
    examples: [
      ['weir query top', 'applications of the last hour by octets'],
      ['weir query top --by host --last 15m --limit 5', 'the busiest addresses'],
      ['weir query flows --application SSH --json', 'records of one application'],
    ],
    extend: (command) =>
      command
        .addArgument(new Argument('<question>', 'what to ask for').choices(QUESTIONS))
        .addOption(
          new Option('--by <dimension>', 'top: dimension to group by')
            .choices(DIMENSIONS)
            .default('applicationName'),
        )
        .addOption(
          new Option('--metric <metric>', 'top: what to rank by')
            .choices(METRICS)
            .default('octets'),
        )
        .option('--limit <rows>', 'at most so many rows', rows, 20)
        .option('--last <span>', 'how far back: 90s, 15m, 1h, 7d', '1h')
        .option('--application <name>', 'only flows of this application')
        .option('--host <address>', 'only flows of this address')
        .option('--json', 'the answer as the API gives it'),
    run: (context) =>
      runQuery(context.arguments[0] as Question, context.options as unknown as Choices, context),
  });
}
