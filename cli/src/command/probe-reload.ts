// SPDX-License-Identifier: Apache-2.0
import { CONTROL, type ReloadAnswer } from '@weir/probe';
import type { Command } from 'commander';
import { CommandError } from '../errors.js';
import { sectionCommand } from './section-command.js';

function say({ applied, atNextStart }: ReloadAnswer): string {
  const lines = [
    applied.length > 0 ? `now in force: ${applied.join(', ')}` : 'nothing has changed',
    ...(atNextStart.length > 0 ? [`at the next start: ${atNextStart.join(', ')}`] : []),
  ];
  return `weir: the probe has reloaded.\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

export function probeReloadCommand(): Command {
  return sectionCommand({
    name: 'reload',
    summary: 'have a running probe read its configuration and signatures anew',
    description:
      'Has the running probe read its configuration file and signatures anew, as SIGHUP does, and ' +
      'tells what came of it. No packet is lost. Signatures, timeouts and --export-on-classify take ' +
      'effect at once: flows that have begun are named by the signatures that they began with. ' +
      'Everything else takes effect at the next start. When something is wrong all stays as it was, ' +
      'and the command fails.',
    sections: ['probe'],
    only: ['probe.control'],
    examples: [
      ['weir probe reload', 'the probe of this machine'],
      ['weir probe reload --control /run/weir/eth2.sock', 'one of several'],
    ],
    run: async ({ config: { probe }, check }) => {
      const { askProbe } = await import('../control-client.js');
      const { control: socketPath } = probe;
      if (check) {
        await askProbe({ method: 'GET', route: CONTROL.status, socketPath });
        process.stderr.write('weir: the probe answers; it would be asked to reload.\n');
        return;
      }
      const answer = await askProbe<ReloadAnswer>({
        method: 'POST',
        route: CONTROL.reload,
        socketPath,
      });
      if (answer.result === 'failed') {
        throw new CommandError(
          'WEIR_CLI_RELOAD_FAILED',
          `the probe goes on as it was, since the reload failed: ${answer.message}\n  (${answer.code})`,
        );
      }
      process.stdout.write(say(answer));
    },
  });
}
