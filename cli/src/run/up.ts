// SPDX-License-Identifier: Apache-2.0
// What `weir up` does: probe, collector and dashboard in one process, joined by NetFlow v9 over
// loopback, as they would be on several machines.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Collector, CollectorConfig } from '@weir/collector';
import {
  type Capability,
  giveUpPrivileges,
  Operation,
  Probe,
  type ProbeConfig,
  type ProbeStats,
} from '@weir/probe';
import type { CommandContext } from '../command/section-command.js';
import { ACTIVE_TIMEOUT_SECONDS } from '../command/up.js';
import { describeError } from '../errors.js';
import { stopRequested } from '../lifecycle.js';
import { logTo, troubleOf } from '../log.js';
import { checkProbe } from '../probe-check.js';
import { StatsFile } from '../stats-file.js';
import { VERSION } from '../version.js';
import { wayInText } from '../way-in-text.js';
import { intakeText, makeCollector, reload } from './collector.js';

/** Weir's sample capture, in a checkout. */
const SAMPLE = fileURLToPath(new URL('../../../samples/sample.pcapng', import.meta.url));

/** The host of a listen address, by which this machine reaches itself; IPv6 in brackets. */
function ownHost(listen: string): string {
  const host = listen.slice(0, listen.lastIndexOf(':'));
  const reachable: Readonly<Record<string, string>> = {
    '0.0.0.0': '127.0.0.1',
    '[::]': '[::1]',
    '': '127.0.0.1',
  };
  return reachable[host] ?? host;
}

/** A collector's listen address as this machine's own exporter reaches it. */
export function exportTarget(listen: string): string {
  return `netflow9://${ownHost(listen)}:${listen.slice(listen.lastIndexOf(':') + 1)}`;
}

function playsSample(isGiven: CommandContext['isGiven']): boolean {
  return !['read', 'replay', 'interface'].some((key) => isGiven(`probe.${key}`));
}

/** The sample's flows stay apart from those of a real network; this machine's own probe may always send. */
export function collectorConfigForUp({ config, isGiven }: CommandContext): CollectorConfig {
  const { collector } = config;
  const { allowedExporters: allowed, listen, dataFolder } = collector;
  const own = ownHost(listen[0] ?? '').replace(/[[\]]/g, '');
  const isSample = playsSample(isGiven) && !isGiven('collector.dataFolder');
  return {
    ...collector,
    dataFolder: isSample ? `${dataFolder}/sample` : dataFolder,
    allowedExporters: allowed.length > 0 ? [...allowed, own] : allowed,
  };
}

/** The probe's configuration with what makes sense when everything runs together. */
export function probeConfigForUp({ config, isGiven }: CommandContext): ProbeConfig {
  const { probe, collector } = config;
  const source = playsSample(isGiven) ? { replay: SAMPLE, loop: true } : {};
  return {
    ...probe,
    ...source,
    export: [...probe.export, exportTarget(collector.listen[0] ?? '')],
    exportMode: 'fan-out', // this machine's collector shows everything
    activeTimeoutSeconds: isGiven('probe.activeTimeoutSeconds')
      ? probe.activeTimeoutSeconds
      : ACTIVE_TIMEOUT_SECONDS,
    exportOnClassify: isGiven('probe.exportOnClassify') ? probe.exportOnClassify : true,
  };
}

function describeSource({ read, replay, loop, interface: name }: ProbeConfig): string {
  if (name !== undefined) return `capturing on ${name}`;
  if (read !== undefined) return `reading ${read}`;
  const relative = path.relative(process.cwd(), replay ?? '');
  return `playing ${relative.startsWith('..') ? replay : relative}${loop ? ' in a loop' : ''}`;
}

function banner(url: string, collector: CollectorConfig, probe: ProbeConfig): string {
  const lanes = probe.lanes === 1 ? '1 lane' : `${probe.lanes} lanes`;
  return `
  Weir is running.

    Dashboard    ${url}/
    API          ${url}/api/v1/openapi.json
    Flows in     ${intakeText(collector)}
    Probe        ${describeSource(probe)}, ${lanes}, engine ${probe.engine.join(',')}
    Data         ${collector.dataFolder}

  Ctrl-C stops it.

`;
}

