// SPDX-License-Identifier: Apache-2.0
// A collector that dies, and a way to it that is cut, refused or too narrow: the probe goes on, each
// message that is lost is counted once, and what is sent afterwards arrives.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { LabProcess } from './lab/lab-process.js';
import { run } from './lab/run.js';
import { RunningWeir, SAMPLE, type Stats, scratchFolder, weir } from './weir.js';

const HERE = `weir-dead-probe-${process.pid}`;
const THERE = `weir-dead-collector-${process.pid}`;
const [SENDER, RECEIVER] = ['weirsend', 'weirtap'];
const [NEAR_END, FAR_END] = ['weirexport', 'weircoll'];
const [NEAR, FAR] = ['192.0.2.1', '192.0.2.2'];
const PORT = '2055';
const TARGET = `netflow9://${FAR}:${PORT}`;

const inside = (namespace: string, command: string): Promise<string> =>
  run('ip', ['netns', 'exec', namespace, ...command.split(' ')]);

/** Prints version 9's sequence number, which counts messages, of each datagram. */
const RECEIVER_PROGRAM = `
const socket = require('node:dgram').createSocket('udp4').bind(${PORT}, '${FAR}');
socket.on('listening', () => console.log('ready'));
socket.on('message', (message) => console.log('sequence ' + message.readUInt32BE(12)));
`;

class Receiver implements AsyncDisposable {
  readonly #process = new LabProcess('receiver', 'ip', [
    ...['netns', 'exec', THERE, process.execPath, '-e', RECEIVER_PROGRAM],
  ]);

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await receiver.#process.waitFor(/ready/);
    return receiver;
  }

  get sequences(): number[] {
    return this.#process.lines.flatMap((line) => {
      const sequence = /^sequence (\d+)/.exec(line)?.[1];
      return sequence === undefined ? [] : [Number(sequence)];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end();
  }
}

/** What is looked at of a target's books. */
interface Target {
  readonly packets: number;
  readonly messages: number;
  readonly failedMessages: number;
  readonly unreachableMessages: number;
  readonly failedMessagesByReason: Readonly<Record<string, number>>;
}

function targetOf(stats: Stats): Target {
  return stats.targets[TARGET] as unknown as Target;
}

/** The sequence tells how many messages there were: each arrived once or was counted as lost. */
function checkSequences(sequences: readonly number[], target: Target): void {
  expect(new Set(sequences).size).toBe(sequences.length);
  expect(Math.max(...sequences) + 1).toBe(target.messages + target.failedMessages);
  expect(sequences.length).toBe(target.messages - target.unreachableMessages);
}

async function addCable(): Promise<void> {
  await inside(HERE, `ip link add ${SENDER} type veth peer name ${RECEIVER}`);
  await inside(HERE, `ip link add ${NEAR_END} type veth peer name ${FAR_END} netns ${THERE}`);
  await inside(HERE, `ip addr add ${NEAR}/24 dev ${NEAR_END}`);
  await inside(THERE, `ip addr add ${FAR}/24 dev ${FAR_END}`);
  for (const end of [SENDER, RECEIVER, NEAR_END]) await inside(HERE, `ip link set ${end} up`);
  await inside(THERE, `ip link set ${FAR_END} up`);
}

/** Traffic whose flows end a second later. */
const sendTraffic = (): Promise<string> =>
  inside(HERE, `tcpreplay -q -i ${SENDER} --pps 3000 --limit 1500 ${SAMPLE}`);

interface Trouble {
  readonly name: string;
  readonly begin: string;
  readonly end: string;
  /** By which the messages are counted that the kernel does not take. */
  readonly reason: string;
}

const NARROW = `tc qdisc replace dev ${NEAR_END} root tbf burst 1600 limit 3000 rate`;
const TROUBLES: readonly Trouble[] = [
  {
    name: 'the cable is cut',
    begin: `ip link set ${NEAR_END} down`,
    end: `ip link set ${NEAR_END} up`,
    reason: 'notConnected',
  },
  {
    name: 'a firewall refuses',
    begin: `nft add rule inet weir output udp dport ${PORT} drop`,
    end: 'nft flush chain inet weir output',
    reason: 'systemError',
  },
  {
    name: 'the way is too narrow',
    begin: `${NARROW} 8kbit`,
    end: `${NARROW} 1gbit`,
    reason: 'bufferFull',
  },
];

