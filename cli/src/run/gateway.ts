// SPDX-License-Identifier: Apache-2.0
// What `weir gateway` does.
import { Gateway, TableLock } from '@weir/gateway';
import type { CommandContext } from '../command/section-command.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';
import { VERSION } from '../version.js';

export async function runGateway({ config, check, options }: CommandContext): Promise<void> {
  const gateway = new Gateway(config.gateway, { log: logTo('gateway'), version: VERSION });
  if (options.dryRun === true) {
    const { script, tcLines } = await gateway.difference();
    process.stdout.write(script);
    for (const line of tcLines) process.stdout.write(`# tc ${line}\n`);
    return;
  }
  if (check) {
    await gateway.check();
    process.stderr.write('weir: this machine can be a gateway with this configuration.\n');
    return;
  }
  const stop = stopRequested(() =>
    process.stderr.write(
      'weir: the gateway goes on: options count from the next start, the key is read for each question.\n',
    ),
  );
  const lock = await TableLock.take(config.gateway.table);
  await gateway.start();
  process.stderr.write(
    `weir: applying decisions of ${config.gateway.collector} in nftables table ` +
      `inet ${config.gateway.table}\n`,
  );
  await stop;
  await gateway.stop();
  await lock.release();
}

/** Exit code 1 where something differs. */
export async function runGatewayDifference({ config }: CommandContext): Promise<void> {
  const { lines } = await new Gateway(config.gateway, { log: logTo('gateway') }).difference();
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (lines.length === 0) process.stderr.write('weir: the kernel holds what is decided.\n');
  else process.exitCode = 1;
}
