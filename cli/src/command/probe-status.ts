// SPDX-License-Identifier: Apache-2.0
import { CONTROL, type ProbeStatus } from '@weir/probe';
import type { Command } from 'commander';
import { statusText } from '../status-text.js';
import { sectionCommand } from './section-command.js';

export function probeStatusCommand(): Command {
  return sectionCommand({
    name: 'status',
    summary: 'show how a running probe is doing',
    description:
      'Shows the state of the probe that runs on this machine, also that of "weir up": traffic, ' +
      'drops by reason, flows, applications, targets, lanes, and what is not well. Rates are those ' +
      'of the last five seconds, counts those since the start.',
    sections: ['probe'],
    only: ['probe.control'],
    examples: [
      ['weir probe status', 'the probe of this machine'],
      ['weir probe status --json', 'everything, for programs'],
      ['watch -n 2 weir probe status', 'again and again'],
    ],
    extend: (command) => command.option('--json', 'the answer as the probe gives it'),
    run: async ({ config: { probe }, check, options }) => {
      const { askProbe } = await import('../control-client.js');
      const { control: socketPath } = probe;
      const status = await askProbe<ProbeStatus>({
        method: 'GET',
        route: CONTROL.status,
        socketPath,
      });
      if (check) process.stderr.write('weir: the probe answers.\n');
      else process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : statusText(status));
    },
  });
}