describe.skipIf(!IS_ROOT)('weir probe and a collector in trouble', () => {
  const receivers: Receiver[] = [];
  async function startReceiver(): Promise<Receiver> {
    const receiver = await Receiver.start();
    receivers.push(receiver);
    return receiver;
  }
  beforeEach(async () => {
    await run('ip', ['netns', 'add', HERE]);
    await run('ip', ['netns', 'add', THERE]);
    for (const namespace of [HERE, THERE])
      for (const scope of ['all', 'default'])
        await inside(namespace, `sysctl -qw net.ipv6.conf.${scope}.disable_ipv6=1`);
    // Each datagram that meets a closed port is answered, not one a second.
    await inside(THERE, 'sysctl -qw net.ipv4.icmp_ratelimit=0');
    await addCable();
    await inside(HERE, 'nft add table inet weir');
    await inside(HERE, 'nft add chain inet weir output { type filter hook output priority 0 ; }');
  });
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver[Symbol.asyncDispose]();
    await run('ip', ['netns', 'del', HERE]);
    await run('ip', ['netns', 'del', THERE]);
  });

  /** Runs a probe through `scenes`; gives its books of the target at the end. */
  async function targetAfter(
    scenes: (look: () => Promise<Target>) => Promise<void>,
  ): Promise<Target> {
    const folder = scratchFolder();
    const [file, control] = [path.join(folder, 'stats.json'), path.join(folder, 'control')];
    const args = ['probe', '--interface', RECEIVER, '--idle-timeout', '1', '--export', TARGET];
    await using probe = RunningWeir.start(
      [...args, '--stats', file, '--control', control],
      ['ip', 'netns', 'exec', HERE],
    );
    await probe.printed(/capturing on weirtap/);
    await scenes(async () => {
      const { stdout } = await weir('probe', 'status', '--json', '--control', control);
      return targetOf((JSON.parse(stdout) as { stats: Stats }).stats);
    });
    expect(await probe.stop()).toBe(0);
    const stats = JSON.parse(readFileSync(file, 'utf8')) as Stats;
    booksBalance(stats);
    const target = targetOf(stats);
    expect(target.packets).toBe(stats.recorded.packets);
    return target;
  }

  it('counts what a dead collector misses, and serves it when it is back', async () => {
    const first = await startReceiver();
    let second = first;
    const target = await targetAfter(async (look) => {
      await sendTraffic();
      await eventually('records arrive', () => first.sequences.length > 2);
      await first[Symbol.asyncDispose]();
      await sendTraffic();
      await eventually('losses are told', async () => (await look()).unreachableMessages > 2);
      second = await startReceiver();
      await sendTraffic();
      await eventually('records arrive again', () => second.sequences.length > 2);
    });
    const arrived = () => [...first.sequences, ...second.sequences];
    await eventually(
      'the last message',
      () => arrived().length >= target.messages - target.unreachableMessages,
    );
    expect(target.failedMessages).toBe(0);
    checkSequences(arrived(), target);
  });

  it.each(TROUBLES)(
    'counts what is lost while $name, and goes on',
    async ({ begin, end, reason }) => {
      const receiver = await startReceiver();
      const target = await targetAfter(async (look) => {
        await sendTraffic();
        await eventually('records arrive', () => receiver.sequences.length > 2);
        await inside(HERE, begin);
        await sendTraffic();
        await eventually('losses are told', async () => (await look()).failedMessages > 0);
        await inside(HERE, end);
        const before = receiver.sequences.length;
        await sendTraffic();
        await eventually('records arrive again', () => receiver.sequences.length > before + 2);
      });
      await eventually('the last message', () => receiver.sequences.length >= target.messages);
      expect(target.failedMessagesByReason[reason]).toBe(target.failedMessages);
      checkSequences(receiver.sequences, target);
    },
  );
});
