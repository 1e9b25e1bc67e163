// SPDX-License-Identifier: Apache-2.0
// What `weir collector` does.
import { Collector, type CollectorConfig } from '@weir/collector';
import type { Logger } from '@weir/wire';
import type { CommandContext } from '../command/section-command.js';
import { DASHBOARD_FOLDER } from '../dashboard-folder.js';
import { describeError } from '../errors.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';
import { wayInText } from '../way-in-text.js';

/** The collector as the command line runs it: it serves the built dashboard unless told otherwise. */
export function makeCollector(config: CollectorConfig, log: Logger): Collector {
  const withDashboard = { ...config, dashboardFolder: config.dashboardFolder ?? DASHBOARD_FOLDER };
  return new Collector(withDashboard, { log });
}

/** Where records are taken, and which. */
export function intakeText({ listen, listenTcp, listenTls }: CollectorConfig): string {
  const streams = [
    ...(listenTcp.length > 0 ? [`tcp ${listenTcp.join(', ')}`] : []),
    ...(listenTls.length > 0 ? [`tls ${listenTls.join(', ')}`] : []),
  ];
  const ipfix = streams.length > 0 ? `; ${streams.join(', ')} (IPFIX)` : '';
  return `udp ${listen.join(', ')} (NetFlow v1, v5, v7, v9, IPFIX, sFlow v5)${ipfix}`;
}

export async function runCollector({ config, check }: CommandContext): Promise<void> {
  const collector = makeCollector(config.collector, logTo('collector'));
  if (check) {
    await collector.check();
    process.stderr.write('weir: the configuration of the collector is good.\n');
    return;
  }
  const stop = stopRequested(() => reload(collector));
  await collector.start();
  process.stderr.write(
    `weir: collecting on ${intakeText(config.collector)}; ` +
      `dashboard on ${collector.reachableUrl}/\n`,
  );
  process.stderr.write(wayInText(collector, config.collector));
  await stop;
  await collector.stop();
}

/** What is wrong with the new files is told; the old ones go on. */
export function reload(collector: Collector): void {
  try {
    collector.reload();
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
  }
}
