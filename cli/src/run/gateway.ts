// SPDX-License-Identifier: Apache-2.0
// What `weir gateway` does.
import { Gateway } from '@weir/gateway';
import type { CommandContext } from '../command/section-command.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';

export async function runGateway({ config, check }: CommandContext): Promise<void> {
  const gateway = new Gateway(config.gateway, { log: logTo('gateway') });
  if (check) {
    await gateway.check();
    process.stderr.write('weir: this machine can be a gateway with this configuration.\n');
    return;
  }
  const stop = stopRequested();
  await gateway.start();
  process.stderr.write(
    `weir: applying decisions of ${config.gateway.collector} in nftables table ` +
      `inet ${config.gateway.table}\n`,
  );
  await stop;
  await gateway.stop();
}
