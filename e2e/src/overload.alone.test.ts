// SPDX-License-Identifier: Apache-2.0
// More packets than a probe can take. How fast a machine is must not matter: the probe is stopped
// while a wave fills its ring and more, so that it has lost packets when it goes on.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { IpfixSession } from './ipfix-reader.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { run } from './lab/run.js';
import { writeManyFlows } from './many-flows.js';
import { RunningWeir, type Stats, scratchFolder, weir } from './weir.js';

const NAMESPACE = `weir-over-${process.pid}`;
const [SENDER, RECEIVER] = ['oversend', 'overtap'];
const INSIDE = ['ip', 'netns', 'exec', NAMESPACE];
const METRICS = '127.0.0.1:29470';

/** The ring has room for about 16,000 of these; a wave is more. */
const FRAME_OCTETS = 4000;
const IP_OCTETS = FRAME_OCTETS - 14;
const FRAMES_OF_A_WAVE = 20_000;
const FLOWS = 20;
/** Each wave takes the probe a level further, but where it has calmed down meanwhile. */
const WAVES_MAX = 20;

const ELEMENT = { samplingInterval: 34, sentRecords: 42, ignoredPackets: 164 };

const ip = (...args: string[]): Promise<string> => run('ip', args);
const inside = (...command: string[]): Promise<string> => ip(...INSIDE.slice(1), ...command);

interface Status {
  readonly stats: Stats;
  readonly warnings: readonly string[];
}

const droppedOf = ({ capture }: Stats): number => capture.kernelDroppedPackets ?? 0;

async function addCable(): Promise<void> {
  const inNamespace = (...args: string[]): Promise<string> => ip('-n', NAMESPACE, ...args);
  await ip('netns', 'add', NAMESPACE);
  await inside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
  await inside('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1');
  await inNamespace('link', 'add', SENDER, 'type', 'veth', 'peer', RECEIVER);
  for (const end of [SENDER, RECEIVER]) await inNamespace('link', 'set', end, 'mtu', '9000', 'up');
  await inNamespace('link', 'set', 'lo', 'up');
}

class Scene {
  readonly folder = scratchFolder();
  readonly stats = path.join(this.folder, 'stats.json');
  readonly flows = path.join(this.folder, 'flows.ipfix');
  readonly control = path.join(this.folder, 'probe.sock');

  start(): RunningWeir {
    const outputs = ['--stats', this.stats, '--export', `file://${this.flows}`];
    const doors = ['--control', this.control, '--metrics', METRICS];
    return RunningWeir.start(['probe', '--interface', RECEIVER, ...outputs, ...doors], INSIDE);
  }

  /** Frames of the flows of all waves so far and of as many new ones, in turn. */
  async send(wave: number, frames: number): Promise<void> {
    const capture = path.join(this.folder, `${wave}.pcap`);
    const flows = FLOWS * (wave + 1);
    writeManyFlows(capture, flows, 1, FRAME_OCTETS);
    const loops = `${Math.ceil(frames / flows)}`;
    await inside('tcpreplay', '-q', '-K', '-t', '-i', SENDER, '--loop', loops, capture);
  }

  async status(): Promise<Status> {
    const { stdout } = await weir('probe', 'status', '--json', '--control', this.control);
    return JSON.parse(stdout) as Status;
  }

  /** Once all that came over the cable is in the books. */
  async settled(): Promise<Status> {
    const counter = `/sys/class/net/${RECEIVER}/statistics/rx_packets`;
    const received = Number(await inside('cat', counter));
    let status = await this.status();
    await eventually('all packets are captured or dropped', async () => {
      status = await this.status();
      return status.stats.packets + droppedOf(status.stats) === received;
    });
    return status;
  }
}

function metric(metrics: string, name: string): number {
  return Number(new RegExp(`^weir_probe_${name}{lane="0"} (\\S+)$`, 'm').exec(metrics)?.[1]);
}

function exported(file: string): IpfixSession {
  const session = new IpfixSession();
  session.takeStream(readFileSync(file));
  return session;
}

describe.skipIf(!IS_ROOT)('a probe that gets more packets than it can take', () => {
  beforeEach(addCable);
  afterEach(async () => {
    await ip('netns', 'del', NAMESPACE);
  });

  it('leaves flows unnamed, then samples, says so, and its records stay true', async () => {
    const scene = new Scene();
    await using probe = scene.start();
    await probe.printed(/capturing on overtap/);
    await scene.send(0, 1000);
    let status = await scene.settled();
    expect(status.stats).toMatchObject({ overloadLevel: 0, samplingFactor: 1, packets: 1000 });

    for (let wave = 1; wave <= WAVES_MAX && status.stats.samplingFactor < 8; wave += 1) {
      probe.process.kill('SIGSTOP');
      await scene.send(wave, FRAMES_OF_A_WAVE);
      probe.process.kill('SIGCONT');
      status = await scene.settled();
      const { overloadLevel, samplingFactor } = status.stats;
      expect(samplingFactor).toBe(overloadLevel < 2 ? 1 : 2 ** (overloadLevel - 1));
    }
    expect(status.stats.samplingFactor).toBeGreaterThanOrEqual(8);
    expect(status.warnings.join()).toMatch(/lane 0 is overloaded: .*one packet in \d+ stands for/);
    const metrics = await inside('curl', '-sf', `http://${METRICS}/metrics`);
    expect(metric(metrics, 'sampling_factor')).toBe(2 ** (metric(metrics, 'overload_level') - 1));
    expect(metric(metrics, 'estimated_packets_total')).toBe(status.stats.estimated.packets);
    expect(await probe.stop()).toBe(0);

    const stats = JSON.parse(readFileSync(scene.stats, 'utf8')) as Stats;
    booksBalance(stats);
    expect(stats.classifier.shedFlows).toBeGreaterThanOrEqual(FLOWS);
    expect(droppedOf(stats)).toBeGreaterThan(0);
    expect(stats.notSampled.packets).toBeGreaterThan(0);
    // A change of the factor gives away the packets of one interval at most.
    expect(Math.abs(stats.recorded.packets - stats.packets)).toBeLessThan(stats.packets / 50);
    expect(stats.recorded.octets).toBe(stats.recorded.packets * IP_OCTETS);

    const { totals, told } = exported(scene.flows);
    expect(totals).toMatchObject(stats.recorded);
    expect(new Set(told.get(ELEMENT.samplingInterval))).toEqual(new Set([1]));
    const ignored = told.get(ELEMENT.ignoredPackets) ?? [];
    expect(ignored.at(-1)).toBe(stats.notSampled.packets + droppedOf(stats));
    expect(ignored.length).toBeGreaterThan(stats.overloadChanges);
    const sent = told.get(ELEMENT.sentRecords) ?? [];
    expect(sent).toEqual([...sent].sort((one, other) => one - other));
    expect(sent.at(-1)).toBe(totals.records);
  });
});
