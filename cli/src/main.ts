// SPDX-License-Identifier: Apache-2.0
// The `weir` command.
import { Command } from 'commander';
import { keyCommand, userCommand } from './command/accounts.js';
import { collectorCommand } from './command/collector.js';
import { completionCommand } from './command/completion.js';
import { configCommand } from './command/config.js';
import { decisionsCommand, rulesCommand } from './command/control.js';
import { gatewayCommand } from './command/gateway.js';
import { listsCommand } from './command/lists.js';
import { probeCommand } from './command/probe.js';
import { queryCommand } from './command/query.js';
import { signaturesCommand } from './command/signatures.js';
import { upCommand } from './command/up.js';
import { describeError, isExpected } from './errors.js';
import { VERSION } from './version.js';

function program(): Command {
  const weir = new Command('weir')
    .description(
      'See, name and control the traffic of a network: a probe names the application of every flow, ' +
        'a collector stores and shows them, a gateway blocks what a rule says.',
    )
    .version(VERSION)
    .showSuggestionAfterError()
    // So that "weir probe status --control" is an option of status, not of probe.
    .enablePositionalOptions()
    .addHelpText('after', '\n"weir up" starts everything on this machine; begin there.');
  weir.addCommand(upCommand());
  weir.addCommand(probeCommand());
  weir.addCommand(collectorCommand());
  weir.addCommand(gatewayCommand());
  weir.addCommand(queryCommand());
  weir.addCommand(rulesCommand());
  weir.addCommand(decisionsCommand());
  weir.addCommand(listsCommand());
  weir.addCommand(userCommand());
  weir.addCommand(keyCommand());
  weir.addCommand(signaturesCommand());
  weir.addCommand(configCommand());
  weir.addCommand(completionCommand(weir));
  return weir;
}

/** A reader that has seen enough (head) is no failure; a full disk is one. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.stderr.write(`weir: cannot write: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = isExpected(error) ? 1 : 70;
}
