// SPDX-License-Identifier: Apache-2.0
// A probe as its operator meets it: reload in the midst of traffic, status, metrics, rights.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import { run } from './lab/run.js';
import { NET_RAW, rightsOfThreads } from './rights.js';
import { type BiflowRecord, RunningWeir, SAMPLE, type Stats, scratchFolder, weir } from './weir.js';

const NAMESPACE = `weir-ops-${process.pid}`;
const INSIDE = ['ip', 'netns', 'exec', NAMESPACE];

interface Status {
  readonly state: string;
  readonly stats: Stats;
  readonly reloads: { readonly succeeded: number; readonly failed: number };
  readonly lastReload: { readonly message?: string; readonly code?: string } | null;
  readonly warnings: readonly string[];
}

/** Signatures with one application: whatever begins with "weir-e2e" has this name. */
function writeSignatures(
  folder: string,
  name: 'Before' | 'After' | 'Broken',
  regex = '^weir-e2e',
): void {
  const registry = { Before: 9, After: 10, Broken: 11 };
  writeFileSync(path.join(folder, 'registry.yaml'), JSON.stringify(registry));
  const id = registry[name];
  const match = `match: [{ transport: udp, direction: either, regex: '${regex}' }]`;
  writeFileSync(
    path.join(folder, 'own.yaml'),
    `name: ${name}\nid: ${id}\ndescription: test\ncategory: software\nreference: none\n${match}\n`,
  );
}

async function statusOf(control: string): Promise<Status> {
  const { stdout } = await weir('probe', 'status', '--json', '--control', control);
  return JSON.parse(stdout) as Status;
}

/** One datagram from each of `count` ports: as many flows, most of them answered by ICMP. */
function sendFlows(count: number): Promise<string> {
  const send = `for i in $(seq ${count}); do echo weir-e2e $i > /dev/udp/127.0.0.1/4000; done`;
  return run(INSIDE[0] as string, [
    ...INSIDE.slice(1),
    'bash',
    '-c',
    `{ ${send}; } 2>/dev/null; true`,
  ]);
}

async function packetsOnLoopback(): Promise<number> {
  const counter = '/sys/class/net/lo/statistics/rx_packets';
  return Number(await run(INSIDE[0] as string, [...INSIDE.slice(1), 'cat', counter]));
}

/** Packets of the initiators in all records, by application. */
function packetsByName(records: string): Map<string, number> {
  const packets = new Map<string, number>();
  for (const line of readFileSync(records, 'utf8').trimEnd().split('\n')) {
    const { applicationName, packetDeltaCount } = JSON.parse(line) as BiflowRecord;
    packets.set(applicationName, (packets.get(applicationName) ?? 0) + packetDeltaCount);
  }
  return packets;
}

interface Scene {
  readonly control: string;
  readonly records: string;
  readonly stats: string;
  readonly signatures: string;
  readonly config: string;
  readonly args: readonly string[];
}

function scene(): Scene {
  const folder = scratchFolder();
  const signatures = scratchFolder();
  writeSignatures(signatures, 'Before');
  const config = path.join(folder, 'weir.yaml');
  writeFileSync(config, `probe:\n  interface: lo\n  signatures: ${signatures}\n`);
  const control = path.join(folder, 'run', 'probe.sock');
  const records = path.join(folder, 'records.jsonl');
  const stats = path.join(folder, 'stats.json');
  const outputs = ['--records', records, '--stats', stats, '--control', control];
  return {
    control,
    records,
    stats,
    signatures,
    config,
    args: ['probe', '--config', config, ...outputs],
  };
}

