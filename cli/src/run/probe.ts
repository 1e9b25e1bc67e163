// SPDX-License-Identifier: Apache-2.0
// What `weir probe` does.
import {
  configWarnings,
  giveUpPrivileges,
  Operation,
  Probe,
  type ProbeConfig,
  type ProbeStats,
} from '@weir/probe';
import type { CommandContext } from '../command/section-command.js';
import { isExpected } from '../errors.js';
import { stopRequested } from '../lifecycle.js';
import { logTo } from '../log.js';
import { checkProbe } from '../probe-check.js';
import { StatsFile } from '../stats-file.js';
import { VERSION } from '../version.js';

function summary({ packets, flows, records, wallSeconds, packetsPerSecond }: ProbeStats): string {
  const rate = packetsPerSecond.toLocaleString('en');
  return (
    `weir: ${packets.toLocaleString('en')} packets, ${flows.toLocaleString('en')} flows, ` +
    `${records.toLocaleString('en')} records in ${wallSeconds.toFixed(2)} s (${rate} packets/s)\n`
  );
}

/** Progress for a person who waits at a terminal: one line, rewritten. */
function showProgress(probe: Probe): () => void {
  if (!process.stderr.isTTY) return () => {};
  const timer = setInterval(() => {
    const { packets, liveFlows, packetsPerSecond } = probe.stats();
    process.stderr.write(
      `\r\x1b[K${packets.toLocaleString('en')} packets, ${liveFlows.toLocaleString('en')} live flows, ` +
        `${packetsPerSecond.toLocaleString('en')} packets/s`,
    );
  }, 1000);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\x1b[K');
  };
}

/** `--records - | head` has what it wanted. */
function readerHasLeft({ records }: ProbeConfig, error: unknown): boolean {
  const isLost = isExpected(error) && error.code === 'WEIR_PROBE_RECORDS_LOST';
  return isLost && records === '-' && error.message.includes('Broken pipe');
}

/** Until the probe has stopped, whatever it was that ended it. */
async function watchProbe(probe: Probe): Promise<void> {
  const endProgress = showProgress(probe);
  try {
    await probe.finished();
  } catch (error) {
    if (!readerHasLeft(probe.config, error)) throw error;
  } finally {
    endProgress();
  }
}

function startProbe(probe: Probe, operation: Operation): void {
  // Before the first line is printed: who reads it may send a signal.
  const stop = stopRequested(() => void operation.reload());
  probe.start();
  void stop.then(() => probe.stop());
  operation.begin();
  const { interface: name } = probe.config;
  if (name !== undefined) process.stderr.write(`weir: capturing on ${name}; Ctrl-C ends it.\n`);
}

async function captureAndExport({
  config: { probe: config },
  reread,
}: CommandContext): Promise<void> {
  const probe = new Probe(config);
  const readConfig = (): ProbeConfig => reread().config.probe;
  const operation = new Operation(probe, { version: VERSION, log: logTo('probe'), readConfig });
  probe.build();
  const statsFile = StatsFile.open(config.stats);
  probe.open();
  await operation.open();
  try {
    giveUpPrivileges(config.interface === undefined ? [] : ['CAP_NET_RAW'], config.user);
    startProbe(probe, operation);
    await watchProbe(probe).finally(() => statsFile?.write(probe.stats()));
  } finally {
    await operation.end();
  }
  if (process.stderr.isTTY) process.stderr.write(summary(probe.stats()));
}

export async function runProbe(context: CommandContext): Promise<void> {
  if (!context.check) return captureAndExport(context);
  const { probe } = context.config;
  await checkProbe(probe);
  for (const warning of configWarnings(probe)) logTo('probe')('warn', warning);
  process.stderr.write('weir: the configuration of the probe is good.\n');
}
