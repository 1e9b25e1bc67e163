// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { sectionCommand } from './section-command.js';

/** Short enough that the dashboard shows a long flow while it runs. */
export const ACTIVE_TIMEOUT_SECONDS = 5;

export function upCommand(): Command {
  return sectionCommand({
    name: 'up',
    summary: 'run probe, collector and dashboard on this machine',
    description:
      "Runs everything on this machine. Without a source it plays Weir's sample capture in a loop, so " +
      'that there is something to see; with --interface it watches the network.',
    sections: ['probe', 'collector'],
    otherDefaults: {
      'collector.dataFolder': './data, for the sample ./data/sample',
      'probe.activeTimeoutSeconds': String(ACTIVE_TIMEOUT_SECONDS),
      'probe.exportOnClassify': 'on',
    },
    examples: [
      ['weir up', 'look around with the sample capture'],
      ['weir up --interface eth0', 'watch a network interface (needs root or CAP_NET_RAW)'],
      ['weir up --http 0.0.0.0:8055', 'let others see the dashboard, with a login'],
    ],
    run: async (context) => (await import('../run/up.js')).runUp(context),
  });
}