/**
 * The collector opens its data folder and its ports with what is left, so that all in the folder
 * is whose it will be. Root stays able to open what only root can; a user is not.
 */
function keptCapabilities({ user }: ProbeConfig): Capability[] {
  const ofRoot: Capability[] =
    user === undefined ? ['CAP_DAC_OVERRIDE', 'CAP_NET_BIND_SERVICE'] : [];
  return ['CAP_NET_RAW', ...ofRoot];
}

/** Whether something in the folder is another's: this process then writes it as root only. */
function holdsForeignFiles(folder: string): boolean {
  const entries = ['.', ...readdirSync(folder)];
  return entries.some((name) => statSync(path.join(folder, name)).uid !== process.getuid?.());
}

/** Once the collector's ports are open; files that it makes later lie in the same folder. */
function lastingCapabilities(probe: ProbeConfig, { dataFolder }: CollectorConfig): Capability[] {
  const mustOverride = probe.user === undefined && holdsForeignFiles(dataFolder);
  return ['CAP_NET_RAW', ...(mustOverride ? (['CAP_DAC_OVERRIDE'] as const) : [])];
}

async function check(probeConfig: ProbeConfig, collector: Collector): Promise<void> {
  await checkProbe(probeConfig);
  await collector.check();
  process.stderr.write('weir: the configuration is good.\n');
}

/** At the end of a file the collector and the dashboard go on: that is what one came to see. */
async function runUntil(stop: Promise<unknown>, probe: Probe): Promise<void> {
  void probe.finished().catch((error) => process.stderr.write(`${describeError(error)}\n`));
  await stop;
  probe.stop();
  await probe.finished();
}

export async function runUp(context: CommandContext): Promise<void> {
  const collectorConfig = collectorConfigForUp(context);
  const probeConfig = probeConfigForUp(context);
  const collector = makeCollector(collectorConfig, troubleOf(logTo('collector')));
  if (context.check) return check(probeConfig, collector);
  const probe = new Probe(probeConfig);
  const readConfig = (): ProbeConfig => probeConfigForUp(context.reread());
  const operation = new Operation(probe, { version: VERSION, log: logTo('probe'), readConfig });
  probe.build();
  const statsFile = StatsFile.open(probeConfig.stats);
  const stop = stopRequested(() => {
    reload(collector);
    void operation.reload();
  });
  probe.open();
  await operation.open();
  try {
    giveUpPrivileges(keptCapabilities(probeConfig), probeConfig.user);
    await collector.start();
    try {
      giveUpPrivileges(lastingCapabilities(probeConfig, collectorConfig), probeConfig.user);
      probe.start();
      operation.begin();
      process.stdout.write(banner(collector.reachableUrl ?? '', collectorConfig, probeConfig));
      process.stdout.write(wayInText(collector, collectorConfig));
      await runUntil(stop, probe);
    } finally {
      await collector.stop();
    }
  } finally {
    await operation.end();
  }
  process.stdout.write(farewell(probe.stats()));
  statsFile?.write(probe.stats());
}

/** The books in a line: packets = packets in records + packets in no flow, by reason. */
function farewell({ packets, recorded, records, drops, capture }: ProbeStats): string {
  const number = (count = 0): string => count.toLocaleString('en');
  const inNoFlow = Object.values(drops).reduce((sum, drop) => sum + drop.packets, 0);
  const reasons = Object.entries(drops)
    .filter(([, drop]) => drop.packets > 0)
    .map(([reason, drop]) => `${reason} ${number(drop.packets)}`);
  const lost = capture.kernelDroppedPackets ?? 0;
  return (
    `\n  Weir has stopped: ${number(packets)} packets = ${number(recorded.packets)} in ` +
    `${number(records)} records + ${number(inNoFlow)} in no flow` +
    `${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}.\n` +
    (lost > 0 ? `  The kernel dropped ${number(lost)} packets more: try --lanes.\n` : '')
  );
}
