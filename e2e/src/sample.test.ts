// SPDX-License-Identifier: Apache-2.0
// The probe on the sample capture: every flow has the name that the truth table gives it, the books
// add up against an independent reader, and the number of lanes changes nothing.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { booksBalance } from './books.js';
import { endpointsOf, matches, readTruth } from './truth.js';
import { type ProbeRun, runProbe, SAMPLE, type Sum, scratchFolder } from './weir.js';

/** packets and octets (IP total lengths) of all IP packets, as tshark reads them */
function tsharkSum(file: string): Sum {
  const fields = ['ip.len', 'ipv6.plen'].flatMap((field) => ['-e', field]);
  const args = [
    '-r',
    file,
    '-2',
    '-R',
    'ip or ipv6',
    '-o',
    'ip.defragment:FALSE',
    '-o',
    'ipv6.defragment:FALSE',
    '-T',
    'fields',
    '-E',
    'occurrence=f',
    ...fields,
  ];
  const lines = execFileSync('tshark', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trimEnd()
    .split('\n');
  const octets = lines.map((line) => {
    const [ipv4, ipv6] = line.split('\t');
    return ipv4 ? Number(ipv4) : Number(ipv6) + 40;
  });
  return { packets: lines.length, octets: octets.reduce((sum, length) => sum + length, 0) };
}

const sortedLines = ({ records }: ProbeRun): string[] =>
  records.map((record) => JSON.stringify(record)).sort();

describe('weir probe on the sample capture', () => {
  let run: ProbeRun;
  beforeAll(async () => {
    run = await runProbe('--read', SAMPLE);
  });

  it('gives every flow the name of the truth table', () => {
    const truth = readTruth();
    const wrong = run.records.flatMap((record) => {
      const rows = truth.filter((row) => matches(row, record));
      const names = new Set(rows.map((row) => row.application));
      if (names.size === 1 && names.has(record.applicationName)) return [];
      const { source, destination } = endpointsOf(record);
      return `${source}:${record.sourceTransportPort} > ${destination}:${record.destinationTransportPort} is ${[...names].join('/')}, not ${record.applicationName}`;
    });
    expect(wrong).toEqual([]);
  });

  it('finds every conversation of the truth table', () => {
    const missing = readTruth().filter(
      (row) => !run.records.some((record) => matches(row, record)),
    );
    expect(missing).toEqual([]);
  });

  it('balances its books, in total and by lane, with those of tshark', () => {
    booksBalance(run.stats);
    expect(run.stats.recorded).toEqual(tsharkSum(SAMPLE));
    const fromRecords = run.records.reduce(
      ({ packets, octets }, record) => ({
        packets: packets + record.packetDeltaCount + record.reversePacketDeltaCount,
        octets: octets + record.octetDeltaCount + record.reverseOctetDeltaCount,
      }),
      { packets: 0, octets: 0 },
    );
    expect(fromRecords).toEqual(run.stats.recorded);
  });

  it.each(['2', '3', '5'])('gives the same records with %s lanes', async (lanes) => {
    const other = await runProbe('--read', SAMPLE, '--lanes', lanes);
    expect(sortedLines(other)).toEqual(sortedLines(run));
    other.stats.lanes.forEach(booksBalance);
    expect(other.stats.lanes).toHaveLength(Number(lanes));
  });

  it.each(['pcap', 'nsecpcap', 'pcapng'])(
    'gives the same records from a %s file',
    async (format) => {
      const file = path.join(scratchFolder(), `sample.${format}`);
      execFileSync('editcap', ['-F', format, SAMPLE, file]);
      expect(sortedLines(await runProbe('--read', file))).toEqual(sortedLines(run));
    },
  );

  it("names what a user's own signatures know", async () => {
    const folder = scratchFolder();
    const text = 'name: Ours\nid: 500000\ncategory: office\nserverNames: [weir.example]\n';
    writeFileSync(path.join(folder, 'ours.yaml'), text);
    const { records } = await runProbe('--read', SAMPLE, '--more-signatures', folder);
    const found = records.filter((one) => one.applicationName === 'Ours');
    // A resolver is asked for the name, and stays DNS.
    const expected = run.records.filter((one) => one.applicationName !== 'DNS');
    const names = (list: typeof records): string[] =>
      list.flatMap(({ serverName = '' }) =>
        /(^|\.)weir\.example$/.test(serverName) ? serverName : [],
      );
    expect(names(found).length).toBeGreaterThan(0);
    expect(names(found).sort()).toEqual(names(expected).sort());
  });

  it('gives the same records with the emulator as with hyperscan', async () => {
    const emulated = await runProbe('--read', SAMPLE, '--engine', 'emulator');
    expect(sortedLines(emulated)).toEqual(sortedLines(run));
  });

  it('splits long flows by the active timeout without losing a packet or the name', async () => {
    const split = await runProbe('--read', SAMPLE, '--active-timeout', '1', '--idle-timeout', '3');
    booksBalance(split.stats);
    expect(split.stats.recorded).toEqual(run.stats.recorded);
    expect(split.stats.records).toBeGreaterThan(run.stats.records);
    // A record that left before the first payload came has no name; from then on it stays.
    const nameOf = new Map<string, string>();
    for (const record of [...split.records].sort(
      (a, b) => a.flowEndMilliseconds - b.flowEndMilliseconds,
    )) {
      const { source, destination } = endpointsOf(record);
      const ports = [record.sourceTransportPort, record.destinationTransportPort];
      const flow = [source, destination, record.protocolIdentifier, ...ports].join(' ');
      const before = nameOf.get(flow) ?? 'unknown';
      expect([before === 'unknown' ? record.applicationName : before, flow]).toEqual([
        record.applicationName,
        flow,
      ]);
      nameOf.set(flow, record.applicationName);
    }
    expect([...nameOf.values()]).not.toContain('unknown');
  });

  it('exports on classify without changing a sum', async () => {
    const early = await runProbe('--read', SAMPLE, '--export-on-classify');
    booksBalance(early.stats);
    expect(early.stats.recorded).toEqual(run.stats.recorded);
    expect(early.stats.records).toBeGreaterThan(run.stats.records);
  });
});
