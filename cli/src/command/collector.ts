// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { sectionCommand } from './section-command.js';

export function collectorCommand(): Command {
  return sectionCommand({
    name: 'collector',
    summary: 'receive flows, store them, serve the API and the dashboard',
    description:
      "Receives NetFlow, IPFIX and sFlow from Weir's and any vendor's exporters, stores the flows in an " +
      'embedded database, answers queries over HTTP, shows the dashboard, and turns rules into ' +
      'decisions for gateways.',
    sections: ['collector'],
    examples: [
      ['weir collector', 'take NetFlow on UDP 2055, dashboard on http://127.0.0.1:8055/'],
      ['weir collector --listen 0.0.0.0:9995 --data /var/lib/weir', 'another port and folder'],
    ],
    run: async (context) => (await import('../run/collector.js')).runCollector(context),
  });
}