describe.skipIf(!IS_ROOT)('a running probe', () => {
  beforeEach(async () => {
    await run('ip', ['netns', 'add', NAMESPACE]);
    await run('ip', [
      'netns',
      'exec',
      NAMESPACE,
      'sysctl',
      '-qw',
      'net.ipv6.conf.all.disable_ipv6=1',
    ]);
    await run('ip', ['-n', NAMESPACE, 'link', 'set', 'lo', 'up']);
  });
  afterEach(async () => {
    await run('ip', ['netns', 'del', NAMESPACE]);
  });

  it.each(['1', '3'])(
    'takes new signatures over without losing a packet (%s lanes)',
    async (lanes) => {
      const { control, records, stats, signatures, args } = scene();
      await using probe = RunningWeir.start([...args, '--lanes', lanes], INSIDE);
      await probe.printed(/capturing on lo/);
      await sendFlows(50);

      // What still waits in the ring would meet the new signatures.
      await eventually('the lanes have seen them', async () => {
        const { stats: seen } = await statusOf(control);
        return seen.packets === (await packetsOnLoopback());
      });

      const sending = sendFlows(2000);
      writeSignatures(signatures, 'After');
      for (let i = 1; i <= 3; i++) {
        probe.process.kill('SIGHUP');
        await eventually(
          'it has reloaded',
          async () => (await statusOf(control)).reloads.succeeded === i,
        );
      }
      await sending;
      await sendFlows(50);
      expect(probe.output).toMatch(/reloaded: signatures in force/);
      expect(await probe.stop()).toBe(0);

      const books = JSON.parse(readFileSync(stats, 'utf8')) as Stats;
      expect(books.capture.kernelDroppedPackets).toBe(0);
      expect(books.packets).toBe(await packetsOnLoopback());
      booksBalance(books);
      const packets = packetsByName(records);
      const [before = 0, after = 0] = [packets.get('Before'), packets.get('After')];
      expect(before).toBeGreaterThanOrEqual(50);
      // A port that came up again continues a flow with its old name.
      expect(after).toBeGreaterThanOrEqual(40);
      expect(before + after).toBe(2100);
    },
  );

  it('goes on as it was when the new configuration is no good, and says what is wrong', async () => {
    const { control, records, signatures, config, args } = scene();
    await using probe = RunningWeir.start(args, INSIDE);
    await probe.printed(/capturing on lo/);
    const reload = (): Promise<string> =>
      weir('probe', 'reload', '--control', control).then(
        ({ stdout }) => stdout,
        ({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr}`,
      );
    writeSignatures(signatures, 'Broken', '(');
    expect(await reload()).toMatch(
      /^1 .*own\.yaml:\d+:\d+: match\[0\]\.regex: .*WEIR_SIGNATURE_REGEX_INVALID/s,
    );
    writeSignatures(signatures, 'Before');
    writeFileSync(config, 'probe:\n  idleTimeoutSecond: 5\n');
    expect(await reload()).toMatch(
      /^1 .*weir\.yaml:2:3: unknown key.*Did you mean "idleTimeoutSeconds"/s,
    );
    const status = await statusOf(control);
    expect(status.reloads).toEqual({ succeeded: 0, failed: 2 });
    expect(status.warnings.join()).toContain('the last reload failed');

    const valid = `probe:\n  interface: lo\n  signatures: ${signatures}\n`;
    writeFileSync(config, `${valid}  idleTimeoutSeconds: 5\n  lanes: 2\n`);
    expect(await reload()).toMatch(/in force: idleTimeoutSeconds\n.*at the next start: lanes/);
    await sendFlows(3);
    expect(await probe.stop()).toBe(0);
    expect(packetsByName(records).get('Before')).toBe(3);
  });

  it('tells Prometheus and people how it is', async () => {
    const { control, args } = scene();
    const address = '127.0.0.1:29469';
    const absent = 'ipfix+tcp://127.0.0.1:4739';
    const options = ['--lanes', '2', '--metrics', address, '--export', absent];
    await using probe = RunningWeir.start([...args, ...options, '--idle-timeout', '1'], INSIDE);
    await probe.printed(/capturing on lo/);
    await sendFlows(20);
    const get = (route: string): Promise<string> =>
      run('ip', ['netns', 'exec', NAMESPACE, 'curl', '-sf', `http://${address}${route}`]);
    let metrics = '';
    await eventually('the flows are counted', async () => {
      metrics = await get('/metrics');
      const flows = [...metrics.matchAll(/^weir_probe_flows_total\{lane="\d"\} (\d+)$/gm)];
      return flows.reduce((sum, [, count]) => sum + Number(count), 0) >= 20;
    });
    await eventually('flows wait for a collector that is not there', async () => {
      metrics = await get('/metrics');
      const lags = [...metrics.matchAll(/^weir_probe_export_lag_seconds\{.*tcp:.*\} (\S+)$/gm)];
      return lags.length === 2 && lags.some(([, seconds]) => Number(seconds) > 2);
    });
    expect(JSON.parse(await get('/healthz'))).toMatchObject({ status: 'ok' });
    for (const line of metrics.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ \S.*|[a-z_]+(\{([a-zA-Z_]+="[^"]*",?)+\})? \S+)$/,
      );
    }
    const checker = spawnSync('promtool', ['check', 'metrics'], {
      input: metrics,
      encoding: 'utf8',
    });
    if (checker.error === undefined) expect(checker.stderr + checker.stdout).toBe('');
    const { stdout } = await weir('probe', 'status', '--control', control);
    expect(stdout).toMatch(/running, up .*\ninterface lo, 2 lanes, engine hyperscan/);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('keeps CAP_NET_RAW and nothing else, in every thread', async () => {
    const { args, stats } = scene();
    await using probe = RunningWeir.start([...args, '--lanes', '2'], INSIDE);
    await probe.printed(/capturing on lo/);
    const rights = rightsOfThreads(probe.process.pid);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd'])
      expect([...(rights.get(set) ?? [])]).toEqual([NET_RAW]);
    for (const set of ['CapInh', 'CapAmb'])
      expect([...(rights.get(set) ?? [])]).toEqual(['0'.repeat(16)]);
    expect([...(rights.get('NoNewPrivs') ?? [])]).toEqual(['1']);
    expect(await probe.stop()).toBe(0);
    expect(JSON.parse(readFileSync(stats, 'utf8'))).toHaveProperty('packets');
  });

  it('becomes another user once all is open, and goes on working', async () => {
    const { args, control, stats, signatures, config } = scene();
    await using probe = RunningWeir.start([...args, '--lanes', '2', '--user', 'nobody'], INSIDE);
    await probe.printed(/capturing on lo/);
    const uid = execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).trim();
    const rights = rightsOfThreads(probe.process.pid);
    expect([...(rights.get('Uid') ?? [])]).toEqual([[uid, uid, uid, uid].join('\t')]);
    expect([...(rights.get('CapEff') ?? [])]).toEqual([NET_RAW]);
    const socket = statSync(control);
    expect([socket.uid, socket.mode & 0o777]).toEqual([Number(uid), 0o600]);

    for (const closed of [path.dirname(config), signatures]) execFileSync('chmod', ['755', closed]);
    await weir('probe', 'reload', '--control', control);
    await sendFlows(5);
    expect(await probe.stop()).toBe(0);
    const books = JSON.parse(readFileSync(stats, 'utf8')) as Stats;
    expect(books.packets).toBe(await packetsOnLoopback());
    booksBalance(books);
    expect(existsSync(control)).toBe(false);
  });

  it('takes the socket of a killed probe, not that of a running one', async () => {
    const { args, control } = scene();
    const killed = RunningWeir.start(args, INSIDE);
    await killed.printed(/capturing on lo/);
    const second = await weir(...args, '--interface', 'lo').catch((error) => error);
    expect(second.stderr).toContain('WEIR_PROBE_CONTROL_IN_USE');
    await killed.stop('SIGKILL');
    expect(existsSync(control)).toBe(true);
    await using probe = RunningWeir.start(args, INSIDE);
    await probe.printed(/capturing on lo/);
    expect((await statusOf(control)).state).toBe('running');
  });
});

describe('rights of a probe that reads a file', () => {
  it.skipIf(!IS_ROOT)('are none at all', async () => {
    const control = path.join(scratchFolder(), 'probe.sock');
    await using probe = RunningWeir.start([
      'probe',
      '--replay',
      SAMPLE,
      '--loop',
      '--control',
      control,
    ]);
    await eventually('it answers', () => existsSync(control));
    await eventually('it runs', async () => (await statusOf(control)).state === 'running');
    expect([...(rightsOfThreads(probe.process.pid).get('CapPrm') ?? [])]).toEqual(['0'.repeat(16)]);
  });
});
