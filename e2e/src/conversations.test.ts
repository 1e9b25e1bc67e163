// SPDX-License-Identifier: Apache-2.0
// Totals by TCP and UDP conversation agree with tshark's, packet by packet and octet by octet.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BiflowRecord, ROOT, runProbe, SAMPLE, type Sum, scratchFolder } from './weir.js';

const FOLDER = path.join(ROOT, '../shared/data/applications');
const CAPTURES = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((file) => /\.pcap(ng)?$/.test(file))
  : [];

/** Both directions of a conversation, by its two endpoints in either order. */
type Conversations = Map<string, Sum>;

function add(to: Conversations, ends: readonly string[], protocol: string, sum: Sum): void {
  const key = `${protocol} ${[...ends].sort().join(' ')}`;
  const { packets, octets } = to.get(key) ?? { packets: 0, octets: 0 };
  to.set(key, { packets: packets + sum.packets, octets: octets + sum.octets });
}

const FIELDS = [
  ...['frame.number', 'ip.reassembled_in', 'ipv6.reassembled.in'],
  ...['ip.src', 'ip.dst', 'ip.len', 'ipv6.src', 'ipv6.dst', 'ipv6.plen'],
  ...['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'],
];

/** One value of each field by frame; frames with several IP headers (tunnels, quotes) are left out. */
function tsharkRows(file: string): Record<string, string>[] {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const args = ['-2', '-R', 'ip or ipv6', '-T', 'fields', '-E', 'aggregator=;', ...fields];
  const output = execFileSync('tshark', ['-r', file, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = output.split('\n').filter((line) => line !== '' && !line.includes(';'));
  return lines.map((line) =>
    Object.fromEntries(line.split('\t').map((value, index) => [FIELDS[index], value])),
  );
}

/** tshark tells of each fragment in which frame the datagram was whole: there the ports are. */
function tsharkConversations(file: string): Conversations {
  const found: Conversations = new Map();
  const rows = tsharkRows(file);
  const byFrame = new Map(rows.map((row) => [row['frame.number'], row]));
  for (const row of rows) {
    const whole = byFrame.get(row['ip.reassembled_in'] || row['ipv6.reassembled.in']) ?? row;
    const isTcp = Boolean(whole['tcp.srcport']);
    const ports = isTcp
      ? [whole['tcp.srcport'], whole['tcp.dstport']]
      : [whole['udp.srcport'], whole['udp.dstport']];
    if (!ports[0]) continue;
    const ends = [
      `${row['ip.src'] || row['ipv6.src']} ${ports[0]}`,
      `${row['ip.dst'] || row['ipv6.dst']} ${ports[1]}`,
    ];
    const octets = row['ip.len'] ? Number(row['ip.len']) : Number(row['ipv6.plen']) + 40;
    add(found, ends, isTcp ? 'tcp' : 'udp', { packets: 1, octets });
  }
  return found;
}

function weirConversations(records: readonly BiflowRecord[]): Conversations {
  const found: Conversations = new Map();
  for (const record of records) {
    const { protocolIdentifier: protocol } = record;
    if (protocol !== 6 && protocol !== 17) continue;
    const source = record.sourceIPv4Address ?? record.sourceIPv6Address;
    const destination = record.destinationIPv4Address ?? record.destinationIPv6Address;
    const ends = [
      `${source} ${record.sourceTransportPort}`,
      `${destination} ${record.destinationTransportPort}`,
    ];
    add(found, ends, protocol === 6 ? 'tcp' : 'udp', {
      packets: record.packetDeltaCount + record.reversePacketDeltaCount,
      octets: record.octetDeltaCount + record.reverseOctetDeltaCount,
    });
  }
  return found;
}

/** Conversations of tshark's that Weir counts otherwise. */
async function differences(file: string): Promise<string[]> {
  const { records } = await runProbe('--read', file, '--engine', 'none');
  const ours = weirConversations(records);
  return [...tsharkConversations(file)].flatMap(([key, theirs]) => {
    const sum = ours.get(key) ?? { packets: 0, octets: 0 };
    const isSame = sum.packets === theirs.packets && sum.octets === theirs.octets;
    return isSame ? [] : [`${key}: ${JSON.stringify(sum)}, tshark ${JSON.stringify(theirs)}`];
  });
}

describe('conversations', () => {
  it('of the sample are what tshark counts', async () => {
    expect(await differences(SAMPLE)).toEqual([]);
  });

  it.skipIf(CAPTURES.length === 0)(
    'of real applications are what tshark counts',
    async () => {
      // One file of all: who talks in several captures has one conversation, for both programs.
      const all = path.join(scratchFolder(), 'all.pcapng');
      const files = CAPTURES.map((capture) => path.join(FOLDER, capture));
      execFileSync('mergecap', ['-a', '-F', 'pcapng', '-w', all, ...files]);
      // The two agree on what a packet is in all but a few: overlapping fragments of attacks, cut
      // headers that tshark shows in part, encapsulations that only tshark knows.
      const share = (await differences(all)).length / tsharkConversations(all).size;
      expect(share).toBeLessThan(0.005);
    },
    300_000,
  );
});
