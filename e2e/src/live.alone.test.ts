// SPDX-License-Identifier: Apache-2.0
// The probe on a live interface: the sample is sent over a veth pair, and every packet of it arrives.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { run } from './lab/run.js';
import { RunningWeir, runProbe, SAMPLE, type Stats, scratchFolder, weir } from './weir.js';

const NAMESPACE = `weir-live-${process.pid}`;
const [SENDER, RECEIVER] = ['weirsend', 'weirtap'];
const INSIDE = ['ip', 'netns', 'exec', NAMESPACE];

const ip = (...args: string[]): Promise<string> => run('ip', args);
const inside = (...command: string[]): Promise<string> => ip(...INSIDE.slice(1), ...command);

async function receivedPackets(): Promise<number> {
  const counter = `/sys/class/net/${RECEIVER}/statistics/rx_packets`;
  return Number(await inside('cat', counter));
}

async function addCable(): Promise<void> {
  await ip('-n', NAMESPACE, 'link', 'add', SENDER, 'type', 'veth', 'peer', RECEIVER);
  await ip('-n', NAMESPACE, 'link', 'set', SENDER, 'up');
  await ip('-n', NAMESPACE, 'link', 'set', RECEIVER, 'up');
}

describe.skipIf(!IS_ROOT)('weir probe on a live interface', () => {
  beforeEach(async () => {
    await ip('netns', 'add', NAMESPACE);
    await inside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
    await inside('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1');
    await addCable();
  });
  afterEach(async () => {
    await ip('netns', 'del', NAMESPACE);
  });

  it.each(['1', '3'])('counts and names every packet sent (%s lanes)', async (lanes) => {
    const file = path.join(scratchFolder(), 'stats.json');
    const records = path.join(scratchFolder(), 'records.jsonl');
    const args = ['probe', '--interface', RECEIVER, '--lanes', lanes];
    await using probe = RunningWeir.start([...args, '--stats', file, '--records', records], INSIDE);
    await probe.printed(/capturing on weirtap/);
    await inside('tcpreplay', '-q', '-i', SENDER, '--pps', '4000', SAMPLE);
    const offline = await runProbe('--read', SAMPLE);
    await eventually(
      'everything has arrived',
      async () => (await receivedPackets()) >= offline.stats.packets,
    );
    expect(await probe.stop()).toBe(0);

    const stats = JSON.parse(readFileSync(file, 'utf8')) as Stats;
    expect(stats.capture.kernelDroppedPackets).toBe(0);
    expect(stats.packets).toBe(offline.stats.packets);
    expect(stats.recorded).toEqual(offline.stats.recorded);
    booksBalance(stats);
    const names = readFileSync(records, 'utf8').match(/"applicationName":"[^"]+"/g);
    const offlineNames = offline.records.map(
      (record) => `"applicationName":"${record.applicationName}"`,
    );
    expect(new Set(names)).toEqual(new Set(offlineNames));
  });

  it('goes on when the interface goes down and comes back', async () => {
    const file = path.join(scratchFolder(), 'stats.json');
    await using probe = RunningWeir.start(
      ['probe', '--interface', RECEIVER, '--stats', file],
      INSIDE,
    );
    await probe.printed(/capturing on weirtap/);
    const send = () => inside('tcpreplay', '-q', '-i', SENDER, '--limit', '100', SAMPLE);
    await send();
    await ip('-n', NAMESPACE, 'link', 'set', RECEIVER, 'down');
    await ip('-n', NAMESPACE, 'link', 'set', RECEIVER, 'up');
    await eventually('the link is up', async () =>
      (await ip('-n', NAMESPACE, 'link', 'show', RECEIVER)).includes('LOWER_UP'),
    );
    await send();
    expect(await probe.stop()).toBe(0);
    const stats = JSON.parse(readFileSync(file, 'utf8')) as Stats;
    expect(stats.packets).toBe(200);
    booksBalance(stats);
  });

  it('says when its interface is switched off, or the other end of its cable', async () => {
    const control = path.join(scratchFolder(), 'probe.sock');
    const args = ['probe', '--interface', RECEIVER, '--control', control];
    await using probe = RunningWeir.start(args, INSIDE);
    await probe.printed(/capturing on weirtap/);
    await ip('-n', NAMESPACE, 'link', 'set', RECEIVER, 'down');
    await probe.printed(/warn: weirtap is down.*ip link set weirtap up/);
    const { stdout } = await weir('probe', 'status', '--control', control);
    expect(stdout).toMatch(/weirtap is down/);
    await ip('-n', NAMESPACE, 'link', 'set', RECEIVER, 'up');
    await ip('-n', NAMESPACE, 'link', 'set', SENDER, 'down');
    await probe.printed(/warn: weirtap has no carrier/);
  });

  it('says when its interface is deleted, and goes on when there is one of its name again', async () => {
    const file = path.join(scratchFolder(), 'stats.json');
    const args = ['probe', '--interface', RECEIVER, '--lanes', '2', '--stats', file];
    await using probe = RunningWeir.start(args, INSIDE);
    await probe.printed(/capturing on weirtap/);
    const send = () => inside('tcpreplay', '-q', '-i', SENDER, '--limit', '100', SAMPLE);
    await send();
    await ip('-n', NAMESPACE, 'link', 'del', RECEIVER);
    await probe.printed(/warn: interface weirtap is gone/);
    await addCable();
    await probe.printed(/info: interface weirtap is there again/);
    await send();
    expect(await probe.stop()).toBe(0);
    const stats = JSON.parse(readFileSync(file, 'utf8')) as Stats;
    expect(stats.packets).toBe(200);
    expect(stats.capture).toMatchObject({ interfaceLosses: 2, interfaceReturns: 2 });
    booksBalance(stats);
  });

  it('warns of an interface that merges packets', async () => {
    await inside('ethtool', '-K', RECEIVER, 'gro', 'on');
    await using probe = RunningWeir.start(['probe', '--interface', RECEIVER], INSIDE);
    await probe.printed(/capturing on weirtap/);
    expect(probe.output).toMatch(/warn: weirtap merges packets .* ethtool -K weirtap gro off/);
  });
});
