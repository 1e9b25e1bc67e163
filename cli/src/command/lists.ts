// SPDX-License-Identifier: Apache-2.0
// `weir lists`: addresses that somebody else keeps.
import { Command, Option } from 'commander';
import { durationMs } from '../duration.js';
import { json, subcommand, withAction } from './control.js';

const actions = () => import('../run/lists.js');

const about = (command: Command): Command => command.argument('<list>', 'name or id');

function withList(command: Command): Command {
  return withAction(command)
    .argument('<name>', 'what it is called')
    .argument('<source>', "https://… or http://…, or a file on the collector's machine")
    .addOption(
      new Option('--format <format>', 'how it is written')
        .choices(['plain', 'csv', 'crowdsec'])
        .default('plain'),
    )
    .option('--refresh <span>', 'how often it is read again; default: 1h', durationMs)
    .option('--simulate', 'decisions are shown, gateways do not apply them');
}

export function listsCommand(): Command {
  const lists = new Command('lists').summary(
    'addresses that others keep: list, add, refresh, delete',
  );
  lists.addCommand(
    subcommand({
      ...{ name: 'list', summary: 'list the lists and what was read of them', extend: json },
      example: ['weir lists list', 'entries, when they were read, and what went wrong'],
      run: async (context) => (await actions()).listLists(context),
    }),
  );
  lists.addCommand(
    subcommand({
      ...{ name: 'add', summary: 'follow a list: it is read at once, and again and again' },
      example: [
        'weir lists add drop https://lists.example/drop.txt --refresh 6h',
        'what stands in it is blocked',
      ],
      extend: withList,
      run: async (context) => (await actions()).addList(context),
    }),
  );
  lists.addCommand(
    subcommand({
      ...{ name: 'refresh', summary: 'read a list now', extend: about },
      example: ['weir lists refresh drop', 'by name or id'],
      run: async (context) => (await actions()).refreshList(context),
    }),
  );
  lists.addCommand(
    subcommand({
      ...{ name: 'delete', summary: 'leave a list; its decisions end at once', extend: about },
      example: ['weir lists delete drop', 'by name or id'],
      run: async (context) => (await actions()).deleteList(context),
    }),
  );
  return lists;
}
