// SPDX-License-Identifier: Apache-2.0
// `weir query`: the collector's API at a terminal.
import { FLOW_SORTS } from '@weir/wire';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SPAN, QUESTIONS, type QueryFlags, readChoices } from '../query/choices.js';
import { routeOf, runQuery } from '../query/run-query.js';
import { FORMATS } from '../query/table.js';
import { type CommandContext, sectionCommand } from './section-command.js';

function rows(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

const DESCRIPTION = `Asks a collector's API and shows the answer as a table, plot, CSV or JSON.

Questions:
  top           largest keys by bytes, packets or flows, with the rest and the whole
  flows         single records, the newest first
  series        sums over time, as a plot
  matrix        who with whom: sums for pairs of keys
  compare       what changed most against the time before
  interfaces    the exporters' interfaces, in and out
  export        all records, as CSV or (-o json) a JSON object a line
  behaviour     what hosts are by their flows alone
  applications, exporters, rules, health

The last words are a filter, as with nfdump: 'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M'.
Fields: src dst ip port proto app category country as network role site scope exporter interface
vlan flags bytes packets duration and more; operators: = != < <= > >= ~ in, "and", "or", "not".
A filter without a question lists records; with -s, -A, --by or --metric it makes a top.`;

/** Suggested to the shell, not enforced: the first word may also begin the filter. */
function wordsArgument(): Argument {
  const argument = new Argument('[words...]', 'the question, then the filter');
  argument.argChoices = [...QUESTIONS];
  return argument;
}

/** Choices that the shell offers and that are checked with a better message than commander's. */
function offered(option: Option, choices: readonly string[]): Option {
  option.argChoices = [...choices];
  return option;
}

const KEYS = [
  'app',
  'ip',
  'srcip',
  'dstip',
  'port',
  'srcport',
  'dstport',
  'proto',
  'country',
  'network',
];

function withOptions(command: Command): Command {
  return command
    .addArgument(wordsArgument())
    .addOption(
      offered(
        new Option(
          '-s, --stat <keys/metric>',
          'top by keys, as nfdump: ip/bytes, srcip/packets, app',
        ),
        KEYS.map((key) => `${key}/bytes`),
      ),
    )
    .addOption(
      offered(new Option('-A, --aggregate <keys>', 'keys to group by: srcip,dstport'), KEYS),
    )
    .addOption(offered(new Option('--by <keys>', 'the same as -A'), KEYS))
    .addOption(
      offered(new Option('--metric <metric>', 'what to sum up and rank by'), [
        'bytes',
        'packets',
        'flows',
      ]),
    )
    .option('-n, --limit <rows>', 'at most so many rows', rows)
    .option('-t, --time <window>', 'last 6h, today, 2026-05-05T12:00/2026-05-05T13:00 (local time)')
    .option('--last <span>', `how far back: 90s, 15m, 1h, 7d (default: ${DEFAULT_SPAN})`)
    .addOption(offered(new Option('-o, --output <format>', 'how to write the answer'), FORMATS))
    .option('--json', 'the same as -o json: the answer as the API gives it')
    .option('--step <span>', 'series: width of a step')
    .addOption(
      offered(new Option('--previous <when>', 'series: also one window, day or week before'), [
        'window',
        'day',
        'week',
      ]),
    )
    .addOption(
      offered(new Option('--sort <field>', 'flows: what comes first; with "-" the largest'), [
        ...FLOW_SORTS.map((name) => `-${name}`),
      ]),
    )
    .option('--fields <names>', 'flows, export: only these fields, e.g. sourceAddress,octets')
    .option('--application <name>', 'only flows of this application')
    .option('--host <address>', 'only flows of this address');
}

async function run({ config, check, arguments: words, options }: CommandContext): Promise<void> {
  const choices = readChoices(words, options as unknown as QueryFlags, Date.now());
  if (check) {
    process.stderr.write(
      `weir: would ask ${config.query.collector}${routeOf(choices.question)}.\n`,
    );
    return;
  }
  await runQuery(choices, config.query);
}

export function queryCommand(): Command {
  return sectionCommand({
    name: 'query',
    summary: 'ask a collector: top talkers, flows, series, changes, exporters, health',
    description: DESCRIPTION,
    sections: ['query'],
    examples: [
      ['weir query', 'applications of the last hour by bytes'],
      ["weir query -s ip/bytes -n 10 -t 'last 6h'", 'the ten busiest addresses'],
      ["weir query -A srcip,dstport 'proto tcp and bytes > 1M'", 'who talks to which port'],
      ["weir query series --by app -t today 'src in 10.0.0.0/8'", 'a plot over the day'],
      ['weir query compare --by ip -t 1h', 'what changed against the hour before'],
      ["weir query flows 'app = ssh and not dst in 10.0.0.0/8' -o long", 'single records'],
      ["weir query export -t yesterday 'exporter = core1' > flows.csv", 'all records as a file'],
    ],
    extend: withOptions,
    run,
  });
}
