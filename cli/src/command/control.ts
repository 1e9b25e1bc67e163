// SPDX-License-Identifier: Apache-2.0
// `weir rules` and `weir decisions`: what a collector is told to do, and what it does.
import { Command, InvalidArgumentError, Option } from 'commander';
import { durationMs } from '../duration.js';
import { rateBitsPerSecond } from '../query/rate.js';
import { type Subcommand, subcommandOf } from './subcommand.js';

const actions = () => import('../run/control.js');

export const subcommand = (written: Subcommand): Command =>
  subcommandOf(written, { sections: ['query'] });

/** Where the answer goes as the API gives it. */
export const json = (command: Command): Command =>
  command.option('--json', 'the answer as the API gives it');

const ACTIONS = ['block', 'reject', 'shape', 'mark', 'watch', 'allow'];

function codePoint(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) < 64) return Number(text);
  throw new InvalidArgumentError('Write a number from 0 to 63.');
}

/** An action, from words: shared by rules, decisions and lists. */
export function withAction(command: Command): Command {
  return command
    .addOption(
      new Option('--action <what>', 'what is done: reject is a block that answers')
        .choices(ACTIONS)
        .default('block'),
    )
    .option('--up <rate>', 'shape: from the selected end, e.g. 2M', rateBitsPerSecond)
    .option('--down <rate>', 'shape: towards it', rateBitsPerSecond)
    .addOption(
      new Option('--per <whom>', 'shape: who has a rate of its own').choices([
        'host',
        'network',
        'rule',
      ]),
    )
    .option('--dscp <number>', 'mark: the code point', codePoint)
    .option('--gateway <name...>', 'only for these gateways')
    .option('--reason <text>', 'for those who ask why');
}

const named = (command: Command): Command => command.argument('<name>', 'what it is called');

function withRule(command: Command): Command {
  return withAction(command)
    .argument('<filter>', 'which flows, e.g. "app = BitTorrent and ip in 10.20.0.0/16"')
    .addOption(
      new Option('--scope <scope>', 'what a decision is about')
        .choices(['flow', 'endpoint', 'host', 'network'])
        .default('flow'),
    )
    .addOption(
      new Option('--subject <end>', 'whose end; default: inside').choices([
        ...['inside', 'outside', 'source', 'destination', 'both'],
      ]),
    )
    .option('--hold <span>', 'how long after the last evidence: 10m, 1h', durationMs)
    .option('--simulate', 'decisions are shown, gateways do not apply them');
}

export function rulesCommand(): Command {
  const rules = new Command('rules').summary(
    'what a collector decides on: list, add, preview, delete',
  );
  rules.addCommand(
    subcommand({
      ...{ name: 'list', summary: 'list rules and what has come of them', extend: json },
      example: ['weir rules list', 'those of files, too'],
      run: async (context) => (await actions()).listRules(context),
    }),
  );
  rules.addCommand(
    subcommand({
      ...{ name: 'add', summary: 'make a rule out of words' },
      example: [
        "weir rules add P2P 'app = BitTorrent' --scope endpoint --subject outside",
        'peers that were met once are blocked at the first packet',
      ],
      extend: (command) =>
        withRule(named(command)).option(
          '--confirm',
          'yes, even if it hits a large share of the hosts',
        ),
      run: async (context) => (await actions()).addRule(context),
    }),
  );
  rules.addCommand(
    subcommand({
      ...{ name: 'preview', summary: 'show whom a rule would have hit; changes nothing' },
      example: [
        "weir rules preview 'app = BitTorrent' --scope host --last 24h",
        'a dry run over stored flows',
      ],
      extend: (command) =>
        json(withRule(command)).option('--last <span>', 'how far back', durationMs),
      run: async (context) => (await actions()).previewRule(context),
    }),
  );
  rules.addCommand(
    subcommand({
      ...{ name: 'delete', summary: 'delete a rule; its decisions end at once' },
      example: ["weir rules delete 'No torrents'", 'by name or id'],
      extend: (command) => command.argument('<rule>', 'name or id'),
      run: async (context) => (await actions()).deleteRule(context),
    }),
  );
  return rules;
}

const ABOUT = 'an address, a prefix, or ADDRESS:PORT ([ADDRESS]:PORT for IPv6)';

export function decisionsCommand(): Command {
  const decisions = new Command('decisions').summary(
    'what gateways are told: list, add, delete, why',
  );
  decisions.addCommand(
    subcommand({
      ...{ name: 'list', summary: 'list decisions that stand', extend: json },
      example: ['weir decisions list', 'with what they are from'],
      run: async (context) => (await actions()).listDecisions(context),
    }),
  );
  decisions.addCommand(
    subcommand({
      ...{ name: 'add', summary: 'block, shape, mark or allow an address or prefix by hand' },
      example: ['weir decisions add 192.0.2.7 --for 1h --reason "scans us"', 'blocked for an hour'],
      extend: (command) =>
        withAction(command)
          .argument('<about>', ABOUT)
          .option('--for <span>', 'how long', durationMs)
          .option('--confirm', 'yes, even if it hits a large share of the hosts'),
      run: async (context) => (await actions()).addDecision(context),
    }),
  );
  decisions.addCommand(
    subcommand({
      ...{ name: 'delete', summary: 'undo what was decided by hand' },
      example: ['weir decisions delete 192.0.2.7', 'what was decided by hand about it'],
      extend: (command) => command.argument('<id>', `of the decision, or ${ABOUT}`),
      run: async (context) => (await actions()).deleteDecision(context),
    }),
  );
  decisions.addCommand(
    subcommand({
      ...{ name: 'why', summary: 'say why an address is blocked, now and during the last day' },
      example: ['weir decisions why 10.0.0.7', 'with rule and flow'],
      extend: (command) => json(command.argument('<address>', 'of the host')),
      run: async (context) => (await actions()).whyBlocked(context),
    }),
  );
  return decisions;
}
