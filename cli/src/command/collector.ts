// SPDX-License-Identifier: Apache-2.0
import { Collector, type CollectorConfig } from '@weir/collector';
import type { Logger } from '@weir/wire';
import type { Command } from 'commander';
import { DASHBOARD_FOLDER } from '../dashboard-folder.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';
import { sectionCommand } from './section-command.js';

/** The collector as the command line runs it: it serves the built dashboard unless told otherwise. */
export function makeCollector(config: CollectorConfig, log: Logger): Collector {
  const withDashboard = { ...config, dashboardFolder: config.dashboardFolder ?? DASHBOARD_FOLDER };
  return new Collector(withDashboard, { log });
}

export function collectorCommand(): Command {
  return sectionCommand({
    name: 'collector',
    summary: 'receive flows, store them, serve the API and the dashboard',
    description:
      "Receives NetFlow v5 and v9 from Weir's and any vendor's exporters, stores the flows in an " +
      'embedded database, answers queries over HTTP, shows the dashboard, and turns rules into ' +
      'decisions for gateways.',
    sections: ['collector'],
    examples: [
      ['weir collector', 'take NetFlow on UDP 2055, dashboard on http://127.0.0.1:8055/'],
      ['weir collector --listen 0.0.0.0:9995 --data /var/lib/weir', 'another port and folder'],
    ],
    run: async ({ config, check }) => {
      const collector = makeCollector(config.collector, logTo('collector'));
      if (check) {
        await collector.check();
        process.stderr.write('weir: the configuration of the collector is good.\n');
        return;
      }
      const stop = stopRequested();
      await collector.start();
      process.stderr.write(
        `weir: collecting on udp ${config.collector.listen.join(', ')}; ` +
          `dashboard on http://${config.collector.http}/\n`,
      );
      await stop;
      await collector.stop();
    },
  });
}
