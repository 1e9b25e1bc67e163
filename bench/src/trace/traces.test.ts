// SPDX-License-Identifier: Apache-2.0
// The tools as they are, held against tshark and softflowd.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../paths.js';
import type { Job } from '../programs/program.js';
import { softflowd } from '../programs/softflowd.js';
import { runOnce } from '../run/job.js';
import { mixedRecipe, smallRecipe } from './recipes.js';
import { makeTrace, type Trace } from './traces.js';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-test-'));
const FLOWS = 300;
let mixed: Trace;
let small: Trace;

beforeAll(() => {
  const build = path.join(ROOT, '.cache', 'cmake', 'bench');
  const run = (...args: string[]) => execFileSync('cmake', args, { stdio: 'pipe' });
  run('-S', path.join(ROOT, 'bench', 'tools'), '-B', build, '-G', 'Ninja');
  run('--build', build);
  mixed = makeTrace(mixedRecipe({ flows: FLOWS, spanSeconds: 5 }), folder);
  small = makeTrace(smallRecipe({ flows: 500, rounds: 3 }), folder);
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A row for each packet. */
function tshark({ path: file }: Trace, fields: readonly string[], ...options: string[]) {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const form = ['-T', 'fields', '-E', 'separator=;', '-E', 'occurrence=f'];
  const output = execFileSync('tshark', ['-n', '-r', file, ...options, ...form, ...wanted], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => line.split(';'));
}

const CHECKSUMS = ['ip', 'tcp', 'udp', 'icmpv6'].map((layer) => `${layer}.checksum.status`);
const CHECK = ['ip', 'tcp', 'udp'].flatMap((layer) => ['-o', `${layer}.check_checksum:TRUE`]);
const NOT_REASSEMBLED = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE'];
const ADDRESSES = ['ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst'];
const PORTS = ['tcp.srcport', 'udp.srcport', 'tcp.dstport', 'udp.dstport'];

/** Directed 5-tuples as tshark sees them, one for each IP packet. */
function uniflowsOf(trace: Trace): string[] {
  return tshark(trace, ['ip.proto', 'ipv6.nxt', ...ADDRESSES, ...PORTS], ...NOT_REASSEMBLED)
    .filter(([ipv4, ipv6]) => ipv4 || ipv6)
    .map((row) => row.join(' '));
}

describe('both traces', () => {
  it.each([() => mixed, () => small])('have right checksums only', (trace) => {
    const BAD = '0';
    const GOOD = '1';
    const states = tshark(trace(), CHECKSUMS, ...CHECK).flat();
    expect(states).not.toContain(BAD);
    expect(states.filter((state) => state === GOOD).length).toBeGreaterThan(
      trace().facts.ipPackets,
    );
  });

  it.each([() => mixed, () => small])('rise in time and hold what was counted', (trace) => {
    const times = tshark(trace(), ['frame.time_epoch', 'frame.len']).map((row) => row.map(Number));
    const { packets, octets, outOfOrder } = trace().facts;
    expect(outOfOrder).toBe(0);
    expect(times.length).toBe(packets);
    expect(times.reduce((sum, [, length = 0]) => sum + length, 0)).toBe(octets);
    expect(times.every(([time = 0], n) => n === 0 || time >= (times[n - 1]?.[0] ?? 0))).toBe(true);
  });

  it.each([() => mixed, () => small])('have as many flows as tshark tells apart', (trace) => {
    const uniflows = uniflowsOf(trace());
    expect(uniflows.length).toBe(trace().facts.ipPackets);
    expect(new Set(uniflows).size).toBe(trace().facts.uniflowsFragmentsApart);
  });
});

describe('the mixed trace', () => {
  it('has the flows that were asked for: none of two copies fall together', () => {
    expect(mixed.facts.flows).toBeGreaterThanOrEqual(FLOWS);
    expect(mixed.facts.flows).toBeLessThan(FLOWS * 1.5);
  });

  it('has frames as large as a mirror port sees them', () => {
    expect(mixed.facts.meanOctets).toBeGreaterThan(600);
    expect(mixed.facts.meanOctets).toBeLessThan(800);
  });

  it('refuses captures that are not Ethernet', () => {
    const raw = path.join(folder, 'raw.pcap');
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(65535, 16);
    header.writeUInt32LE(101, 20);
    writeFileSync(raw, header);
    expect(() => makeTrace(mixedRecipe({ captures: [raw] }), folder)).toThrow('not Ethernet');
  });
});

describe('the small trace', () => {
  it('has one packet of each flow in each round, each round in another order', () => {
    const uniflows = uniflowsOf(small);
    const rounds = [0, 1, 2].map((round) => uniflows.slice(round * 500, (round + 1) * 500));
    for (const round of rounds) expect(new Set(round).size).toBe(500);
    expect(rounds[0]?.toSorted()).toEqual(rounds[1]?.toSorted());
    expect(rounds[0]).not.toEqual(rounds[1]);
  });
});

describe.skipIf(!existsSync('/usr/sbin/softflowd'))('the sink', () => {
  const cores = { program: [0, 0], service: 0, sender: 0 } as const;
  const run = async (version: string, ...more: string[]) => {
    const command = (job: Job) => [
      ...softflowd.command(job).map((word) => (word === '9' ? version : word)),
      ...more,
    ];
    const program = { ...softflowd, command };
    return runOnce({ program, trace: mixed, lanes: 1, cores, limitSeconds: 60 });
  };

  // In IPFIX softflowd's sequence numbers are wrong (tshark says so too), and biflows are of RFC 5103.
  it.each([['9'], ['10'], ['10', '-b']])(
    'counts the flows of softflowd -v %s %s',
    async (...version) => {
      const [number, ...more] = version;
      const { outcome } = await run(number as string, ...more);
      const { ipPackets, flowsFragmentsApart, uniflowsFragmentsApart } = mixed.facts;
      expect(outcome).toMatchObject({
        packets: ipPackets,
        flows: flowsFragmentsApart,
        uniflows: uniflowsFragmentsApart,
      });
      if (number === '9') expect(outcome.complaints).toEqual([]);
    },
  );

  it('counts what NetFlow v5 can say', async () => {
    const { outcome } = await run('5');
    const { ipPackets, ipv6Packets } = mixed.facts;
    expect(outcome).toMatchObject({ packets: ipPackets - ipv6Packets, complaints: [] });
  });
});
