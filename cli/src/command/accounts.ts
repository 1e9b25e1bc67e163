// SPDX-License-Identifier: Apache-2.0
// `weir user` and `weir key`: who may use a collector, changed in its data folder on its own machine.
import { ROLES, type Role, SCOPES, type Scope } from '@weir/wire';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { durationMs } from '../duration.js';
import { type Subcommand, subcommandOf } from './subcommand.js';

const actions = () => import('../run/accounts.js');

/** Works on the data folder, whether a collector runs on it or not. */
const subcommand = (written: Subcommand): Command =>
  subcommandOf(written, {
    about:
      "Works in the collector's data folder; a collector that runs takes it up within a second.",
    sections: ['collector'],
    only: ['collector.dataFolder'],
  });

const named = (command: Command): Command => command.argument('<name>', 'name of the user');
const role = new Argument('<role>', 'what the user may do').choices(ROLES);

export function userCommand(): Command {
  const user = new Command('user').summary(
    'who may sign in: list, add, invite, password, role, remove',
  );
  user.addCommand(
    subcommand({
      ...{ name: 'list', summary: 'list users', example: ['weir user list', 'who may sign in'] },
      run: async (context) => (await actions()).listUsers(context),
    }),
  );
  user.addCommand(
    subcommand({
      ...{ name: 'add', summary: 'make a user, with an invitation to choose a password' },
      example: ['weir user add olga operator', 'somebody who makes rules'],
      extend: (command) => named(command).addArgument(role),
      run: async (context) =>
        (await actions()).addUser(context, {
          name: context.arguments[0] ?? '',
          role: context.arguments[1] as Role,
        }),
    }),
  );
  user.addCommand(
    subcommand({
      ...{ name: 'invite', summary: 'give who has lost the password a new way in' },
      ...{ example: ['weir user invite olga', 'the old password is over'], extend: named },
      run: async (context) => (await actions()).inviteUser(context, context.arguments[0] ?? ''),
    }),
  );
  user.addCommand(
    subcommand({
      ...{ name: 'password', summary: 'set a password, asked for or from standard input' },
      ...{ example: ['weir user password admin', 'asks twice'], extend: named },
      run: async (context) => (await actions()).setPassword(context, context.arguments[0] ?? ''),
    }),
  );
  user.addCommand(
    subcommand({
      ...{ name: 'role', summary: 'change what a user may do' },
      example: ['weir user role olga viewer', 'she may only look from now on'],
      extend: (command) => named(command).addArgument(role),
      run: async (context) =>
        (await actions()).setRole(context, {
          name: context.arguments[0] ?? '',
          role: context.arguments[1] as Role,
        }),
    }),
  );
  user.addCommand(
    subcommand({
      ...{ name: 'remove', summary: 'remove a user' },
      ...{ example: ['weir user remove olga', 'her sessions end'], extend: named },
      run: async (context) => (await actions()).removeUser(context, context.arguments[0] ?? ''),
    }),
  );
  return user;
}

function scopes(text: string, previous: readonly Scope[] = []): Scope[] {
  const given = text.split(',') as Scope[];
  const unknown = given.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no scope; there are ${SCOPES.join(', ')}.`);
  }
  return [...new Set([...previous, ...given])];
}

export function keyCommand(): Command {
  const key = new Command('key').summary('keys for programs: list, add, remove');
  key.addCommand(
    subcommand({
      ...{ name: 'list', summary: 'list keys', example: ['weir key list', 'without secrets'] },
      run: async (context) => (await actions()).listKeys(context),
    }),
  );
  key.addCommand(
    subcommand({
      ...{ name: 'add', summary: 'make a key and show it this once' },
      example: ['weir key add gateway-1 --scope gateway > gateway.key', 'for a gateway'],
      extend: (command) =>
        command
          .argument('<name>', 'what it is for')
          .addOption(
            new Option('--scope <scope>', `${SCOPES.join(', ')}; several may be given`)
              .argParser(scopes)
              .makeOptionMandatory(),
          )
          .option('--expires <span>', 'ends after so long: 12h, 90d', durationMs)
          .option('--certificate <name>', 'a client certificate of this name is as good'),
      run: async (context) => (await actions()).addKey(context),
    }),
  );
  key.addCommand(
    subcommand({
      ...{ name: 'remove', summary: 'remove a key' },
      example: ['weir key remove 0123456789ab', 'its streams end'],
      extend: (command) => command.argument('<id>', 'as "weir key list" shows it'),
      run: async (context) => (await actions()).removeKey(context, context.arguments[0] ?? ''),
    }),
  );
  return key;
}
