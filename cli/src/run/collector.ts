// SPDX-License-Identifier: Apache-2.0
// What `weir collector` does.
import { Collector, type CollectorConfig } from '@weir/collector';
import type { Logger } from '@weir/wire';
import type { CommandContext } from '../command/section-command.js';
import { DASHBOARD_FOLDER } from '../dashboard-folder.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';

/** The collector as the command line runs it: it serves the built dashboard unless told otherwise. */
export function makeCollector(config: CollectorConfig, log: Logger): Collector {
  const withDashboard = { ...config, dashboardFolder: config.dashboardFolder ?? DASHBOARD_FOLDER };
  return new Collector(withDashboard, { log });
}

export async function runCollector({ config, check }: CommandContext): Promise<void> {
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
}
